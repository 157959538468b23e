"""The story of a case as one line of time: chat, steps, photos, messages, promises, in the order they happened."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Attachment, Conversation, Message, Outgoing, Promise, Repair, TicketEvent

#: A customer begins to talk some minutes before the case has a number.
BEFORE = dt.timedelta(minutes=30)
MOST = 300


@dataclass(frozen=True)
class Beat:
    """One entry: `kind` is event, message, photo, promise or outgoing; `row` is the record behind it."""

    at: dt.datetime
    kind: str
    row: Any
    #: Orders what happened in the same moment: the word before the step that it caused.
    rank: int = 0


def of(session: Session, repair: Repair, *, chat: bool) -> list[Beat]:
    """The whole story; what was said in chat only where `chat` allows it."""
    # A missed promise stands in the story once, at its own moment.
    beats = [Beat(event.at, "event", event, 2) for event in _events(session, repair) if event.name != "missed"]
    beats += [Beat(photo.created_at, "photo", photo, 1) for photo in _photos(session, repair)]
    beats += [Beat(row.missed_at, "missed", row, 3) for row in promises(session, repair) if row.missed_at]
    if chat:
        beats += [Beat(row.created_at, "message", row) for row in _messages(session, repair)]
    beats += [Beat(row.created_at, "outgoing", row, 4) for row in _to_crew(session, repair)]
    return sorted(beats, key=lambda beat: (beat.at, beat.rank, beat.row.id))


def promises(session: Session, repair: Repair) -> Sequence[Promise]:
    """Every promise of the case, the kept and the broken ones too."""
    query = select(Promise).where(Promise.ticket_id == repair.id).options(joinedload(Promise.policy))
    return session.scalars(query.order_by(Promise.due_at)).all()


def mail(session: Session, rows: Sequence[Message]) -> dict[int, Outgoing]:
    """What became of the messages that were promised to be sent, by id; one query."""
    ids = [row.outgoing_id for row in rows if row.outgoing_id]
    return {row.id: row for row in session.scalars(select(Outgoing).where(Outgoing.id.in_(ids)))} if ids else {}


def _events(session: Session, repair: Repair) -> Sequence[TicketEvent]:
    return session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == repair.id).limit(MOST)).all()


def _photos(session: Session, repair: Repair) -> Sequence[Attachment]:
    query = select(Attachment).where(Attachment.ticket_id == repair.id).order_by(Attachment.id)
    return session.scalars(query.limit(MOST)).all()


def _messages(session: Session, repair: Repair) -> Sequence[Message]:
    about = Message.ticket_id == repair.id
    # What was said about another case of the same person has its own page.
    free = Message.ticket_id.is_(None)
    if repair.follower_id:
        conversation = select(Conversation.id).where(Conversation.follower_id == repair.follower_id).scalar_subquery()
        during = Message.created_at >= repair.opened_at - BEFORE
        if repair.closed_at:
            during = and_(during, Message.created_at <= repair.closed_at + BEFORE)
        about = and_(Message.conversation_id == conversation, or_(about, and_(free, during)))
    query = select(Message).where(about).options(joinedload(Message.staff), selectinload(Message.attachments))
    return session.scalars(query.order_by(Message.id.desc()).limit(MOST)).all()


def _to_crew(session: Session, repair: Repair) -> Sequence[Outgoing]:
    """What the crew and colleagues were sent about the case; the customer's messages stand in the chat."""
    query = (
        select(Outgoing)
        .where(Outgoing.ticket_id == repair.id, Outgoing.purpose == "staff")
        .options(joinedload(Outgoing.follower))
    )
    return session.scalars(query.order_by(Outgoing.id.desc()).limit(MOST)).all()
