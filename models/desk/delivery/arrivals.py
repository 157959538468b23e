"""What it means that a message is there: it is in the thread, a question counts as asked, words of staff are kept."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.desk import promises
from models.desk.delivery import undelivered
from models.desk.talk import replies
from models.outbound import Outgoing
from models.surveys import Survey
from models.talk import Conversation, Message
from models.work import Ticket

#: What whoever was promised to hear from us is owed: words that reached them, by chat or by phone.
IN_TOUCH = ("repair.dissatisfied", "complaint.first_contact")


def happened(session: Session, row: Outgoing, *, now: dt.datetime) -> None:
    """The person has the message; told twice changes nothing."""
    undelivered.arrived(session, row, now=now)
    _enter_thread(session, row, now)
    _asked(session, row, now)
    keep_word(session, row, now=now)


def perhaps(session: Session, row: Outgoing, *, now: dt.datetime) -> None:
    """Nobody knows whether the person has the message: an answer to it counts, and the thread shows it with its doubt.

    It keeps no promise.
    """
    if row.sent_text:
        _enter_thread(session, row, now)
    _asked(session, row, now)


def keep_word(session: Session, row: Outgoing, *, now: dt.datetime) -> None:
    """What was promised to whoever these words of an agent reached, and was owed when they were written, is kept."""
    if row.staff_id is None or row.purpose != "reply":
        return
    talk = session.scalar(select(Conversation).where(Conversation.follower_id == row.follower_id))
    if talk is not None:
        replies.arrived(session, talk, row.created_at, now=now)
    waiting = select(Ticket).where(Ticket.follower_id == row.follower_id, Ticket.next_due_at.is_not(None))
    for ticket in session.scalars(waiting).all():
        for promise in (promises.find(session, name, ticket) for name in IN_TOUCH):
            if promise is not None and promise.made_at <= row.created_at:
                promises.meet(session, promise, now=now)


def _asked(session: Session, row: Outgoing, now: dt.datetime) -> None:
    """The question has reached the person, or may have: an answer counts, also one that came before this was written
    down, so that what has an answer by now is not asked any more."""
    if row.survey_id is not None:
        unasked = update(Survey).where(Survey.id == row.survey_id, Survey.state == "planned")
        session.execute(unasked.values(state="asked", asked_at=now))


def _enter_thread(session: Session, row: Outgoing, now: dt.datetime) -> None:
    known = select(Message.id).where(Message.outgoing_id == row.id).exists()
    found = session.execute(select(Conversation.id, known).where(Conversation.follower_id == row.follower_id)).first()
    if found is None or found[1]:
        return  # an agent's words are in the thread from the moment they were written
    session.add(
        Message(
            conversation_id=found.id, direction="out", author="bot", kind=row.kind, text=row.sent_text,
            outgoing_id=row.id, ticket_id=row.ticket_id, created_at=now,
        )
    )  # fmt: skip
