"""Leads cool: one that nobody has touched for a period loses a grade. Signed and lost ones never do."""

import datetime as dt

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.callbacks import Callback, CallbackAttempt
from models.desk import promises
from models.desk.sales import enquiries
from models.desk.staff.duty import LEADS
from models.people import Follower
from models.sales import GRADES, Appointment, Enquiry
from models.talk import Conversation

#: The policy that holds the period.
PERIOD = "enquiry.cooling"
MOST = 100
CAUSE = "{days}天没有联系"


def run(session: Session, *, now: dt.datetime) -> int:
    """Up to MOST leads have lost a grade; returns how many. After a long sleep each loses one grade, not several."""
    period = dt.timedelta(minutes=promises.policy(session, PERIOD).minutes)
    query = (
        select(Enquiry)
        .where(Enquiry.state.in_(LEADS), Enquiry.grade != GRADES[-1], untouched(now - period))
        .order_by(Enquiry.id)
        .limit(MOST)
        .with_for_update(of=Enquiry, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query).all()
    for enquiry in found:
        _cool(session, enquiry, period, now)
    return len(found)


def untouched(since: dt.datetime) -> ColumnElement[bool]:
    """The condition that since then nobody of us has called, written, noted or met, and they have not written either.

    A visit that is agreed for a later day is no neglect.
    """
    called = (
        select(CallbackAttempt.id).join(Callback).where(Callback.ticket_id == Enquiry.id, CallbackAttempt.at >= since)
    )
    written = select(Conversation.id).where(
        Conversation.follower_id == Enquiry.follower_id, Conversation.staff_wrote_at >= since
    )
    heard = select(Follower.id).where(Follower.id == Enquiry.follower_id, Follower.last_heard_at >= since)
    visit = select(Appointment.id).where(Appointment.enquiry_id == Enquiry.id, Appointment.state == "booked")
    return and_(
        Enquiry.opened_at < since,
        func.coalesce(Enquiry.last_touch_at, Enquiry.opened_at) < since,
        or_(Enquiry.cooled_at.is_(None), Enquiry.cooled_at < since),
        *(~query.correlate(Enquiry).exists() for query in (called, written, heard, visit)),
    )


def cold() -> ColumnElement[bool]:
    """The condition that a lead lost a grade and nobody has touched it since."""
    touched = func.coalesce(Enquiry.last_touch_at, Enquiry.opened_at)
    return and_(Enquiry.cooled_at.is_not(None), touched < Enquiry.cooled_at)


def is_cold(enquiry: Enquiry) -> bool:
    """The same of one lead."""
    touched = enquiry.last_touch_at or enquiry.opened_at
    return enquiry.cooled_at is not None and touched < enquiry.cooled_at


def _cool(session: Session, enquiry: Enquiry, period: dt.timedelta, now: dt.datetime) -> None:
    before, grade = enquiry.grade, GRADES[GRADES.index(enquiry.grade) + 1]
    cause = CAUSE.format(days=period.days)
    enquiry.tell("cooled", by=SYSTEM, now=now, reason=cause, before=before, grade=grade)
    enquiry.grade, enquiry.grade_cause, enquiry.cooled_at = grade, cause, now
    # What they say next may raise it again.
    enquiry.rule_grade = grade
    if grade not in enquiries.CALLED:
        promises.drop(session, promises.find(session, "enquiry.contact", enquiry), now=now)
