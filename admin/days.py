"""Days as the panel shows them: off, made up for, and why."""

import datetime as dt
from dataclasses import dataclass

from models.worktime import Span, WorkCalendar, public_day, public_name


@dataclass(frozen=True)
class Day:
    """One day of the office."""

    day: dt.date
    #: rest, work (a make-up workday, or opened by staff) or nothing.
    mark: str
    #: The festival behind it; "" for none.
    feast: str
    #: What staff decided about this very day wins over the public calendar.
    ours: bool
    #: When the office is open, earliest first.
    spans: list[Span]
    past: bool = False
    today: bool = False


def row(office: WorkCalendar, first: dt.date, count: int, *, today: dt.date) -> list[Day]:
    """So many days from `first` on."""
    return [_day(office, first + dt.timedelta(days=number), today) for number in range(count)]


def _day(office: WorkCalendar, day: dt.date, today: dt.date) -> Day:
    ours = office.overrides.get(day)
    public = {"holiday": "rest", "workday": "work"}.get(public_day(day), "")
    mark = public if ours is None else "work" if ours else "rest"
    return Day(day, mark, public_name(day), ours is not None, office.spans(day), day < today, day == today)
