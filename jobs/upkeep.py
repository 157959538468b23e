"""Housekeeping: what dead workers left, what nobody waits for any more, conversations that fell silent."""

import logging

from sqlalchemy import select

from bot.nudge import nudge
from jobs.settling import escalate
from jobs.world import World
from models.desk.delivery import outbox, reports
from models.desk.talk import quiet
from models.outbound import Outgoing

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
    """Conversations whose agent fell silent are the bot's again, or wait for somebody else; returns how many."""
    with world.sessions.begin() as session:
        now = world.clock()
        ended = 0
        for conversation in quiet.idle(session, now=now):
            # The agent may be writing just now: look again, with the row held.
            session.refresh(conversation, with_for_update={"key_share": True})
            last = quiet.since(conversation)
            if conversation.owner == "agent" and (last is None or last < now - quiet.IDLE):
                quiet.end(session, conversation, now=now)
                ended += 1
    if ended:
        tell(world)
    return ended


def tell(world: World) -> None:
    """Something new may wait in the outbox."""
    if world.redis is not None:
        nudge(world.redis)
