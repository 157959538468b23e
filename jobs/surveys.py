"""Satisfaction, run by the clock: asked once per round of a case or per callback, counted when sent, given up."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from jobs.portions import in_portions
from jobs.upkeep import tell
from jobs.world import World
from models.callbacks import Callback
from models.desk.callback import forms, surveys
from models.work import Ticket

#: Portions of one kind in one run; the next run, ten seconds later, takes the rest.
MOST_ROUNDS = 10


def run(world: World) -> int:
    """Every finished repair, and every callback that chat may ask, has its question; earlier ones are followed up.

    Returns how many were planned.
    """
    with world.sessions.begin() as session:
        forms.plant(session, now=world.clock())
    for step in (surveys.note_unsent, surveys.give_up):
        in_portions(world, step, MOST_ROUNDS)
    planned = in_portions(world, _callbacks, MOST_ROUNDS) + in_portions(world, _repairs, MOST_ROUNDS)
    if planned:
        tell(world)
    return planned


def _repairs(session: Session, *, now: dt.datetime) -> int:
    due = _held(session, Ticket.id, {repair.id for repair in surveys.due_for_question(session, now=now)})
    # Asked again with the cases held: another worker may have planned them between our look and our lock.
    mine = [one for one in surveys.due_for_question(session, now=now) if one.id in due] if due else []
    for repair in mine:
        surveys.plan(session, repair, now=now)
    return len(mine)


def _callbacks(session: Session, *, now: dt.datetime) -> int:
    due = _held(session, Callback.id, {call.id for call in surveys.due_callbacks(session, now=now)})
    mine = [call for call in surveys.due_callbacks(session, now=now) if call.id in due] if due else []
    for call in mine:
        surveys.plan_for(session, call, now=now)
    return len(mine)


def _held(session: Session, key: InstrumentedAttribute[int], ids: set[int]) -> set[int]:
    """Those of the rows that no other worker is planning for."""
    if not ids:
        return set()
    query = select(key).where(key.in_(ids)).with_for_update(skip_locked=True, key_share=True)
    return set(session.scalars(query))
