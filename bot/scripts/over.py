"""Whether a fault is over: it eased for now, or goes on although somebody says that nobody need come."""

import re

from bot.scripts.turn import Turn

#: A fault that is only named to say that there is none.
DENIED = re.compile(r"(?:其实|并)?(?:不是|没有?)")


def eased(turn: Turn) -> bool:
    """Whether the words tell that the worst is over, and nothing else: no doubt, no haste, no question."""
    return turn.means("eased") and not turn.means("not_eased", "chase", "question")


def goes_on(turn: Turn) -> bool:
    """Whether something is still, or newly, wrong: “诶 插座还是有点烫” is no reason to stay away."""
    if turn.means("mended", "called_off", "gone"):
        return bool(re.search(r"但是?(?:还|又)|\bbut\b", turn.text, re.IGNORECASE))
    return turn.intent == "repair" or bool(turn.slots.problem or turn.slots.urgent) or turn.means("still")
