"""Clears what is older than its time, kind by kind, a batch a transaction; what is left over is the next run's."""

import functools

from sqlalchemy.orm import Session

from jobs.privacy import forget
from jobs.world import World
from models.db import reading
from models.desk.personal import clearing

#: Batches of one kind in one run.
MOST = 20


def run(world: World) -> int:
    """Every kind that has not been gone through lately is cleared as far as one run goes; returns how many rows."""
    drop = functools.partial(forget, world.settings.media_dir)
    with Session(reading(world.engine)) as session:  # mostly there is none, and nobody's writing waits for that
        names = clearing.waiting(session, now=world.clock())
    return sum(_clear(world, name, drop) for name in names)


def _clear(world: World, name: str, drop: clearing.Forget) -> int:
    total = 0
    for _ in range(MOST):
        with world.sessions.begin() as session:
            if not clearing.due(session, name, now=world.clock()):
                break
            total += clearing.clear(session, name, forget=drop, now=world.clock())
    return total
