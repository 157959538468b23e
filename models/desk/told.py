"""What customers were told and the office can no longer keep: it stays, and somebody settles it with them."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.callbacks import Callback
from models.desk import escalations, promises
from models.promises import Policy, Promise
from models.sales import Appointment
from models.work import Escalation, Ticket
from models.worktime import SHANGHAI, WorkCalendar, local_day

#: The kind of matter: somebody was told a moment at which nobody of us is there any more.
KIND = "told_then_shut"
#: Promises whose end a customer was told and that we owe; until when they answer a quote is their own time.
OURS = ("privacy.answer", "conversation.first_reply")
#: How it is settled when the calendar is as it was.
OPEN_AGAIN = "办公日历又开了"
#: How it is settled when the moment is none any more.
AGREED = "已另约或已办结"
#: A matter, and the moment that was told.
Told = tuple[promises.Matter, dt.datetime]


def settle(
    session: Session, calls: Sequence[Callback], before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime
) -> list[Told]:
    """Each moment that a customer was told and that is shut from now on has an owner who settles it; returns these.

    Once for each moment, and anew when only the calendar had settled it. What nobody settled yet and is open again is
    settled.
    """
    found = [one for one in _told(session, calls, now) if _shut(one, before, after)]
    for about, moment in found:
        words = f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        escalations.raise_(session, KIND, about, words=words, now=now, cause=_cause(moment))
    back = {escalations.key_of(about, KIND, _cause(moment)) for about, moment in _told(session, calls, now)
            if _shut((about, moment), after, before)}  # fmt: skip
    for row in _unsettled(session):
        if row.cause_key in back:
            escalations.lapse(session, row, words=OPEN_AGAIN, now=now)
    return found


def over(session: Session, *, now: dt.datetime) -> int:
    """Matters whose moment is none any more (another one was agreed, it was done or called off) are settled."""
    moot = [row for row in _unsettled(session) if row.about is not None and not _stands(session, row)]
    for row in moot:
        escalations.lapse(session, row, words=AGREED, now=now)
    return len(moot)


def _unsettled(session: Session) -> Sequence[Escalation]:
    query = select(Escalation).where(Escalation.kind == KIND, Escalation.state != "resolved").order_by(Escalation.id)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def _stands(session: Session, row: Escalation) -> bool:
    """Whether the moment that was told is still the one at which somebody is expected."""
    about = row.about
    if isinstance(about, Callback):
        moments = [about.due_at] if about.is_open else []
    elif isinstance(about, Appointment):
        moments = [about.start_at] if about.state == "booked" else []
    else:
        owed = select(Promise.due_at).join(Policy).where(Policy.name.in_(OURS), Promise.met_at.is_(None))
        mine = Promise.ticket_id == about.id if isinstance(about, Ticket) else Promise.conversation_id == about.id
        moments = session.scalars(owed.where(mine, Promise.state != "dropped")).all()
    return any(escalations.key_of(about, KIND, _cause(moment)) == row.cause_key for moment in moments)


def _cause(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y%m%d%H%M}"


def _told(session: Session, calls: Sequence[Callback], now: dt.datetime) -> Iterator[Told]:
    yield from ((call, call.due_at) for call in calls)
    visits = select(Appointment).where(Appointment.state == "booked", Appointment.start_at > now)
    yield from ((visit, visit.start_at) for visit in session.scalars(visits.order_by(Appointment.id)))
    owed = (
        select(Promise)
        .join(Policy)
        .where(Policy.name.in_(OURS), Promise.state == "open", Promise.due_at > now)
        .options(joinedload(Promise.ticket), joinedload(Promise.conversation))
        .order_by(Promise.id)
    )
    yield from ((promise.about, promise.due_at) for promise in session.scalars(owed) if promise.about is not None)


def _shut(one: Told, before: WorkCalendar, after: WorkCalendar) -> bool:
    """Whether somebody was there then by the one calendar and nobody is by the other; a visit takes the whole day.

    What is owed by the minute at which the office closes was reckoned by the office and is owed in it.
    """
    about, moment = one
    if isinstance(about, Appointment):
        return after.shut(local_day(moment)) and not before.shut(local_day(moment))
    last = moment - dt.timedelta(minutes=1)
    return any(before.is_open(at) for at in (moment, last)) and not any(after.is_open(at) for at in (moment, last))
