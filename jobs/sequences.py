"""Following people up by plan, run by the clock. Each part is a transaction of its own, so that killing it is safe."""

import datetime as dt
import functools

from sqlalchemy.orm import Session

from jobs.claims import house_of
from jobs.portions import in_portions
from jobs.upkeep import tell
from jobs.world import World
from models.desk.followup import following, joining, releasing, sequences

#: Batches of one run: after a long sleep the next runs take the rest, so that nobody's phone rings all at once.
MOST_ROUNDS = 5
#: Who is to be let go comes first, however many they are.
MOST_ENDINGS = 100


def run(world: World) -> int:
    """All that gave cause, moved, ended or is due by now has been seen to; returns how many steps were decided."""
    _begin(world)
    in_portions(world, _end, MOST_ENDINGS)
    decided = 0
    for _ in range(MOST_ROUNDS):
        with world.sessions.begin() as session:
            step = releasing.release(session, house_of(world), now=world.clock())
        decided += step
        if step < releasing.MOST:
            break
    if decided:
        tell(world)
    return decided


def _begin(world: World) -> None:
    with world.sessions.begin() as session:
        sequences.plant(session, now=world.clock())
        names = [row.series for row in sequences.all_current(session) if row.active]
    for series in names:
        in_portions(world, functools.partial(_join, series), MOST_ROUNDS)


def _join(series: str, session: Session, *, now: dt.datetime) -> int:
    plan = sequences.current(session, series)
    return joining.run(session, plan, now=now) if plan is not None and plan.active else 0


def _end(session: Session, *, now: dt.datetime) -> int:
    return following.moved(session, now=now) + following.ended(session, now=now)
