"""Following people up by plan, run by the clock. Each part is a transaction of its own, so that killing it is safe."""

from jobs.claims import house_of
from jobs.upkeep import tell
from jobs.world import World
from models.desk.followup import following, joining, releasing, sequences

#: Batches of one run: after a long sleep the next runs take the rest, so that nobody's phone rings all at once.
MOST_ROUNDS = 5
#: Who is to be let go comes first, however many they are.
MOST_ENDINGS = 100


def run(world: World) -> int:
    """All that gave cause, moved, ended or is due by now has been seen to; returns how many steps were decided."""
    _begin(world)
    for _ in range(MOST_ENDINGS):
        with world.sessions.begin() as session:
            now = world.clock()
            if not following.moved(session, now=now) + following.ended(session, now=now):
                break
    decided = 0
    for _ in range(MOST_ROUNDS):
        with world.sessions.begin() as session:
            step = releasing.release(session, house_of(world), now=world.clock())
        decided += step
        if step < releasing.MOST:
            break
    if decided:
        tell(world)
    return decided


def _begin(world: World) -> None:
    with world.sessions.begin() as session:
        sequences.plant(session, now=world.clock())
        names = [row.series for row in sequences.all_current(session) if row.active]
    for series in names:
        for _ in range(MOST_ROUNDS):
            if not _join(world, series):
                break


def _join(world: World, series: str) -> int:
    with world.sessions.begin() as session:
        plan = sequences.current(session, series)
        return joining.run(session, plan, now=world.clock()) if plan is not None and plan.active else 0
