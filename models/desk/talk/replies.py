"""What a customer who talks with a person is owed: the first reply after asking for one, and the next to each word."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.desk import promises
from models.promises import Policy, Promise
from models.staff import Staff
from models.talk import Conversation, Message

FIRST, NEXT = "conversation.first_reply", "conversation.next_reply"


def all_owed(session: Session, conversation: Conversation) -> list[Promise]:
    """The replies that are still owed in it, the one due first first."""
    query = select(Promise).join(Policy).where(Policy.name.in_((FIRST, NEXT)))
    query = query.where(Promise.conversation_id == conversation.id, Promise.met_at.is_(None))
    return list(session.scalars(query.where(Promise.state != "dropped").order_by(Promise.due_at, Promise.id)))


def owed(session: Session, conversation: Conversation) -> Promise | None:
    """The reply that is owed next; None while the customer waits for none."""
    return next(iter(all_owed(session, conversation)), None)


def heard(session: Session, conversation: Conversation, *, now: dt.datetime, urgent: bool = False) -> Promise | None:
    """The customer wrote to the agent who has the conversation: a reply is owed, and it is that agent's.

    None when nobody has it. One that is owed already is not promised again: its clock goes on.
    """
    if conversation.owner != "agent":
        return None
    known = owed(session, conversation)
    if known is not None:
        return known
    promise = promises.make(session, NEXT, conversation, now=now, urgent=urgent)
    promise.owner = conversation.staff
    return promise


def hand_to(session: Session, conversation: Conversation, staff: Staff | None) -> None:
    """Whatever reply is owed in it is `staff`'s to give."""
    for promise in all_owed(session, conversation):
        promise.owner = staff


def unanswered(session: Session, conversation: Conversation) -> list[Promise]:
    """Those to which nobody of staff has written anything yet; words on their way keep nothing, but are words."""
    wrote = conversation.staff_wrote_at
    return [promise for promise in all_owed(session, conversation) if wrote is None or promise.made_at > wrote]


def arrived(session: Session, conversation: Conversation, said_at: dt.datetime, *, now: dt.datetime) -> None:
    """Words of staff from `said_at` have reached the customer: what was owed before them is kept.

    What the customer wrote meanwhile is owed a reply of its own, counted from there.
    """
    for promise in all_owed(session, conversation):
        if promise.made_at <= said_at:
            promises.meet(session, promise, now=now)
    since = select(func.min(Message.created_at)).where(
        Message.conversation_id == conversation.id, Message.direction == "in", Message.created_at > said_at
    )
    if conversation.unread and (first := session.scalar(since)) is not None:
        heard(session, conversation, now=first)


def drop(session: Session, conversation: Conversation, *, now: dt.datetime) -> None:
    """Nobody of staff owes words any more: the bot answers again, or a call was arranged.

    What was answered and has not arrived yet stays owed until it has.
    """
    for promise in unanswered(session, conversation):
        promises.drop(session, promise, now=now)
