"""The office closes or opens on a day: what nobody was told is due by the new calendar, what was told stays."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import CalendarDay, Promise
from models.desk import promises, redating, watch
from models.desk.staff import calendar
from tests.models.builders import house, repair
from tests.models.following import at

#: Tuesday to Friday of the week that begins with `now`.
WEEK = [dt.date(2026, 11, day) for day in range(24, 28)]
pytestmark = pytest.mark.sqlite_only  # plain rows


@pytest.fixture
def now() -> dt.datetime:
    """Monday, ten in the morning."""
    return at(23, 10)


@pytest.fixture
def case(session, now):
    who = house(session, now)
    return repair(session, who, now)


def change(session, now, days, *, works) -> int:
    before = calendar.office(session)
    for day in days:
        calendar.set_day(session, day, works=works)
    return redating.follow(session, before, calendar.office(session), now=now).promises


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("suggestion.answer", True), ("repair.dissatisfied", True), ("enquiry.contact", False),
        ("privacy.answer", False), ("quote.answer", False), ("repair.on_site", False),
    ],
)  # fmt: skip
def test_four_days_off_move_what_was_not_told(session, case, now, name, moves):
    row = promises.find(session, name, case) or promises.make(session, name, case, now=now)
    due, warn = row.due_at, row.warn_at
    change(session, now, WEEK, works=False)
    new = promises._clock(session, row.policy, row.made_at, row.urgent)
    assert ((row.due_at, row.warn_at) == new, row.due_at == due) == ((True, False) if moves else (due == new[0], True))
    if not moves:
        assert (row.due_at, row.warn_at) == (due, warn)
    assert change(session, now, WEEK, works=True) in (0, 1, 2)
    assert (row.due_at, row.warn_at) == (due, warn), "as it was before"


def test_closed_in_time_nobody_is_late_and_the_case_sorts_by_the_new_moment(session, case, now):
    for row in promises.owed(session, case):
        promises.drop(session, row, now=now)
    row = promises.make(session, "repair.dissatisfied", case, now=now)
    change(session, now, WEEK, works=False)
    watch.run(session, now=at(25, 12))
    assert (row.state, case.next_due_at) == ("open", row.due_at)
    assert row.due_at == at(30, 10, 30), "of eight hours six and a half were Monday's"


def test_a_day_of_work_more_makes_it_sooner_and_never_late(session, case, now):
    friday = at(27, 17)
    row = promises.make(session, "repair.dissatisfied", case, now=friday)
    assert change(session, friday, [dt.date(2026, 11, 28)], works=True) >= 1
    assert row.due_at == at(28, 17, 30)
    change(session, at(28, 19), [dt.date(2026, 11, 27)], works=True)
    assert row.due_at == at(28, 17, 30)


def test_what_was_paused_or_named_or_promised_under_other_numbers_stays(session, case, now):
    dissatisfied = promises.make(session, "repair.dissatisfied", case, now=now)
    promises.pause(session, dissatisfied, until=at(24, 10), words="明天再说", now=now)
    promises.resume(session, dissatisfied, now=at(23, 11))
    other = promises.make(session, "suggestion.answer", case, now=now)
    other.policy.minutes += 60
    session.flush()
    kept = {row.id: row.due_at for row in (dissatisfied, other)}
    change(session, now, WEEK, works=False)
    assert {row.id: row.due_at for row in (dissatisfied, other)} == kept
    assert session.scalars(select(CalendarDay.day)).all() == WEEK
    assert session.scalars(select(Promise).where(Promise.state == "missed")).all() == []
