"""Houses, run by the clock: calls after control points and by the rhythm of care, and what owners hear unasked."""

from jobs.upkeep import tell
from jobs.world import World
from models.desk.callback import aftercare, control, forms, rhythm
from models.desk.house import building


def run(world: World) -> int:
    """Every call and word that is due about houses is promised, once; returns how many were new."""
    with world.sessions.begin() as session:
        now = world.clock()
        rhythm.ensure(session)
        forms.plant(session, now=now)
        control.follow(session, now=now)
        new = control.plan(session, now=now)
    with world.sessions.begin() as session:
        new += aftercare.plan(session, now=world.clock())
    with world.sessions.begin() as session:
        new += building.announce(session, now=world.clock()) + building.confess(session, now=world.clock())
    if new:
        tell(world)
    return new
