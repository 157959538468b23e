"""When visits can still be booked: plans − bookings − closed days − the past and what is too near. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from models.sales import VisitPlan
from models.worktime import WorkCalendar, at_clock, local_day

#: So many days ahead are offered.
AHEAD = 21
Span = tuple[dt.datetime, dt.datetime]


def free(
    plans: Iterable[VisitPlan],
    taken: Mapping[dt.datetime, int],
    office: WorkCalendar,
    *,
    now: dt.datetime,
) -> list[Span]:
    """The times with a seat left, in UTC, earliest first; `taken` counts bookings of this kind by their beginning."""
    room: dict[Span, int] = defaultdict(int)
    for plan in plans:
        for span in _spans(plan, office, now):
            room[span] += plan.seats
    return sorted(span for span, seats in room.items() if seats > taken.get(span[0], 0))


def seats(
    plans: Iterable[VisitPlan], start: dt.datetime, office: WorkCalendar, *, now: dt.datetime
) -> tuple[int, Span]:
    """How many may come together at `start`, and the span of such a visit; 0 for a time that nobody plans."""
    found = [(plan.seats, span) for plan in plans for span in _spans(plan, office, now) if span[0] == start]
    return (sum(count for count, _ in found), found[0][1]) if found else (0, (start, start))


def _spans(plan: VisitPlan, office: WorkCalendar, now: dt.datetime) -> Iterator[Span]:
    """The visits of one plan that can still be booked, day by day."""
    today, earliest = local_day(now), now + dt.timedelta(hours=plan.lead_hours)
    length = dt.timedelta(minutes=plan.minutes)
    for day in (today + dt.timedelta(days=ahead) for ahead in range(AHEAD + 1)):
        if day.weekday() != plan.weekday or not plan.active or office.shut(day):
            continue
        start = at_clock(day, plan.starts)
        end = at_clock(day, plan.ends)
        while start + length <= end:
            if start >= earliest:
                yield start, start + length
            start += length
