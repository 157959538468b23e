"""The promise watch, run by the clock: warnings, misses and climbs happen once, whoever runs it and however late."""

from jobs.upkeep import tell
from jobs.world import World
from models.desk import watch

#: After a long sleep there may be many; each transaction stays short.
MOST_ROUNDS = 50


def run(world: World) -> int:
    """All that is due by now has happened; returns how many promises changed."""
    changed = 0
    for _ in range(MOST_ROUNDS):
        with world.sessions.begin() as session:
            step = watch.run(session, now=world.clock())
        changed += step
        if not step:
            break
    if changed:
        tell(world)
    return changed
