"""What is due when the office's calendar changes: reckoned anew from when it was promised, unless a customer was told.

docs/decisions/told-dates-stay.md says why.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.desk import promises
from models.promises import Policy, Promise
from models.worktime import WorkCalendar

#: Of these the customer was told until when; a call's moment was named, by a person or by what it asks about.
TOLD = frozenset({"privacy.answer", "quote.answer", "conversation.first_reply", "callback.due"})


def follow(session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime) -> int:
    """The office's calendar was `before` and is `after` from now on: what counts in office hours is due by the new one.

    Only what runs, nobody was told and still stands where the old calendar put it: a pause, a rule changed since or a
    moment that was named stays. Nothing becomes late by it. Returns how many moved.
    """
    query = (
        select(Promise)
        .join(Policy)
        .where(Promise.state == "open", Promise.due_at > now, Promise.paused_at.is_(None))
        .where(Policy.working_time, Policy.name.not_in(TOLD))
        .options(joinedload(Promise.policy))
        .order_by(Promise.id)
        .with_for_update(of=Promise)
    )
    return sum(_move(promise, before, after, now) for promise in session.scalars(query).all())


def _move(promise: Promise, before: WorkCalendar, after: WorkCalendar, now: dt.datetime) -> bool:
    rule, made = promise.policy, promise.made_at
    minutes = rule.urgent_minutes if promise.urgent else rule.minutes
    due = after.add(made, minutes)
    if promise.due_at != before.add(made, minutes) or due == promise.due_at or due <= now:
        return False
    warn = after.add(made, promises.warn_minutes(rule, minutes))
    promises.redate(promise, due, warn)
    return True
