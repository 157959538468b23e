"""The promise watch, run by the clock: warnings, misses and climbs happen once, whoever runs it and however late."""

from jobs.portions import in_portions
from jobs.upkeep import tell
from jobs.world import World
from models.desk import watch

#: After a long sleep there may be many; each transaction stays short.
MOST_ROUNDS = 50


def run(world: World) -> int:
    """All that is due by now has happened; returns how many promises changed."""
    changed = in_portions(world, watch.run, MOST_ROUNDS)
    if changed:
        tell(world)
    return changed
