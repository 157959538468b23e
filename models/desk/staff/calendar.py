"""The office calendar as staff keep it, read into a pure WorkCalendar."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import Missing
from models.promises import Calendar, CalendarDay
from models.worktime import WorkCalendar

#: The keys of office hours: the weekdays, Monday is 0, and make-up workdays on a weekend.
KEYS = (*"0123456", "workday")


def office(session: Session) -> WorkCalendar:
    """The office's calendar with all days that staff changed; the default hours while none is stored."""
    stored = session.scalar(select(Calendar).where(Calendar.name == "office"))
    overrides = {day.day: day.works for day in session.scalars(select(CalendarDay))}
    return WorkCalendar(stored.hours, overrides) if stored else WorkCalendar(overrides=overrides)


def set_day(session: Session, day: dt.date, *, works: bool, note: str = "") -> CalendarDay:
    """From now on the office works, or does not, on `day`. What is due follows by models/desk/redating.py."""
    row = session.get(CalendarDay, day) or CalendarDay(day=day)
    row.works, row.note = works, note
    session.add(row)
    return row


def checked(spans: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, list[list[str]]]:
    """Office hours as they are kept, each day's spans in order.

    Refused, with the day as `field`: a span of which only one end is given, one that ends before it begins, two that
    meet; and a week in which the office never opens.
    """
    hours: dict[str, list[list[str]]] = {}
    for key in KEYS:
        rows = sorted((start.strip(), end.strip()) for start, end in spans.get(key, ()) if start.strip() or end.strip())
        for start, end in rows:
            if not (start and end):
                raise Missing("errors.hours_half", field=key)
            if _time(start, key) >= _time(end, key):
                raise Missing("errors.hours_backwards", field=key, start=start, end=end)
        for (_, before), (after, _) in itertools.pairwise(rows):
            if after < before:
                raise Missing("errors.hours_overlap", field=key)
        hours[key] = [list(row) for row in rows]
    if not any(hours[key] for key in "0123456"):
        raise Missing("errors.hours_none", field="0")
    return hours


def _time(text: str, key: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise Missing("errors.hours_half", field=key) from None


def set_hours(session: Session, hours: Mapping[str, Sequence[Sequence[str]]]) -> Calendar:
    """The office keeps these hours from now on. What is due follows by models/desk/redating.py. See `checked`."""
    row = session.scalar(select(Calendar).where(Calendar.name == "office").with_for_update())
    if row is None:
        row = Calendar(name="office")
        session.add(row)
    row.hours = checked({key: [(start, end) for start, end in hours.get(key, ())] for key in KEYS})
    return row
