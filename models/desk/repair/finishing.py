"""Until when a repair is finished: by the number of its faults, in office hours; late ones with a reason and a date.

The limit is a promise like every other. What cannot be kept is told to the customer before they have to ask.
"""

import datetime as dt

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import promises
from models.desk.repair import notices
from models.errors import DomainError, Missing
from models.promises import Promise
from models.work import Repair
from models.worktime import local_day

#: Up to so many faults -> the policy.
LIMITS = ((1, "repair.finish"), (3, "repair.finish_few"))
LARGE = "repair.finish_many"
NAMES = (*(name for _, name in LIMITS), LARGE)


class NotLate(DomainError):
    """A new date makes no sense for a repair that nobody is waiting for."""

    key = "errors.nothing_owed"


def promise(session: Session, repair: Repair, *, now: dt.datetime) -> Promise:
    """The repair is to be finished in time for as many faults as it has. More faults than before move the limit,
    reckoned from when it was promised first.
    """
    name = next((name for most, name in LIMITS if len(repair.items) <= most), LARGE)
    owed = find(session, repair)
    if owed is None:
        return promises.make(session, name, repair, now=now, urgent=repair.urgent)
    if owed.state != "open" or NAMES.index(owed.policy.name) >= NAMES.index(name):
        return owed
    since = owed.made_at
    promises.drop(session, owed, now=now)
    return promises.make(session, name, repair, now=since, urgent=repair.urgent)


def find(session: Session, repair: Repair) -> Promise | None:
    """The promise to finish that is still owed."""
    return next((row for row in promises.owed(session, repair) if row.policy.name in NAMES), None)


def past(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions for promises that should have been kept by now and are still owed."""
    return Promise.due_at < now, Promise.met_at.is_(None), Promise.state != "dropped"


def delay(session: Session, repair: Repair, *, reason: str, until: dt.date, by: By, now: dt.datetime) -> None:
    """It takes until `until`, and why stands on the case; the customer is told both, once for each new date.

    The promise keeps its due moment: a miss stays a miss. Refused without a reason, for a day that is past, and when
    nobody waits for the repair.
    """
    if not reason.strip():
        raise Missing(field="reason")
    if until < local_day(now):
        raise Missing("errors.past_time", field="until")
    if not repair.is_open:
        raise NotLate(number=repair.number)
    if (repair.late_reason, repair.late_until) == (reason.strip()[:200], until):
        return
    repair.late_reason, repair.late_until = reason.strip()[:200], until
    repair.tell("delayed", by=by, now=now, reason=repair.late_reason, until=until.isoformat())
    times = sum(event.name == "delayed" for event in repair.events)
    facts = {"reason": repair.late_reason, "day": noon(until).isoformat()}
    notices.tell_customer(session, repair, "delayed", now=now, mark=times, **facts)


def known_late(repair: Repair, promise: Promise) -> bool:
    """Whether this is a limit of which everybody knows already that it is not kept, and until when it takes."""
    late = promise.policy.name in NAMES and repair.late_until is not None
    return late and repair.late_until >= local_day(promise.due_at)


def noon(day: dt.date) -> dt.datetime:
    """A moment that is on this day wherever it is read."""
    return dt.datetime.combine(day, dt.time(4), dt.UTC)


def missed(session: Session, repair: Repair, *, now: dt.datetime) -> None:
    """The limit has passed: the customer hears it from us, unless they know the new date already."""
    if repair.late_until is None or repair.late_until < local_day(now):
        notices.tell_customer(session, repair, "finish_late", now=now)
