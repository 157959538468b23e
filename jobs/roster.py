"""Absences as they begin and end, told moments with nobody there, the reminder of a review: once, however late."""

from jobs.upkeep import tell
from jobs.world import World
from models.desk.callback import manned
from models.desk.repair import reviews
from models.desk.staff import cover


def run(world: World) -> int:
    """Absences that have begun or ended by now are dealt with, today's review is announced; what customers were told
    for a moment with nobody there is a matter. Returns how many."""
    with world.sessions.begin() as session:
        now = world.clock()
        changed = cover.run(session, now=now) + manned.watch(session, now=now) + reviews.remind(session, now=now)
    if changed:
        tell(world)
    return changed
