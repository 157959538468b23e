"""The job of the nightly checks: once a night, on several workers, killed in between, and it says how many."""

import datetime as dt

import pytest
from sqlalchemy import select

from jobs import checks as duty
from models import CheckRun, Finding
from models.desk import checks
from tests.jobs.test_duties import at_once
from tests.models.wrong_rows import Wrong


@pytest.fixture
def ill(sessions, now) -> int:
    """A company with many wrong rows; returns how many."""
    with sessions.begin() as session:
        return sum(map(len, Wrong(session, now).rows.values()))


def found(sessions) -> list[tuple[str, int]]:
    with sessions() as session:
        return sorted(map(tuple, session.execute(select(Finding.rule, Finding.record_id))))


def test_workers_at_once_find_everything_once_and_then_it_is_over_for_the_night(world, sessions, clock, ill):
    at_once(duty.run, world)
    assert len(found(sessions)) == len(set(found(sessions))) == ill
    assert duty.run(world) == 0
    clock.advance(days=1)
    assert duty.run(world) > ill, "a day later more is late, and what stood still stands"
    assert len(found(sessions)) == len(set(found(sessions)))


class Killed(BaseException):
    """The process is gone at this line."""


@pytest.mark.sqlite_only  # which checks have looked stands in rows of their own, whatever the database
def test_killed_between_two_checks_the_next_run_goes_on(make_world, world, sessions, clock, ill):
    times = iter(range(9))

    def dies():
        if next(times, 9) == 9:
            raise Killed
        return clock()

    with pytest.raises(Killed):
        duty.run(make_world(clock=dies))
    with sessions() as session:
        assert {row.rule for row in session.scalars(select(CheckRun))} == set(checks.NAMES[:8])
    clock.advance(minutes=10)
    duty.run(world)
    assert len(found(sessions)) == ill
    with sessions() as session:
        late = session.scalars(select(CheckRun).where(CheckRun.ran_at == clock() - dt.timedelta(minutes=10))).all()
        assert len(late) == 8


@pytest.mark.sqlite_only  # about the log
def test_the_log_names_the_check_and_not_the_people(world, ill, caplog):
    duty.run(world)
    assert "check audit_broken: 1 new findings, 1 stand" in caplog.text
    assert "漏水" not in caplog.text and "o-homeowner" not in caplog.text
