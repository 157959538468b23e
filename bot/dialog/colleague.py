"""Colleagues who bound their WeChat: what is theirs, and taking a matter over, in a word. The rest is the panel's."""

from bot.heard import Do, Outcome
from bot.scripts.turn import Turn


def take(turn: Turn) -> Outcome:
    """The colleague's turn: the list, a matter taken over, or what can be said here."""
    name = turn.facts.staff_name
    if turn.worded and turn.means("colleague_takes"):
        do = Do("staff.take", {"number": turn.slots.number or ""})
        return Outcome(None, (turn.say("colleague.taken", name=name),), (do,))
    if turn.worded and turn.means("colleague_today"):
        return Outcome(None, (turn.say("colleague.today", name=name),), (Do("staff.today"),))
    return Outcome(None, (turn.say("staff.hello", name=name),))
