"""Following one person up: begun once by key, ended for a reason, moved with its date. What was sent is never undone.

Every step is planned as a row when somebody begins, so that it can be seen beforehand; what may go is decided when it
is due (models/desk/followup/following.py).
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.actors import SYSTEM, By
from models.db import insert_into
from models.desk.callback import callbacks
from models.desk.delivery import outbox
from models.desk.followup import timing
from models.desk.staff import calendar
from models.errors import Missing
from models.outbound import Outgoing
from models.sequences import BY_DAY, Enrolment, Sequence, Touch
from models.worktime import WorkCalendar

#: Why a step that was not taken may still be taken once its date moves.
OUT_OF_TIME = frozenset({"joined_late", "too_late", "overtaken"})
#: Why somebody is not followed up any more, though they may be again once there is a date.
NO_DATE = "no_date"
#: States of a message that nobody will ever read.
NEVER_LEFT = ("cancelled", "refused", "expired")
#: Why a call is moot.
MOOT = "跟进方案有变，不用打了"


@dataclass(frozen=True)
class Cause:
    """What happened, to whom: the key that makes it one, the moment from which the days count, and since when."""

    key: str
    anchor_at: dt.datetime
    joined_at: dt.datetime
    anchor_on: dt.date | None = None
    customer_id: int | None = None
    follower_id: int | None = None
    ticket_id: int | None = None
    project_id: int | None = None
    building_id: int | None = None


def begin(session: Session, sequence: Sequence, cause: Cause, *, now: dt.datetime) -> Enrolment | None:
    """The person is followed up, every step planned; None when they are already, by whatever transaction.

    Steps that were due before the person joined are left out, visibly.
    """
    row = {"sequence_id": sequence.id, "state": "running", "reason": "", **vars(cause)}
    once = (
        insert_into(session, Enrolment).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Enrolment)
    )
    enrolment = session.scalars(once).one_or_none()
    if enrolment is None:
        return None
    enrolment.tell("joined", by=SYSTEM, now=now)
    office = calendar.office(session)
    for step in sequence.steps:
        touch = Touch(enrolment=enrolment, step=step)
        _date(touch, enrolment, sequence, office)
        session.add(touch)
        if touch.planned_for < cause.joined_at:
            touch.move("skipped", why="joined_late")
    session.flush()
    finish(enrolment, now)
    return enrolment


def _date(touch: Touch, enrolment: Enrolment, sequence: Sequence, office: WorkCalendar) -> None:
    step, by_day = touch.step, sequence.trigger in BY_DAY
    touch.planned_for = timing.planned_for(step, enrolment.anchor_at, office, by_day=by_day)
    touch.due_at = touch.planned_for
    touch.useless_after = timing.useless_after(step, touch.planned_for, enrolment.anchor_at, office)
    if touch.state is None:
        touch._state, touch.moved, touch.reason = "planned", 0, ""


def of(session: Session, **whose: Any) -> list[Enrolment]:
    """How a person, lead or house is and was followed up, with every step, the newest first."""
    query = select(Enrolment).filter_by(**whose).order_by(Enrolment.id.desc())
    loads = (
        selectinload(Enrolment.sequence),
        selectinload(Enrolment.touches).selectinload(Touch.step),
        selectinload(Enrolment.touches).selectinload(Touch.outgoing),
        selectinload(Enrolment.touches).selectinload(Touch.callback),
    )
    return list(session.scalars(query.options(*loads)))


def stop(session: Session, enrolment: Enrolment, *, by: By, now: dt.datetime, reason: str = "", why: str = "") -> None:
    """Nothing more of it happens: what waits is not sent, calls that nobody made yet are moot. Refused without a word.

    What a worker has in hand at this moment still may arrive; a step that one decides at this moment is waited for.
    """
    if not (reason.strip() or why):
        raise Missing(field="reason")
    # Held and as they are now: a message promised in this second is seen, and taken back.
    steps = select(Touch).where(Touch.enrolment_id == enrolment.id).execution_options(populate_existing=True)
    session.flush()
    session.scalars(steps.order_by(Touch.id).with_for_update(of=Touch)).all()
    enrolment.move("stopped", by=by, now=now, reason=reason.strip()[:200], why=why)
    for touch in enrolment.touches:
        if touch.state == "planned" or (touch.state == "done" and take_back(session, touch, now)):
            touch.move("stopped", why=why or "by_hand")


def resume(session: Session, enrolment: Enrolment, *, by: By, now: dt.datetime) -> None:
    """It goes on with the steps whose time has not come; those that were missed meanwhile stay out."""
    enrolment.move("running", by=by, now=now)
    for touch in enrolment.touches:
        if touch.state == "stopped" and touch.planned_for > now:
            touch.move("planned")
            touch.moved += 1
    finish(enrolment, now)


def hand_on(session: Session, enrolment: Enrolment, who: Mapping[str, int | None], *, by: By, now: dt.datetime) -> bool:
    """It goes on with another of the household. What was said stays said; a message that never left is planned anew.

    Calls stay as they are: a household is called whoever of it follows. False while another worker decides one of its
    steps: nothing has changed then, and the next look does it.
    """
    steps = select(Touch).where(Touch.enrolment_id == enrolment.id).execution_options(populate_existing=True)
    touches = session.scalars(steps.with_for_update(of=Touch, skip_locked=True)).all()
    if len(touches) < len(enrolment.touches):
        return False
    for touch in touches:
        if touch.useless_after > now and _never_reached(session, touch, now):
            touch.move("planned")
            touch.moved += 1
            touch.outgoing = touch.done_at = None
    enrolment.customer_id, enrolment.follower_id = who["customer_id"], who["follower_id"]
    enrolment.tell("handed_on", by=by, now=now)
    session.flush()
    session.expire(enrolment, ["customer", "follower"])
    return True


def _never_reached(session: Session, touch: Touch, now: dt.datetime) -> bool:
    """Whether nobody has heard a step because whoever it was for had left: left out for that, or never sent."""
    if touch.state == "skipped":
        return touch.reason == "not_following"
    return touch.state == "done" and touch.callback_id is None and take_back(session, touch, now)


def reanchor(session: Session, enrolment: Enrolment, day: dt.date, *, by: By, now: dt.datetime) -> None:
    """The date moved: every step that has not left moves with it, none that has.

    A step that was too late and has its time again is planned anew; one whose time is over by now expires.
    """
    before, enrolment.anchor_on = enrolment.anchor_on, day
    enrolment.anchor_at = timing.start_of(day)
    enrolment.tell("moved", by=by, now=now, reason=f"{before} → {day}")
    office = calendar.office(session)
    for touch in enrolment.touches:
        if _may_move(session, touch, now):
            _move(touch, enrolment, office, now)
    if not enrolment.is_running and any(touch.state == "planned" for touch in enrolment.touches):
        enrolment.move("running", by=by, now=now)
    elif enrolment.is_running:
        finish(enrolment, now)


def _may_move(session: Session, touch: Touch, now: dt.datetime) -> bool:
    if touch.state == "done":
        return take_back(session, touch, now)
    out_of_time = touch.reason in OUT_OF_TIME or (touch.state == "stopped" and touch.reason == NO_DATE)
    return touch.state == "planned" or touch.state == "expired" or out_of_time


def _move(touch: Touch, enrolment: Enrolment, office: WorkCalendar, now: dt.datetime) -> None:
    _date(touch, enrolment, enrolment.sequence, office)
    in_time = touch.useless_after > now
    if touch.state == "planned":
        touch.reason = ""
        if not in_time:
            touch.move("expired", why="too_late")
    elif in_time:
        touch.move("planned")
    elif touch.state == "done":
        touch.move("stopped", why="too_late")
    touch.moved += 1
    touch.outgoing = touch.callback = touch.done_at = None


def take_back(session: Session, touch: Touch, now: dt.datetime) -> bool:
    """Whether what stands for the step has not left: then its message is cancelled, its call is moot."""
    if touch.callback is not None and touch.callback.is_open and not touch.callback.attempts:
        callbacks.drop(session, touch.callback, by=SYSTEM, now=now, reason=MOOT)
        return True
    if touch.outgoing_id is None:
        return False
    taken = outbox.withdraw(session, Outgoing.id == touch.outgoing_id, reason="follow_up_ended", now=now)
    # What opting out or leaving has cancelled, and what came too late, has not left either.
    return taken == 1 or (touch.outgoing is not None and touch.outgoing.state in NEVER_LEFT)


def finish(enrolment: Enrolment, now: dt.datetime) -> None:
    """It is over when no step is left."""
    if enrolment.is_running and not any(waiting(enrolment)):
        enrolment.move("finished", by=SYSTEM, now=now)


def waiting(enrolment: Enrolment) -> Iterator[Touch]:
    """The steps that are still to come."""
    return (touch for touch in enrolment.touches if touch.state == "planned")
