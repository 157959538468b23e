"""Working time in China: spans, statutory holidays, make-up workdays, days that staff changed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.worktime import WorkCalendar, public_day, schedule_loaded

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkCalendar()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-02-17", "holiday"),  # 春节
        ("2026-02-14", "workday"),  # a Saturday that everybody works
        ("2026-10-10", "workday"),
        ("2026-10-01", "holiday"),
        ("2026-11-21", "plain"),  # an ordinary Saturday
        ("2026-11-23", "plain"),
        ("2031-01-23", "holiday"),  # 春节 of a year whose schedule nobody has published
        ("2031-01-22", "holiday"),  # 除夕, a statutory day since 2025
        ("2031-01-26", "plain"),
        ("2031-04-05", "holiday"),  # 清明
        ("2031-06-24", "holiday"),  # 端午
        ("2031-06-25", "plain"),
    ],
)
def test_public_days(day: str, kind: str) -> None:
    assert public_day(dt.date.fromisoformat(day)) == kind


def test_it_is_known_which_years_are_loaded() -> None:
    assert schedule_loaded(2026) and not schedule_loaded(2031)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T09:00", True),
        ("2026-11-20T12:00", False),  # lunch begins
        ("2026-11-20T13:29", False),
        ("2026-11-20T13:30", True),
        ("2026-11-20T18:00", False),
        ("2026-11-21T10:00", False),
        ("2026-02-14T10:00", True),
        ("2026-02-17T10:00", False),
    ],
)
def test_office_hours(moment: str, is_open: bool) -> None:
    assert OFFICE.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-20T09:00", 60, "2026-11-20T10:00"),
        ("2026-11-20T11:30", 60, "2026-11-20T14:00"),  # lunch does not count
        ("2026-11-20T17:30", 60, "2026-11-23T09:30"),  # nor does the weekend
        ("2026-11-21T10:00", 0, "2026-11-23T09:00"),
        ("2026-02-13T17:00", 120, "2026-02-14T10:00"),  # but the make-up Saturday does
        ("2026-02-14T17:00", 120, "2026-02-24T10:00"),  # and then comes the whole of 春节
    ],
)
def test_working_minutes(start: str, minutes: int, end: str) -> None:
    assert OFFICE.add(at(start), minutes) == at(end)


def test_staff_have_the_last_word_on_a_day() -> None:
    changed = WorkCalendar(overrides={dt.date(2026, 11, 21): True, dt.date(2026, 11, 23): False})
    assert changed.is_open(at("2026-11-21T10:00"))
    assert changed.next_open(at("2026-11-21T19:00")) == at("2026-11-24T09:00")


def test_an_office_that_never_opens_still_gives_every_promise_an_end() -> None:
    never = WorkCalendar(hours={})
    assert never.next_open(at("2026-11-21T10:00")) is None
    assert never.add(at("2026-11-21T10:00"), 30) == at("2026-11-21T10:30")


@given(st.integers(0, 700 * 1440), st.integers(0, 5000), st.integers(0, 5000))
def test_adding_in_two_steps_is_adding_at_once(start: int, first: int, second: int) -> None:
    moment = at("2025-01-01T00:00") + dt.timedelta(minutes=start)
    assert OFFICE.add(OFFICE.add(moment, first), second) == OFFICE.add(moment, first + second)
