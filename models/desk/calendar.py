"""The office calendar as staff keep it, read into a pure WorkCalendar."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.promises import Calendar, CalendarDay
from models.worktime import WorkCalendar


def office(session: Session) -> WorkCalendar:
    """The office's calendar with all days that staff changed; the default hours while none is stored."""
    stored = session.scalar(select(Calendar).where(Calendar.name == "office"))
    overrides = {day.day: day.works for day in session.scalars(select(CalendarDay))}
    return WorkCalendar(stored.hours, overrides) if stored else WorkCalendar(overrides=overrides)


def set_day(session: Session, day: dt.date, *, works: bool, note: str = "") -> CalendarDay:
    """From now on the office works, or does not, on `day`; promises already made keep their due moment."""
    row = session.get(CalendarDay, day) or CalendarDay(day=day)
    row.works, row.note = works, note
    session.add(row)
    return row
