"""The satisfaction question, run by the clock: planned once per round, counted as asked when it was sent, given up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.upkeep import tell
from jobs.world import World
from models.desk import surveys
from models.work import Ticket


def run(world: World) -> int:
    """Every finished repair has its question; what became of earlier ones is noted. Returns how many were planned."""
    with world.sessions.begin() as session:
        now = world.clock()
        surveys.note_unsent(session, now=now)
        surveys.give_up(session, now=now)
        due = _held(session, {repair.id for repair in surveys.due_for_question(session, now=now)})
        planned = 0
        # Asked again with the cases held: another worker may have planned them between our look and our lock.
        for repair in surveys.due_for_question(session, now=now) if due else ():
            if repair.id in due:
                surveys.plan(session, repair, now=now)
                planned += 1
    if planned:
        tell(world)
    return planned


def _held(session: Session, ids: set[int]) -> set[int]:
    """Those of the cases that no other worker is planning for."""
    if not ids:
        return set()
    query = select(Ticket.id).where(Ticket.id.in_(ids)).with_for_update(skip_locked=True, key_share=True)
    return set(session.scalars(query))
