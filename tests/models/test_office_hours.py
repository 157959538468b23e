"""Office hours as staff enter them: what is kept, what is refused and beside which day; the names of days off."""

import datetime as dt

import pytest

from models import Calendar
from models.desk.staff import calendar
from models.errors import Missing
from models.worktime import public_name, unloaded

pytestmark = pytest.mark.sqlite_only  # plain rows


def test_spans_are_kept_in_order_and_empty_ones_left_out(session):
    told = {"0": [("13:30", "18:00"), ("", ""), ("09:00", "12:00")], "workday": [("10:00", "16:00")]}
    calendar.set_hours(session, told)
    hours = session.query(Calendar).one().hours
    assert hours["0"] == [["09:00", "12:00"], ["13:30", "18:00"]] and hours["1"] == []
    office = calendar.office(session)
    assert [f"{start:%H:%M}" for start, _ in office.spans(dt.date(2026, 11, 23))] == ["09:00", "13:30"]
    assert office.spans(dt.date(2026, 10, 10)) == [(dt.time(10), dt.time(16))], "a make-up Saturday has its own hours"
    calendar.set_hours(session, {"5": [("09:00", "12:00")]})
    assert session.query(Calendar).count() == 1


@pytest.mark.parametrize(
    ("spans", "key", "day"),
    [
        ({"2": [("09:00", "")]}, "errors.hours_half", "2"),
        ({"2": [("", "12:00")]}, "errors.hours_half", "2"),
        ({"2": [("9 Uhr", "12:00")]}, "errors.hours_half", "2"),
        ({"2": [("12:00", "09:00")]}, "errors.hours_backwards", "2"),
        ({"2": [("09:00", "09:00")]}, "errors.hours_backwards", "2"),
        ({"0": [("09:00", "12:00")], "workday": [("11:00", "13:00"), ("09:00", "12:00")]}, "errors.hours_overlap",
         "workday"),
        ({"workday": [("09:00", "12:00")]}, "errors.hours_none", "0"),
        ({}, "errors.hours_none", "0"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_beside_its_day(session, spans, key, day):
    with pytest.raises(Missing) as refusal:
        calendar.set_hours(session, spans)
    assert (refusal.value.key, refusal.value.facts["field"]) == (key, day)


def test_spans_that_touch_are_no_overlap():
    assert calendar.checked({"0": [("09:00", "12:00"), ("12:00", "18:00")]})["0"][1] == ["12:00", "18:00"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-10-04", "national"), ("2026-10-10", "national"), ("2026-02-14", "spring"), ("2026-09-25", "mid_autumn"),
        ("2026-11-21", ""), ("2026-11-23", ""),
        ("2031-01-22", "spring"), ("2031-01-24", "spring"), ("2031-04-05", "qingming"),
        ("2031-06-24", "dragon_boat"), ("2031-05-02", "labour"), ("2031-05-03", ""),
    ],
)  # fmt: skip
def test_days_off_and_make_up_days_are_named(day, name):
    assert public_name(dt.date.fromisoformat(day)) == name


def test_a_year_without_schedule_is_known_a_month_ahead():
    assert unloaded(dt.date(2026, 11, 21)) == [] and unloaded(dt.date(2031, 6, 1)) == [2031]
    assert unloaded(dt.date(2030, 12, 15)) == [2030, 2031]
