"""Customers who fell silent in the middle of a report are reminded once, then left in peace with their draft kept."""

from bot.scripts import SCRIPTS
from jobs.upkeep import tell
from jobs.world import World
from models.desk.talk import silence

#: Dialogs whose loss would be one; the short questions beside them are not asked again by anybody.
HEAVY = frozenset(name for name, script in SCRIPTS.items() if not script.light)


def run(world: World) -> int:
    """All that is due by now has been promised, once; returns how many words."""
    with world.sessions.begin() as session:
        said = silence.speak(session, HEAVY, now=world.clock())
    if said:
        tell(world)
    return said
