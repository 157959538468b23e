"""The audit chain: whole while nobody touches it, broken where somebody did, safe with many writers."""

import threading

import pytest
from sqlalchemy import delete, select, update

from models import AuditEntry, Disclosure
from models.desk import trust
from models.desk.trust import Deed, Fact
from tests.admin import builders


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


@pytest.mark.parametrize("column", ["action", "record_id", "actor_name", "origin"])
def test_a_changed_row_shows(session, now, column):
    rows = write(session, now)
    session.commit()
    session.execute(update(AuditEntry).where(AuditEntry.id == rows[1].id).values({column: "other"}))
    session.expire_all()
    assert trust.verify(session).id == rows[1].id


def test_changed_facts_show(session, now):
    rows = write(session, now)
    session.commit()
    session.execute(update(AuditEntry).where(AuditEntry.id == rows[0].id).values(after={"a": 99}))
    session.expire_all()
    assert trust.verify(session).id == rows[0].id


def test_a_removed_row_shows_at_the_next(session, now):
    rows = write(session, now)
    session.commit()
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
