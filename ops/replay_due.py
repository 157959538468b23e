"""When something is due for some people: messages, promises, questions, photos. Read only.

A replay travels from one such moment to the next, so that a day's jump warns at six hours and misses at eight, as the
day itself would have.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.callback import surveys
from models.desk.talk import quiet
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Promise
from models.qrcodes import QrCode
from models.surveys import Survey
from models.talk import Attachment, Conversation
from models.work import Repair, Ticket
from ops import replay_care, replay_follow, replay_houses

#: Some rules say "later than", so a moment counts from the next second on.
TICK = dt.timedelta(seconds=1)
EARLY = dt.datetime.min.replace(tzinfo=dt.UTC)


class Due(NamedTuple):
    """From `at` on the job of this name in jobs/work.py has something to do; "" is what a worker is just doing."""

    at: dt.datetime
    job: str


def dues(session: Session, openids: Collection[str]) -> list[Due]:
    """Everything that a job has to do for these people, sooner or later, the past ones too, earliest first."""
    ids = list(session.scalars(select(Follower.id).where(Follower.openid.in_(openids))))
    found = [*_messages(session, ids), *_promises(session, ids), *_questions(session, ids)]
    found += [*_media(session, ids), *_codes(session, ids)]
    found += [Due(at, "houses") for at in replay_houses.dues(session, ids)]
    found += [Due(at, "sequences") for at in replay_follow.to_follow(session, ids)]
    found += [Due(at, "silence") for at in replay_care.silences(session, ids)]
    idle = select(Conversation).where(Conversation.owner == "agent", Conversation.follower_id.in_(ids))
    for thread in session.scalars(idle):
        last = quiet.since(thread)
        found += [Due(last + quiet.IDLE + TICK if last else EARLY, "conversations")]
    return sorted(found)


def _messages(session: Session, ids: Collection[int]) -> Iterator[Due]:
    """A message in a worker's hands is due at once: somebody waits for what becomes of it."""
    query = select(Outgoing).where(Outgoing.state.in_(("queued", "sending", "held")))
    for row in session.scalars(query.where(Outgoing.follower_id.in_(ids))):
        if row.state == "sending":
            yield Due(EARLY, "")
        elif row.state == "queued":
            yield Due(row.next_try_at, "deliver")
        elif row.not_after:
            yield Due(row.not_after + TICK, "sweep")


def _promises(session: Session, ids: Collection[int]) -> Iterator[Due]:
    tickets = select(Ticket.id).where(Ticket.follower_id.in_(ids))
    threads = select(Conversation.id).where(Conversation.follower_id.in_(ids))
    query = select(Promise).where(Promise.ticket_id.in_(tickets) | Promise.conversation_id.in_(threads))
    owed = session.scalars(query.where(Promise.met_at.is_(None))).all()
    for row in (*owed, *replay_care.due_promises(session, ids)):
        if row.state == "open":
            yield Due(row.due_at, "promises")
            if row.warned_at is None and row.warn_at < row.due_at:
                yield Due(row.warn_at, "promises")
        elif row.state == "paused" and row.paused_until:
            yield Due(row.paused_until, "promises")
        elif row.state == "missed" and row.next_level_at:
            yield Due(row.next_level_at, "promises")


def _questions(session: Session, ids: Collection[int]) -> Iterator[Due]:
    everyone = session.scalars(select(Survey).where(Survey.follower_id.in_(ids))).all()
    asked = {(row.ticket_id, row.round) for row in everyone}
    for repair in session.scalars(select(Repair).where(Repair.follower_id.in_(ids), Repair.state == "done")):
        if (repair.id, repair.round) not in asked and repair.finished_at:
            yield Due(repair.finished_at + surveys.ASK_AFTER, "surveys")
    for survey in everyone:
        if survey.state == "asked" and survey.asked_at:
            yield Due(survey.asked_at + surveys.SILENCE + TICK, "surveys")
    yield from (Due(at, "surveys") for at in replay_care.to_ask(session, ids))


def _media(session: Session, ids: Collection[int]) -> Iterator[Due]:
    query = select(Attachment).where(Attachment.state == "waiting", Attachment.follower_id.in_(ids))
    for row in session.scalars(query):
        if row.media_id:
            yield Due(row.next_try_at or row.created_at, "media")


def _codes(session: Session, ids: Collection[int]) -> Iterator[Due]:
    """Personal codes that wait for the platform."""
    query = select(QrCode).where(QrCode.follower_id.in_(ids), QrCode.state == "wanted")
    for row in session.scalars(query):
        yield Due(row.next_try_at, "codes")
