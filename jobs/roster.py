"""Absences as they begin and end, and the reminder of a review: once, whoever runs it and however late."""

from jobs.upkeep import tell
from jobs.world import World
from models.desk.repair import reviews
from models.desk.staff import cover


def run(world: World) -> int:
    """Absences that have begun or ended by now are dealt with, today's review is announced; returns how many."""
    with world.sessions.begin() as session:
        now = world.clock()
        changed = cover.run(session, now=now) + reviews.remind(session, now=now)
    if changed:
        tell(world)
    return changed
