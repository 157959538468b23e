"""A tapped button is what its id says, whatever its words would mean to an open question: it is looked at first.

Every button the account sends carries the record it stands under: `sv:` a survey and its question, `qt:` a version of
a quote, `job:` an offer of a job. Who may answer it is checked by the desk; a stale one changes nothing and says so.
"""

from bot.dialog import quotes, regret, survey
from bot.heard import Outcome
from bot.scripts import crew_taps
from bot.scripts.turn import Turn


def tapped(turn: Turn) -> Outcome | None:
    """What the button does; None for a message without one, and for an id that no part of the house made."""
    if not turn.heard.choice:
        return None
    rules = (quotes.tapped, regret.tapped, survey.tapped, crew_taps.tapped)
    return next(filter(None, (rule(turn) for rule in rules)), None)
