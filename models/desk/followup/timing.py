"""When a step of a plan is due, and from when on it is of no use. Pure."""

import datetime as dt

from models.sequences import SequenceStep
from models.worktime import SHANGHAI, WorkCalendar, at_clock, local_day

#: A step is still worth taking for so many minutes of office time: two days, and half a day for what is said at once.
LIVES, LIVES_AT_ONCE = 2 * 450, 240
#: So many days a closed office is looked past before its calendar is taken to be without any open day.
MOST_CLOSED = 30
#: The hour of steps that name none, where the plan counts from a day.
MORNING = dt.time(10)
DAY = dt.timedelta(days=1)


def start_of(day: dt.date) -> dt.datetime:
    """The beginning of a day in China."""
    return at_clock(day)


def planned_for(step: SequenceStep, anchor_at: dt.datetime, office: WorkCalendar, *, by_day: bool) -> dt.datetime:
    """When the step is due, moved into office hours: later, or earlier where later would be after the event itself."""
    if step.at is None and not by_day:
        return office.next_open(anchor_at + step.offset_days * DAY) or anchor_at
    day, clock = local_day(anchor_at) + step.offset_days * DAY, step.at or MORNING
    later = open_at(office, day, clock)
    return later if step.offset_days >= 0 or later < anchor_at else open_at(office, day, clock, step=-DAY)


def open_at(office: WorkCalendar, day: dt.date, clock: dt.time, *, step: dt.timedelta = DAY) -> dt.datetime:
    """This time of the first day on which the office is open, from `day` on, or backwards from it."""
    wanted = at = dt.datetime.combine(day, clock, SHANGHAI)
    for _ in range(MOST_CLOSED):
        spans = office.spans(at.date())
        if spans:
            # Between two spans, before or after them: the nearest that is open on this day.
            start, end = min(spans, key=lambda span: _gap(span, clock))
            moved = clock if start <= clock < end else start if clock < start else last_minute(end)
            return at_clock(at.date(), moved)
        at += step
    return wanted.astimezone(dt.UTC)


def useless_after(step: SequenceStep, due: dt.datetime, anchor_at: dt.datetime, office: WorkCalendar) -> dt.datetime:
    """From when on the step is too late; what is said before an event, when the event has come at the latest."""
    ends = office.add(due, LIVES_AT_ONCE if step.at is None and step.offset_days == 0 else LIVES)
    return min(ends, anchor_at) if step.offset_days < 0 and due < anchor_at else ends


def tomorrow(office: WorkCalendar, now: dt.datetime, clock: dt.time | None) -> dt.datetime:
    """The same time on the next day that the office is open."""
    return open_at(office, local_day(now) + DAY, clock or MORNING)


def last_minute(end: dt.time) -> dt.time:
    """A minute before the office shuts."""
    return (dt.datetime.combine(dt.date.min, end) - dt.timedelta(minutes=1)).time()


def _gap(span: tuple[dt.time, dt.time], clock: dt.time) -> int:
    start, end = (_minutes(one) for one in span)
    at = _minutes(clock)
    return max(start - at, at - end + 1, 0)


def _minutes(clock: dt.time) -> int:
    return clock.hour * 60 + clock.minute
