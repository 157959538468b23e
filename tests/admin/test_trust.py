"""The audit chain: whole while nobody touches it, broken where somebody did, safe with many writers."""

import datetime as dt
import threading

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from models import AuditAnchor, AuditEntry, Backup, Disclosure
from models.desk import checks, trust
from models.desk.trust import Break, Deed, Fact
from models.trust import guards
from tests.admin import builders

DAY = dt.timedelta(days=1)


def write(session, now, count=3):
    return [
        trust.record(session, None, Deed("edit", "customers", str(n), {"a": n}, {"a": n + 1}), origin="::1", now=now)
        for n in range(count)
    ]


def test_each_row_follows_the_one_before(session, now):
    first, second, third = write(session, now)
    assert first.previous == trust.GENESIS
    assert second.previous == first.digest
    assert third.previous == second.digest
    session.commit()
    session.expire_all()
    assert trust.verify(session) is None


def as_master(session):
    """What somebody who is master of the database does first: away with the triggers."""
    for line in guards(session.get_bind().dialect.name)[1]:
        session.execute(text(line))


DEEDS = (
    "UPDATE audit_entry SET origin = 'elsewhere' WHERE id = (SELECT max(id) FROM audit_entry)",
    "DELETE FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)",
    "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)",
    "UPDATE audit_anchor SET rows = 1",
    "DELETE FROM audit_anchor",
)
OF_SQLITE = ("INSERT OR REPLACE INTO audit_entry SELECT id, at, staff_id, 'x', action, record_type, record_id, before,"
             " after, origin, previous, digest FROM audit_entry WHERE id = 2",)  # fmt: skip
OF_POSTGRESQL = ("TRUNCATE audit_entry", "TRUNCATE audit_anchor")


def refused(session, now):
    """Every deed against the log is refused by the database, and the log is whole afterwards."""
    write(session, now)
    trust.anchor(session, now=now)
    session.commit()
    deeds = OF_SQLITE if session.get_bind().dialect.name == "sqlite" else OF_POSTGRESQL
    for deed in (*DEEDS, *deeds):
        with pytest.raises(IntegrityError, match="rows are only added"):
            session.execute(text(deed))
        session.rollback()
    assert trust.verify(session) is None


def test_the_database_refuses_to_change_or_remove_a_row(session, now):
    refused(session, now)
    session.delete(session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("gone", [1, 2])
def test_a_cut_tail_shows_by_the_anchor_of_the_night(session, now, gone):
    rows = write(session, now)
    checks.keep(session, checks.CHAIN, checks.look(session, checks.CHAIN, now=now), now=now)
    session.commit()
    as_master(session)
    session.execute(delete(AuditEntry).where(AuditEntry.id > rows[-1 - gone].id))
    session.expire_all()
    assert trust.verify(session) == Break(rows[-1 - gone].id, cut=True)
    write(session, now, count=gone + 1)  # what is written over it is not what stood there
    third = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[2]
    assert trust.verify(session) == Break(third)
    assert checks.look(session, checks.CHAIN, now=now).new == [third]
    checks.keep(session, checks.CHAIN, checks.look(session, checks.CHAIN, now=now), now=now)
    assert [row.rows for row in session.scalars(select(AuditAnchor))] == [3], "a broken log has no new anchor"


def test_a_cut_tail_shows_by_the_anchor_of_a_backup(session, now):
    rows = write(session, now)
    count, digest = trust.standing(session)
    session.add(Backup(kind="backup", state="done", began_at=now, ended_at=now, audit_rows=count, audit_digest=digest))
    session.commit()
    as_master(session)
    session.execute(delete(AuditEntry))
    assert (count, digest) == (3, rows[-1].digest) and trust.verify(session) == Break(0, cut=True)


def test_what_came_after_the_anchor_is_no_break(session, now):
    trust.anchor(session, now=now)
    write(session, now)
    for _ in range(2):
        trust.anchor(session, now=now)
    write(session, now)
    trust.anchor(session, now=now)
    assert trust.verify(session) is None
    assert [row.rows for row in session.scalars(select(AuditAnchor).order_by(AuditAnchor.id))] == [3, 6]


@pytest.mark.parametrize("column", ["action", "record_id", "actor_name", "origin"])
def test_a_changed_row_shows(session, now, column):
    rows = write(session, now)
    session.commit()
    as_master(session)
    session.execute(update(AuditEntry).where(AuditEntry.id == rows[1].id).values({column: "other"}))
    session.expire_all()
    assert trust.verify(session).id == rows[1].id


def test_changed_facts_show(session, now):
    rows = write(session, now)
    session.commit()
    as_master(session)
    session.execute(update(AuditEntry).where(AuditEntry.id == rows[0].id).values(after={"a": 99}))
    session.expire_all()
    assert trust.verify(session).id == rows[0].id


def test_a_removed_row_shows_at_the_next(session, now):
    rows = write(session, now)
    session.commit()
    as_master(session)
    session.execute(delete(AuditEntry).where(AuditEntry.id == rows[1].id))
    session.expire_all()
    assert trust.verify(session).id == rows[2].id


def test_writers_at_the_same_time_make_one_chain(sessions, now):
    started = threading.Barrier(4)
    broken = []

    def work():
        started.wait()
        try:
            for _ in range(5):
                with sessions.begin() as session:
                    write(session, now, count=1)
        except Exception as error:  # a thread's failure must reach the test
            broken.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    with sessions() as session:
        assert trust.verify(session) is None
        assert len(session.scalars(select(AuditEntry.id)).all()) == 20


def test_a_rolled_back_deed_leaves_no_hole(session, now):
    write(session, now, count=1)
    session.commit()
    write(session, now, count=1)
    session.rollback()
    write(session, now, count=1)
    session.commit()
    assert trust.verify(session) is None


def test_a_disclosure_stands_in_both_lists(session, now):
    agent = builders.staff(session)["agent"]
    trust.disclose(session, agent, Fact("customer", 7, "phone"), origin="10.0.0.1", now=now)
    row = session.scalars(select(Disclosure)).one()
    assert (row.staff_id, row.record_type, row.record_id, row.field, row.at) == (agent.id, "customer", 7, "phone", now)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.record_id, entry.after) == ("reveal", "7", {"field": "phone"})


