"""Backups on both databases: whole or not there, restored in a rehearsal and in earnest, and honest when they fail."""

import json
import shutil
import sqlite3

import pytest
from sqlalchemy import select

import vitals
from jobs import backups as backup
from jobs.backups import Trouble
from models import Attachment, Backup, Outgoing, Staff
from models.db import make_engine, make_sessions
from models.desk import trust
from ops import restore
from tests.models.builders import house


@pytest.fixture
def here(make_settings, database_url, tmp_path):
    """The settings of a house on this database."""
    return make_settings(database_url=database_url, backup_dir=tmp_path / "backups")


@pytest.fixture
def lived_in(session, here, now):
    """A house with a photo and messages of every kind of waiting."""
    who = house(session, now)
    for state in ("queued", "sending", "sent", "held"):
        session.add(Outgoing(dedupe_key=state, follower=who.homeowner, purpose="service", state=state, body="好",
                             not_before=now, next_try_at=now, created_at=now))  # fmt: skip
    session.add(Attachment(kind="image", state="fetched", path="2026/11/a.jpg", created_at=now))
    session.commit()
    photo = here.media_dir / "2026" / "11" / "a.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"\xff\xd8\xff a photo")
    return who


def notes(session) -> list[tuple[str, str]]:
    session.expire_all()
    return [(row.kind, row.state) for row in session.scalars(select(Backup).order_by(Backup.id))]


def states(url: str) -> dict[str, str]:
    engine = make_engine(url)
    with make_sessions(engine)() as session:
        found = {row.dedupe_key: row.state for row in session.scalars(select(Outgoing))}
    engine.dispose()
    return found


def test_a_backup_is_rehearsed_and_restored_with_everything_in_it(
    session, engine, here, lived_in, clock, now, redis, tmp_path, make_settings
):
    place = backup.make(here, engine, keep=7, clock=clock)
    kept = session.scalars(select(Backup)).one()
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    assert manifest["audit"] == {"rows": kept.audit_rows, "digest": kept.audit_digest}
    assert (kept.audit_rows, kept.audit_digest) == trust.standing(session)
    session.commit()
    assert place.name == "20261121T020000Z" and (place / "media/2026/11/a.jpg").read_bytes().endswith(b"a photo")
    clock.advance(hours=2)
    assert "1 张照片都在" in restore.rehearse(here, place, clock=clock)
    assert notes(session) == [("backup", "done"), ("rehearsal", "done")]
    figures = vitals.take(session, redis, here, now=clock())
    assert (figures["backup"], figures["rehearsal"]) == (7200, 0)
    # In earnest: what has happened since is gone, what waited is a person's to decide.
    session.get(Staff, lived_in.agent.id).name = "改了名"
    session.add(Outgoing(dedupe_key="later", follower_id=lived_in.homeowner.id, purpose="service", state="sent",
                         not_before=now, next_try_at=now, created_at=now))  # fmt: skip
    session.commit()
    shutil.rmtree(here.media_dir)
    with pytest.raises(Trouble, match="--over"):
        restore.restore(here, place, over=False, now=clock())
    session.close()
    engine.dispose()
    said = restore.restore(here, place, over=True, now=clock())
    assert "2 条消息结果不明" in said
    assert states(here.database_url) == {"queued": "unknown", "sending": "unknown", "sent": "sent", "held": "held"}
    assert (here.media_dir / "2026/11/a.jpg").exists()


@pytest.fixture
def one(engine, here, lived_in, clock):
    """The folder of one backup."""
    return backup.make(here, engine, keep=7, clock=clock)


@pytest.mark.sqlite_only  # about files; what differs between the databases is in the first test
class TestFiles:
    """Folders, links, damage."""

    def test_the_newest_stay_and_unchanged_photos_are_one_file(self, engine, here, one, clock):
        for _ in range(3):
            clock.advance(days=1)
            (here.media_dir / f"{clock():%d}.jpg").write_bytes(b"new")
            last = backup.make(here, engine, keep=2, clock=clock)
        assert [path.name for path in backup.whole(here.backup_dir)] == ["20261123T020000Z", "20261124T020000Z"]
        photo = last / "media/2026/11/a.jpg"
        assert photo.stat().st_nlink == 2 and len(list((last / "media").rglob("*.jpg"))) == 4

    def test_one_that_was_cut_off_does_not_count_and_is_cleared_away(self, engine, here, one, clock):
        left = here.backup_dir / "20261120T020000Z.part"
        shutil.copytree(one, left)
        assert backup.whole(here.backup_dir) == [one]
        clock.advance(hours=1)
        backup.make(here, engine, keep=7, clock=clock)
        assert not left.exists() and len(backup.whole(here.backup_dir)) == 2

    @pytest.mark.parametrize("harm", ["database", "photo", "manifest"])
    def test_a_damaged_one_is_found_out_by_the_rehearsal_and_on_record(self, session, here, one, clock, harm):
        if harm == "database":
            with (one / backup.SQLITE).open("r+b") as file:
                file.seek(5000)
                file.write(b"nonsense")
        elif harm == "photo":
            (one / "media/2026/11/a.jpg").unlink()
        else:
            (one / backup.MANIFEST).unlink()
        with pytest.raises(Trouble):
            restore.rehearse(here, one, clock=clock)
        assert notes(session)[-1] == ("rehearsal", "failed")

    def test_one_of_another_kind_of_database_is_refused(self, here, one, make_settings):
        other = make_settings(database_url="postgresql://nobody@127.0.0.1:1/x", backup_dir=here.backup_dir)
        with pytest.raises(Trouble, match="sqlite"):
            restore._fill(other.database_url, one, backup.check(one))

    def test_a_folder_that_cannot_be_written_is_told_and_on_record(self, session, engine, here, clock):
        here.backup_dir.write_text("a file where the folder should be")
        with pytest.raises(OSError, match="exists"):
            backup.make(here, engine, keep=7, clock=clock)
        assert notes(session) == [("backup", "failed")]

    def test_it_is_taken_while_somebody_writes(self, engine, here, lived_in, clock):
        with engine.connect() as writer, writer.begin():
            writer.exec_driver_sql("UPDATE staff SET name = '半途'")
            place = backup._database(engine, _made(here.backup_dir))
        with sqlite3.connect(place) as copy:
            assert ("半途",) not in copy.execute("SELECT name FROM staff").fetchall()
        copy.close()

    def test_an_empty_house_may_be_filled_without_asking(self, session, here, one, make_settings, tmp_path, now):
        fresh = make_settings(database_url=f"sqlite:///{tmp_path}/new/house.db", media_dir=tmp_path / "new" / "media")
        restore.restore(fresh, one, over=False, now=now)
        assert states(fresh.database_url)["sent"] == "sent" and (fresh.media_dir / "2026/11/a.jpg").exists()
        assert notes(session) == [("backup", "done")]


def _made(folder):
    folder.mkdir()
    return folder


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(Trouble, match="no_such_program"):
        backup.call("no_such_program", url="postgresql://nobody@127.0.0.1:1/x")
