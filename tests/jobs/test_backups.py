"""The nightly backup by the timetable: once, on several workers, loud when it fails, quiet where none is wanted."""

import datetime as dt

import pytest
from sqlalchemy import select

import vitals
from jobs import backups, work
from models import Backup, Finding
from tests.jobs.test_duties import at_once
from tests.models.builders import house

REAL = "https://api.weixin.qq.com"


@pytest.fixture
def kept(make_world, make_settings, sessions, database_url, tmp_path, now):
    """A lived-in house that is no sandbox; `kept(more)` changes its settings."""
    with sessions.begin() as session:
        house(session, now)

    def build(**more):
        told = {"database_url": database_url, "wechat_api_base": REAL, "backup_dir": tmp_path / "backups"} | more
        return make_world(settings=make_settings(**told))

    return build


def tries(sessions) -> list[tuple[str, str]]:
    with sessions() as session:
        return [(row.state, row.words) for row in session.scalars(select(Backup).order_by(Backup.id))]


def standing(sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Finding.rule).where(Finding.resolved_at.is_(None))))


def test_workers_at_once_make_one_a_night_and_the_newest_stay(kept, sessions, clock, now):
    world = kept(backup_keep=2)
    at_once(backups.run, world)
    assert backups.run(world) == 0 and tries(sessions) == [("done", "")]
    for _ in range(2):
        clock.advance(days=1)
        assert backups.run(world) == 1
    names = [place.name for place in backups.whole(world.settings.backup_dir)]
    assert names == ["20261122T020000Z", "20261123T020000Z"] and standing(sessions) == []
    with sessions() as session:
        assert vitals.take(session, None, world.settings, now=clock())["backup"] == 0


@pytest.mark.sqlite_only  # what the timetable does about a failure does not depend on the database
def test_a_failure_is_loud_is_tried_again_and_is_over_when_it_is_mended(kept, sessions, clock):
    world = kept()
    world.settings.backup_dir.write_text("a file where the folder should be")
    with pytest.raises(work.DutyFailed):
        work._do("backups", backups.run, lambda: world)
    assert tries(sessions) == [("failed", "FileExistsError")] and standing(sessions) == ["backup_failed"]
    clock.advance(minutes=50)
    assert backups.run(world) == 0, "not at every turn of the timetable"
    world.settings.backup_dir.unlink()
    clock.advance(minutes=20)
    assert backups.run(world) == 1
    assert [state for state, _ in tries(sessions)] == ["failed", "done"] and standing(sessions) == []


@pytest.mark.sqlite_only
def test_while_one_is_made_by_hand_the_timetable_waits(kept, sessions):
    world = kept()
    with backups._alone(world.settings.backup_dir):
        assert backups.run(world) == 0
        with pytest.raises(backups.Busy):
            backups.make(world.settings, world.engine, keep=7, clock=world.clock)
    assert tries(sessions) == [] and backups.run(world) == 1


@pytest.mark.sqlite_only
@pytest.mark.parametrize("more", [{"backup_dir": ""}, {"wechat_api_base": "http://127.0.0.1:8002"}])
def test_where_none_is_wanted_none_is_made(kept, sessions, more):
    assert backups.run(kept(**more)) == 0 and tries(sessions) == []


@pytest.mark.sqlite_only
def test_before_three_in_the_morning_last_nights_one_is_good(kept, sessions, clock, now):
    world = kept()
    clock.now = now.replace(hour=18, minute=50)  # 02:50 in Beijing
    assert backups.run(world) == 1
    clock.advance(minutes=5)
    assert backups.run(world) == 0
    clock.advance(minutes=10)
    assert backups.run(world) == 1 and len(tries(sessions)) == 2
    clock.now += dt.timedelta(hours=23)
    assert backups.run(world) == 0
