"""Leads of one person, and leads that nobody has touched for long, run by the clock."""

from jobs.portions import in_portions
from jobs.world import World
from models.desk.sales import cooling, onefile

#: Batches of one run; the next takes the rest.
MOST_ROUNDS = 10


def run(world: World) -> int:
    """Leads of people who have signed are won, two of one person are one, and every lead that nobody touched within the
    period has lost a grade, once; returns how many."""
    return in_portions(world, onefile.run, MOST_ROUNDS) + in_portions(world, cooling.run, MOST_ROUNDS)
