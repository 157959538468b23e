"""Houses, run by the clock: calls after control points and by the rhythm of care, and what owners hear unasked."""

from collections.abc import Callable

from jobs.portions import in_portions
from jobs.upkeep import tell
from jobs.world import World
from models.desk.callback import aftercare, control, forms, rhythm
from models.desk.house import building

#: In the order of their turn. Each does a small portion in a transaction of its own, and says how much it was.
STEPS: tuple[Callable[..., int], ...] = (
    control.follow, control.plan, *aftercare.BEATS, building.announce, building.confess,
)  # fmt: skip
#: Portions of one step in one run; the next run takes the rest.
MOST_ROUNDS = 25


def run(world: World) -> int:
    """Every call and word that is due about houses is promised, once; returns how many steps were taken."""
    with world.sessions.begin() as session:
        rhythm.ensure(session)
        forms.plant(session, now=world.clock())
    done = sum(in_portions(world, step, MOST_ROUNDS) for step in STEPS)
    if done:
        tell(world)
    return done