def looked(session, at) -> list[int]:
    """What a night finds broken in the chain."""
    seen = checks.look(session, checks.CHAIN, now=at)
    checks.keep(session, checks.CHAIN, seen, now=at)
    session.commit()
    return [*seen.still, *seen.new]


def test_a_night_goes_on_from_the_anchor_and_sunday_looks_at_everything(session, now):
    """Thursday, and the nights to Friday and to Sunday; a row from before Thursday was rewritten with its digest."""
    thursday = now.replace(day=26, hour=4)
    rows = write(session, now, 4)
    session.commit()
    assert looked(session, thursday) == []
    write(session, now, 2)
    session.commit()
    as_master(session)
    session.execute(update(AuditEntry).where(AuditEntry.id == rows[1].id).values(origin="elsewhere"))
    session.commit()
    assert trust.verify(session) == Break(rows[1].id)
    assert trust.verify_new(session) is None, "older rows are counted, not read"
    assert looked(session, thursday + DAY) == []
    assert looked(session, thursday + 3 * DAY) == [rows[1].id]
    assert looked(session, thursday + 4 * DAY) == [rows[1].id], "what stands is looked at again"


@pytest.mark.parametrize("deed", ["new row changed", "new row removed", "old row removed", "anchor's row removed"])
def test_a_night_that_goes_on_sees(session, now, deed):
    rows = write(session, now, 3)
    trust.anchor(session, now=now)
    rows += write(session, now, 3)
    trust.anchor(session, now=now) if deed == "new row removed" else None
    session.commit()
    assert trust.verify_new(session) is None
    as_master(session)
    which = {"new row changed": 4, "new row removed": 5, "old row removed": 0, "anchor's row removed": 2}[deed]
    if deed == "new row changed":
        session.execute(update(AuditEntry).where(AuditEntry.id == rows[which].id).values(origin="elsewhere"))
    else:
        session.execute(delete(AuditEntry).where(AuditEntry.id == rows[which].id))
    session.commit()
    assert trust.verify_new(session) == trust.verify(session) is not None


def test_somebody_who_asks_has_everything_looked_at(session, now):
    write(session, now, 2)
    session.commit()
    assert looked(session, now) == []
    assert not checks._whole_again(session, now)
    checks.again(session)
    assert checks._whole_again(session, now)
