"""Leads that nobody has touched for long, run by the clock."""

from jobs.world import World
from models.desk.sales import cooling

#: Batches of one run; the next takes the rest.
MOST_ROUNDS = 10


def run(world: World) -> int:
    """Every lead that nobody touched within the period has lost a grade, once; returns how many."""
    cooled = 0
    for _ in range(MOST_ROUNDS):
        with world.sessions.begin() as session:
            step = cooling.run(session, now=world.clock())
        cooled += step
        if not step:
            break
    return cooled
