"""Whether a fault is over: it eased for now, or goes on although somebody says that nobody need come."""

import re

from bot.scripts.turn import Turn

#: What people say before and behind a cry of a few words.
SAID_OF = (
    r"(?:现在|水|它|总|角|进水|水管|水阀|阀门?|龙头|开关|根本|怎么|都|也|还|又|已经|完全|啊|呀|天|不行|快来"
    r"|，|,|。|！|!| )*"
)
BEHIND = r"(?:了|啊|呀|啦|的|，|,|。|！|!|快来|怎么办|咋办)*$"
_SHUT = r"(?:关|拧)(?:都|也)?(?:关|拧)?不(?:住|上|掉|了|动|死)"
KEEPS_ON = rf"(?:{_SHUT}|(?:堵|按|捂|止|停|接)(?:都|也)?(?:堵|止|停)?不(?:住|了|下来))"
#: It will not be shut, said of nothing: of what runs.
OPEN_STILL = re.compile(rf"^{SAID_OF}{_SHUT}{BEHIND}")


def eased(turn: Turn) -> bool:
    """Whether the words tell that the worst is over, and nothing else: no doubt, no haste, no question."""
    return turn.means("eased") and not turn.means("not_eased", "chase", "question")


def goes_on(turn: Turn) -> bool:
    """Whether something is still, or newly, wrong: “诶 插座还是有点烫” is no reason to stay away."""
    if turn.means("mended", "called_off", "gone"):
        return bool(re.search(r"但是?(?:还|又)|\bbut\b", turn.text, re.IGNORECASE))
    return turn.intent == "repair" or bool(turn.slots.problem or turn.slots.urgent) or turn.means("still")
