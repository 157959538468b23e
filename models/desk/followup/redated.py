"""Steps of plans when the office's calendar changes: they stand where the new one puts them."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.desk.followup import timing
from models.sequences import BY_DAY, Enrolment, Touch
from models.worktime import WorkCalendar


def follow(session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime) -> int:
    """Steps to come are planned, looked at and of use by the new calendar; returns how many of them moved.

    What was put off for another reason is looked at when it was going to be. Nothing is out of time by it.
    """
    query = (
        select(Touch)
        .join(Enrolment, Enrolment.id == Touch.enrolment_id)
        .where(Touch.state == "planned", Enrolment.state == "running")
        .options(joinedload(Touch.step), joinedload(Touch.enrolment).joinedload(Enrolment.sequence))
        .order_by(Touch.id)
        .with_for_update(of=Touch)
    )
    return sum(_move(touch, before, after, now) for touch in session.scalars(query).all())


def _move(touch: Touch, before: WorkCalendar, after: WorkCalendar, now: dt.datetime) -> bool:
    step, anchor = touch.step, touch.enrolment.anchor_at
    by_day = touch.enrolment.sequence.trigger in BY_DAY
    old, new = (timing.planned_for(step, anchor, office, by_day=by_day) for office in (before, after))
    ends = timing.useless_after(step, new, anchor, after)
    if touch.planned_for != old or (new, ends) == (old, touch.useless_after) or ends <= now:
        return False
    if touch.due_at == old:
        touch.due_at = new
    touch.planned_for, touch.useless_after = new, ends
    return True
