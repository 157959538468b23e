"""Events, run by the clock: invitations suggested in time and kept true, guests thanked the day after."""

from typing import Any

from jobs.upkeep import tell
from jobs.world import World
from models.desk.marketing import invitations


def run(world: World) -> int:
    """All that is due about events has been promised, once; returns how much."""
    now = world.clock()

    def words(key: str, facts: dict[str, Any], lang: str) -> str:
        return world.texts.render(key, facts, lang)

    with world.sessions.begin() as session:
        done = invitations.run(session, words, now=now)
    if done:
        tell(world)
    return done
