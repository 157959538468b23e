"""Colleagues who bound their WeChat: what is theirs, and taking a matter over, in a word. The rest is the panel's."""

import re

from bot.heard import Do, Outcome
from bot.scripts.turn import Turn

TODAY = re.compile(
    r"今[天日](?:的|有什么|有几)?(?:单|活|事|工单)|我的(?:单|待办|事)|待办|有什么(?:事|单)|today", re.IGNORECASE
)
TAKE = re.compile(r"^(?:我来)?接手|我来(?:处理|跟|办|管)|^认领|^take\b", re.IGNORECASE)


def take(turn: Turn) -> Outcome:
    """The colleague's turn: the list, a matter taken over, or what can be said here."""
    name = turn.facts.staff_name
    if turn.worded and TAKE.search(turn.text):
        do = Do("staff.take", {"number": turn.slots.number or ""})
        return Outcome(None, (turn.say("colleague.taken", name=name),), (do,))
    if turn.worded and TODAY.search(turn.text):
        return Outcome(None, (turn.say("colleague.today", name=name),), (Do("staff.today"),))
    return Outcome(None, (turn.say("staff.hello", name=name),))
