"""When steps are due: in office hours, later rather than earlier, but before what they count down to."""

import datetime as dt

import pytest

from models.desk.followup import timing
from models.sequences import SequenceStep
from models.worktime import WorkCalendar
from tests.models.following import at

#: The tests' week without any holiday, and one whose first days of December are closed.
OFFICE = WorkCalendar()
CLOSED = WorkCalendar(overrides={dt.date(2026, 12, day): False for day in range(1, 9)})
TEN, NOON, EVENING = dt.time(10), dt.time(12, 30), dt.time(20)


def step(days: int, clock: dt.time | None = TEN) -> SequenceStep:
    return SequenceStep(offset_days=days, at=clock)


@pytest.mark.parametrize(
    ("days", "clock", "anchor", "office", "due"),
    [
        (0, None, at(23, 15, 20), OFFICE, at(23, 15, 20)),  # at once, while somebody is there
        (0, None, at(23, 12, 20), OFFICE, at(23, 13, 30)),  # after lunch
        (0, None, at(20, 18, 30), OFFICE, at(23, 9)),  # Friday evening: Monday
        (3, TEN, at(23, 15), OFFICE, at(26)),
        (5, TEN, at(23, 15), OFFICE, at(30)),  # Saturday: Monday, at its own time
        (3, NOON, at(23), OFFICE, at(26, 11, 59)),  # the nearest that is open on the same day
        (3, EVENING, at(23), OFFICE, at(26, 17, 59)),
        (8, TEN, at(23), CLOSED, at(9, month=12)),  # a week of holidays
    ],
)
def test_a_step_falls_into_office_hours(days, clock, anchor, office, due) -> None:
    assert timing.planned_for(step(days, clock), anchor, office, by_day=False) == due


@pytest.mark.parametrize(
    ("days", "handover", "office", "due"),
    [
        (-30, dt.date(2026, 12, 23), OFFICE, at(23)),
        (-3, dt.date(2026, 12, 15), OFFICE, at(14, month=12)),  # Saturday, and Monday is still before it
        (-1, dt.date(2026, 11, 30), OFFICE, at(27)),  # Sunday, and Monday would be too late
        (-3, dt.date(2026, 12, 6), CLOSED, at(30)),  # all closed until the day itself
    ],
)
def test_what_counts_down_stays_before_the_day(days, handover, office, due) -> None:
    start = timing.start_of(handover)
    assert timing.planned_for(step(days), start, office, by_day=True) == due
    assert due < timing.useless_after(step(days), due, start, office) <= start


def test_a_step_is_of_use_for_two_days_of_office_time_and_at_once_for_half_a_day() -> None:
    friday = at(27)
    assert timing.useless_after(step(3), friday, at(24), OFFICE) == at(1, 10, month=12)
    assert timing.useless_after(step(0, None), friday, friday, OFFICE) == at(27, 15, 30)


def test_a_calendar_without_any_open_day_does_not_hang() -> None:
    never = WorkCalendar(hours={})
    assert timing.planned_for(step(3), at(23), never, by_day=False) == at(26)
