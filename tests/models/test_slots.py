"""Free times for visits: plans − bookings − closed days − the past − what is too near; one case per rule."""

import datetime as dt

import pytest

from models.desk.sales import slots
from models.sales import VisitPlan
from models.worktime import SHANGHAI, WorkCalendar

#: Friday 20 November 2026, ten in the morning in Shanghai.
FRIDAY = dt.datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
OFFICE = WorkCalendar()


def plan(weekday: int = 5, starts: str = "09:00", ends: str = "13:00", **more) -> VisitPlan:
    known = {"minutes": 120, "seats": 1, "lead_hours": 4, "active": True, "visit": "measure"} | more
    return VisitPlan(weekday=weekday, starts=dt.time.fromisoformat(starts), ends=dt.time.fromisoformat(ends), **known)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def begins(plans, taken=None, office=OFFICE, now=FRIDAY) -> list[str]:
    found = slots.free(plans, taken or {}, office, now=now)
    return [f"{start.astimezone(SHANGHAI):%d %H:%M}" for start, _ in found]


def test_a_plan_gives_one_time_after_the_other_for_three_weeks() -> None:
    assert begins([plan()]) == ["21 09:00", "21 11:00", "28 09:00", "28 11:00", "05 09:00", "05 11:00"]


def test_a_visit_that_would_end_after_the_plan_is_none() -> None:
    assert begins([plan(ends="12:59")])[:2] == ["21 09:00", "28 09:00"]


@pytest.mark.parametrize(
    ("lead_hours", "first"),
    [(0, "20 10:00"), (1, "20 12:00"), (4, "20 14:00"), (5, "27 08:00")],
)
def test_what_is_past_or_too_near_is_not_offered(lead_hours: int, first: str) -> None:
    today = plan(4, "08:00", "16:00", lead_hours=lead_hours)
    found = begins([today])
    assert found[0] == first and "20 08:00" not in found


def test_a_time_is_free_until_all_its_seats_are_taken() -> None:
    two = [plan(seats=2)]
    start = at(21, 9).astimezone(dt.UTC)
    assert "21 09:00" in begins(two, {start: 1})
    assert "21 09:00" not in begins(two, {start: 2})
    assert "21 11:00" in begins(two, {start: 2})


def test_two_plans_of_the_same_time_have_their_seats_together() -> None:
    start = at(21, 9).astimezone(dt.UTC)
    assert "21 09:00" in begins([plan(), plan()], {start: 1})
    assert slots.seats([plan(), plan(seats=2)], start, OFFICE, now=FRIDAY)[0] == 3


@pytest.mark.parametrize(
    ("office", "now", "found"),
    [
        (WorkCalendar(overrides={dt.date(2026, 11, 21): False}), FRIDAY, ["28 09:00", "05 09:00", "12 09:00"][:2]),
        (WorkCalendar(overrides={dt.date(2026, 11, 21): True}), FRIDAY, ["21 09:00", "28 09:00", "05 09:00"]),
        # 1 January 2026 is a Thursday and a public holiday.
        (OFFICE, dt.datetime(2025, 12, 30, 9, tzinfo=SHANGHAI), ["08 09:00", "15 09:00"]),
        (WorkCalendar(overrides={dt.date(2026, 1, 1): True}), dt.datetime(2025, 12, 30, 9, tzinfo=SHANGHAI),
         ["01 09:00", "08 09:00", "15 09:00"]),
    ],
)  # fmt: skip
def test_days_that_the_house_is_closed_have_no_visits(office, now, found) -> None:
    weekday = 5 if now == FRIDAY else 3
    assert begins([plan(weekday, ends="11:00")], office=office, now=now) == found


def test_a_plan_that_is_switched_off_gives_nothing() -> None:
    assert begins([plan(active=False)]) == []


def test_no_seat_at_a_time_that_nobody_plans() -> None:
    assert slots.seats([plan()], at(21, 10).astimezone(dt.UTC), OFFICE, now=FRIDAY)[0] == 0
    assert slots.seats([plan()], at(14, 9).astimezone(dt.UTC), OFFICE, now=FRIDAY)[0] == 0
