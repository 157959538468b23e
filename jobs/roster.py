"""Absences as they begin and end: what was open is in other hands, once, whoever runs it and however late."""

from jobs.upkeep import tell
from jobs.world import World
from models.desk import cover


def run(world: World) -> int:
    """All absences that have begun or ended by now are dealt with; returns how many."""
    with world.sessions.begin() as session:
        changed = cover.run(session, now=world.clock())
    if changed:
        tell(world)
    return changed
