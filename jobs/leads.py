"""Leads that nobody has touched for long, run by the clock."""

from jobs.portions import in_portions
from jobs.world import World
from models.desk.sales import cooling

#: Batches of one run; the next takes the rest.
MOST_ROUNDS = 10


def run(world: World) -> int:
    """Every lead that nobody touched within the period has lost a grade, once; returns how many."""
    return in_portions(world, cooling.run, MOST_ROUNDS)
