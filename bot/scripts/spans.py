"""A time of the day without its day, said among offered times: it belongs to the day that is talked about.

“周三量房” – “下午” means Wednesday's afternoon; “约量房” – “下午” any of the afternoons that were offered.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from bot.heard import Facts
from bot.leads import Slot, VisitRef
from bot.scripts.script import Answers
from bot.understanding import acts
from bot.understanding.reading import When
from models.worktime import SHANGHAI, local_day


def over(time: When | None, now: dt.datetime) -> bool:
    """Whether nothing can be booked on that time any more."""
    return time is not None and (time.past or time.end <= now)


def meets(time: When, visit: VisitRef) -> bool:
    """Whether the span that is named is the visit's own."""
    return time.start < visit.end and time.end > visit.start


def fitting(free: Sequence[Slot], time: When, days: Iterable[dt.date]) -> list[Slot]:
    """The free times within the span, on each of the days where it names none; an hour means the time around it."""
    spans = list(_spans(time, days))
    fit = [slot for slot in free if any(slot.start < end and slot.end > start for start, end in spans)]
    if not time.precise:
        return fit
    return [slot for slot in fit if any(slot.start <= start < slot.end for start, _ in spans)] or fit


def _spans(time: When, days: Iterable[dt.date]) -> Iterable[tuple[dt.datetime, dt.datetime]]:
    today = local_day(time.start)
    moved = [] if acts.says("names_a_day", time.text_zh) else [day - today for day in days]
    return [(time.start + by, time.end + by) for by in moved] or [(time.start, time.end)]


def days_of(answers: Answers, facts: Facts) -> list[dt.date]:
    """The days that are talked about: the one day on offer, the moved visit's, else all on offer."""
    moved = [one.start for one in facts.visits if one.id == answers.get("moving")]
    offered = [
        dt.datetime.fromisoformat(slot[0]) for slot in answers.get("offered", ()) if isinstance(slot, list | tuple)
    ]
    named = sorted({at.astimezone(SHANGHAI).date() for at in offered})
    return named if len(named) == 1 else sorted({at.astimezone(SHANGHAI).date() for at in moved}) or named
