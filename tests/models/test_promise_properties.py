"""Promises under random lives of a case: nothing owed is forgotten, nothing late goes unmarked, no clock cheats."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Promise, Repair
from models.desk import care, promises, watch
from models.desk.repair import repairs, visits
from models.errors import DomainError
from tests.models.builders import House, house, repair

MINUTE = dt.timedelta(minutes=1)
STEPS = ("accept", "start", "arrive", "finish", "hand_back", "assign", "pause", "resume", "reopen", "close", "watch")
life = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 600)), max_size=12)
pytestmark = pytest.mark.sqlite_only(reason="the rules are the same on both, hundreds of lives are slow")


def live(session: Session, who: House, case: Repair, step: str, now: dt.datetime) -> None:
    """One step of somebody's life; refusals are part of it."""
    crew, staff = who.by_crew, who.by_staff
    steps = {
        "accept": lambda: visits.accept(session, case, by=crew, now=now),
        "start": lambda: visits.start(session, case, by=crew, now=now),
        "arrive": lambda: visits.arrive(session, case, by=crew, now=now),
        "finish": lambda: visits.finish(session, case, note="好了", by=crew, now=now),
        "hand_back": lambda: visits.hand_back(session, case, reason="没空", by=crew, now=now),
        "assign": lambda: repairs.assign(session, case, who.crew, by=staff, now=now),
        "pause": lambda: care.pause(session, case, until=now + 90 * MINUTE, words="晚点来", by=staff, now=now),
        "resume": lambda: care.resume(session, case, by=staff, now=now),
        "reopen": lambda: care.reopen(session, case, reason="又漏", by=staff, now=now),
        "close": lambda: care.close(session, case, reason="好了", by=staff, now=now),
        "watch": lambda: watch.run(session, now=now),
    }
    try:
        with session.begin_nested():
            steps[step]()
    except DomainError:
        pass


@given(life)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_happens_the_books_are_right(engine: Engine, now: dt.datetime, steps: list[tuple[str, int]]) -> None:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            who = house(session, now)
            case, at = repair(session, who, now), now
            for step, minutes in steps:
                at += minutes * MINUTE
                live(session, who, case, step, at)
                check(session, case, at)
            watch.run(session, now=at)
            check_after_watch(session, case, at)
        outer.rollback()


def check(session: Session, case: Repair, at: dt.datetime) -> None:
    """What holds after every single step."""
    rows = session.scalars(select(Promise).where(Promise.ticket_id == case.id)).all()
    for row in rows:
        assert row.made_at < row.due_at and row.warn_at <= row.due_at
        assert (row.met_at is not None) == (row.state == "met" or (row.state == "missed" and row.met_at is not None))
        assert row.met_at is None or row.dropped_at is None
        if row.state == "met":
            assert row.met_at <= row.due_at
        if row.missed_at is not None:
            assert row.missed_at <= at
        assert (row.state == "paused") == (row.paused_until is not None)
    open_kinds = [row.policy.name for row in rows if row.met_at is None and row.state != "dropped"]
    assert len(open_kinds) == len(set(open_kinds)), "the same thing is owed twice"
    owed = promises.owed(session, case)
    assert case.next_due_at == (min(row.due_at for row in owed) if owed else None)
    if case.state in ("closed", "cancelled"):
        assert not owed
    if case.state in ("assigned", "accepted", "on_the_way", "handed_back", "reported"):
        assert "repair.on_site" in open_kinds, "somebody waits and nothing is promised"


def check_after_watch(session: Session, case: Repair, at: dt.datetime) -> None:
    """After the watch nothing past its due moment looks as if it were in time."""
    for row in promises.owed(session, case):
        assert row.state == "missed" or row.due_at > at or row.state == "paused"
