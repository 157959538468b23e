"""When something is due for some people: messages, promises, questions, photos. Read only.

A replay travels from one such moment to the next, so that a day's jump warns at six hours and misses at eight, as the
day itself would have.
"""

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk import conversations, surveys
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Promise
from models.talk import Attachment, Conversation
from models.work import Repair, Survey, Ticket

#: Some rules say "later than", so a moment counts from the next second on.
TICK = dt.timedelta(seconds=1)
EARLY = dt.datetime.min.replace(tzinfo=dt.UTC)


def moments(session: Session, openids: Collection[str]) -> list[dt.datetime]:
    """Every moment at which a job has something to do for these people, the past ones too, earliest first."""
    ids = list(session.scalars(select(Follower.id).where(Follower.openid.in_(openids))))
    found = [*_messages(session, ids), *_promises(session, ids), *_questions(session, ids), *_media(session, ids)]
    idle = select(Conversation).where(Conversation.owner == "agent", Conversation.follower_id.in_(ids))
    for thread in session.scalars(idle):
        spoken = [at for at in (thread.staff_wrote_at, thread.last_message_at) if at]
        found += [max(spoken) + conversations.IDLE + TICK] if spoken else []
    return sorted(found)


def _messages(session: Session, ids: Collection[int]) -> Iterator[dt.datetime]:
    """A message in a worker's hands is due at once: somebody waits for what becomes of it."""
    query = select(Outgoing).where(Outgoing.state.in_(("queued", "sending", "held")))
    # Colleagues are told about a case on WeChats that are no part of the conversation.
    for row in session.scalars(query.where(Outgoing.follower_id.in_(ids))):
        if row.state != "held":
            yield EARLY if row.state == "sending" else row.next_try_at
        if row.state == "held" and row.not_after:
            yield row.not_after + TICK


def _promises(session: Session, ids: Collection[int]) -> Iterator[dt.datetime]:
    tickets = select(Ticket.id).where(Ticket.follower_id.in_(ids))
    threads = select(Conversation.id).where(Conversation.follower_id.in_(ids))
    query = select(Promise).where(Promise.ticket_id.in_(tickets) | Promise.conversation_id.in_(threads))
    for row in session.scalars(query.where(Promise.met_at.is_(None))):
        if row.state == "open":
            yield row.due_at
            if row.warned_at is None and row.warn_at < row.due_at:
                yield row.warn_at
        elif row.state == "paused" and row.paused_until:
            yield row.paused_until
        elif row.state == "missed" and row.next_level_at:
            yield row.next_level_at


def _questions(session: Session, ids: Collection[int]) -> Iterator[dt.datetime]:
    asked = {
        (row.ticket_id, row.round): row for row in session.scalars(select(Survey).where(Survey.follower_id.in_(ids)))
    }
    for repair in session.scalars(select(Repair).where(Repair.follower_id.in_(ids), Repair.state == "done")):
        if (repair.id, repair.round) not in asked and repair.finished_at:
            yield repair.finished_at + surveys.ASK_AFTER
    for survey in asked.values():
        if survey.state == "asked" and survey.asked_at:
            yield survey.asked_at + surveys.SILENCE + TICK


def _media(session: Session, ids: Collection[int]) -> Iterator[dt.datetime]:
    query = select(Attachment).where(Attachment.state == "waiting", Attachment.follower_id.in_(ids))
    for row in session.scalars(query):
        if row.media_id:
            yield row.next_try_at or row.created_at
