"""The nightly checks: each looks by itself, so that a run that is killed leaves the rest to the next one."""

import logging

from sqlalchemy.orm import Session

from jobs.world import World
from models.db import reading
from models.desk import checks

log = logging.getLogger(__name__)


def run(world: World) -> int:
    """Every check has looked since three in the morning; returns how many findings stand of those that looked now."""
    with world.sessions() as session:
        due = checks.due(session, now=world.clock())
    return sum(look(world, name) for name in due)


def look(world: World, name: str) -> int:
    """This check has looked now. It reads without the write lock and writes in a short transaction of its own."""
    now = world.clock()
    with Session(reading(world.engine)) as session:
        seen = checks.look(session, name, now=now)
    with world.sessions.begin() as session:
        found = checks.keep(session, name, seen, now=now)
    if seen.new:
        log.warning("check %s: %d new findings, %d stand", name, len(seen.new), found)
    return found
