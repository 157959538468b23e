"""What is due when the office's calendar changes: reckoned anew from when it was promised, unless a customer was told.

docs/decisions/told-dates-stay.md says why, docs/decisions/calendar-edits.md what becomes of each kind.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.desk import promises, told
from models.desk.callback import moments
from models.desk.followup import redated
from models.promises import Policy, Promise
from models.worktime import WorkCalendar

#: Of these the customer was told until when; calls have a rule of their own.
TOLD = frozenset({"privacy.answer", "quote.answer", "conversation.first_reply", "callback.due"})


@dataclass(frozen=True)
class Moved:
    """What an edit of the calendar moves, and the moments that customers were told and that are shut from then on."""

    promises: int
    calls: int
    steps: int
    clashes: tuple[told.Told, ...]


def follow(session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime) -> Moved:
    """The office's calendar was `before` and is `after` from now on: what counts in office hours is due by the new one.

    Only what runs, nobody was told and still stands where the old calendar put it: a pause, a rule changed since or a
    moment that was named stays. Nothing becomes late by it. Calls and steps of plans follow too; what a customer was
    told stays and is somebody's matter to settle.
    """
    calls, kept = moments.follow(session, before, after, now=now)
    steps = redated.follow(session, before, after, now=now)
    clashes = told.settle(session, kept, before, after, now=now)
    query = (
        select(Promise)
        .join(Policy)
        .where(Promise.state == "open", Promise.due_at > now, Promise.paused_at.is_(None))
        .where(Policy.working_time, Policy.name.not_in(TOLD))
        .options(joinedload(Promise.policy))
        .order_by(Promise.id)
        .with_for_update(of=Promise)
    )
    moved = sum(_move(promise, before, after, now) for promise in session.scalars(query).all())
    return Moved(moved, calls, steps, tuple(clashes))


def _move(promise: Promise, before: WorkCalendar, after: WorkCalendar, now: dt.datetime) -> bool:
    rule, made = promise.policy, promise.made_at
    minutes = rule.urgent_minutes if promise.urgent else rule.minutes
    due = after.add(made, minutes)
    if promise.due_at != before.add(made, minutes) or due == promise.due_at or due <= now:
        return False
    warn = after.add(made, promises.warn_minutes(rule, minutes))
    promises.redate(promise, due, warn)
    return True
