"""What a customer who talks with a person is owed: the first reply after asking for one, and the next to each word."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk import promises
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.promises import Policy, Promise
from models.staff import Staff
from models.talk import Conversation
from models.visits import TicketWatcher
from models.work import OPEN_STATES, Repair

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


def alarm(session: Session, conversation: Conversation, *, now: dt.datetime) -> None:
    """The agent hears of the emergency in their conversation on their own WeChat, once per case; engineering has it."""
    watched = select(TicketWatcher.ticket_id).where(TicketWatcher.follower_id == conversation.follower_id)
    query = select(Repair).where(Repair.urgent, Repair.state.in_(OPEN_STATES))
    query = query.where((Repair.follower_id == conversation.follower_id) | Repair.id.in_(watched))
    case = session.scalars(query.order_by(Repair.id.desc())).first()
    staff = conversation.staff
    if staff is None or case is None:
        return
    known = {"number": case.number, "house": case.house, "what": case.what}
    letter = Letter("staff.alarm", {name: value for name, value in known.items() if value})
    key = f"alarm:{conversation.id}:{case.id}:{staff.id}"
    outbox.to_staff(session, key, staff=staff, letter=letter, now=now, ticket=case, urgent=True)


def hand_to(session: Session, conversation: Conversation, staff: Staff | None) -> None:
    """Whatever reply is owed in it is `staff`'s to give."""
    for promise in all_owed(session, conversation):
        promise.owner = staff


def drop(session: Session, conversation: Conversation, *, now: dt.datetime) -> None:
    """Nobody of staff owes a reply any more: the bot answers again, or a call was arranged."""
    for promise in all_owed(session, conversation):
        promises.drop(session, promise, now=now)
