"""Housekeeping: what dead workers left, what nobody waits for any more, conversations that fell silent."""

import datetime as dt
import logging

from sqlalchemy import select

from bot.nudge import nudge
from jobs.settling import escalate
from jobs.world import World
from models.actors import SYSTEM
from models.desk.delivery import outbox, reports
from models.desk.talk import conversations
from models.outbound import Outgoing
from models.talk import Conversation

log = logging.getLogger(__name__)


def sweep(world: World) -> int:
    """Messages a dead worker held are `unknown` and a person knows; late ones are expired. Returns how many changed."""
    with world.sessions.begin() as session:
        now = world.clock()
        changed = outbox.sweep(session, now=now)
        reports.sweep(session, now=now)
        lost = []
        if changed:
            query = select(Outgoing).where(
                Outgoing.state == "unknown", Outgoing.reason == "worker_lost", Outgoing.settled_at == now
            )
            lost = list(session.scalars(query))
            for row in lost:
                escalate(session, row, "worker_lost", now)
    if lost:
        log.warning("%d messages were in the hands of a worker that died; a person has to decide", len(lost))
        tell(world)
    return changed


def give_back(world: World) -> int:
    """Conversations that an agent holds and nobody uses are the bot's again; returns how many."""
    with world.sessions.begin() as session:
        now = world.clock()
        given = 0
        for conversation in conversations.idle(session, now=now):
            # The agent may be writing just now: look again, with the row held.
            session.refresh(conversation, with_for_update={"key_share": True})
            if conversation.owner == "agent" and _still_idle(conversation, now):
                conversations.give_back(session, conversation, by=SYSTEM, now=now)
                given += 1
        return given


def _still_idle(conversation: Conversation, now: dt.datetime) -> bool:
    spoken = [at for at in (conversation.staff_wrote_at, conversation.last_message_at) if at is not None]
    return bool(spoken) and max(spoken) < now - conversations.IDLE


def tell(world: World) -> None:
    """Something new may wait in the outbox."""
    if world.redis is not None:
        nudge(world.redis)
