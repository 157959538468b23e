"""What follows a complaint in a line or two: taken back, another wish than what was proposed; and suggestions.

They are light: dropping one loses nothing, so nobody is asked whether to.
"""

from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Outcome
from bot.scripts import grievance, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: Longer words that tell of nothing settled are no reason to take anything back.
SHORT = 12


def read_reason(turn: Turn) -> Answers | None:
    """Why it is taken back; a plain yes has the words that asked for it as its reason; or: keep it."""
    kept = turn.means("keep") or readers.slipped(turn) or turn.means("complaint_goes_on")
    if kept or (turn.slots.yes is False and len(turn.text) <= 3):
        return {"reason": "", "keep": True}
    if readers.agrees(turn) or turn.slots.command == "cancel":
        return {"reason": turn.state.answers.get("words") or turn.text}
    other = turn.intent in grievance.OTHERS or turn.slots.robot or turn.means("question")
    other = other or not turn.means("settled") and (len(turn.text) > SHORT or _tells_more(turn))
    return None if other or len(turn.text) < 2 else {"reason": turn.text[:200]}


def _tells_more(turn: Turn) -> bool:
    """Whether the words complain, report or ask on: nothing of it takes a complaint back."""
    return bool(turn.intent or turn.slots.problem or turn.slots.phone or turn.slots.house)


def withdrawn(turn: Turn) -> Outcome:
    """It is taken back with the reason, or stays."""
    answers = turn.state.answers
    if answers.get("keep"):
        return turn.leave(turn.say("complaint.kept", number=answers.get("number")))
    do = Do("complaint.withdraw", {"complaint_id": answers["complaint_id"], "reason": answers["reason"]})
    return turn.leave(turn.say("complaint.withdrawn_now"), dos=(do,))


def _about(turn: Turn) -> Mapping[str, Any]:
    return {"number": turn.state.answers.get("number")}


WITHDRAW = Script(
    "take_back",
    start="reason",
    steps={"reason": Ask("complaint.ask_withdraw", read_reason, None, ("reason",), facts=_about)},
    finish=withdrawn,
    takes_media=False,
    light=True,
)


def read_terms(turn: Turn) -> Answers | None:
    """What the customer wants instead of what was proposed."""
    given = grievance.read_demand(turn)
    return {"terms": given["demand"] or turn.state.answers["words"]} if given else None


def declined(turn: Turn) -> Outcome:
    """The proposal is declined, with what is wanted instead."""
    answers = turn.state.answers
    do = Do("complaint.decline", {"complaint_id": answers["complaint_id"], "words": answers["terms"]})
    return turn.leave(turn.say("complaint.declined"), dos=(do,))


TERMS = Script(
    "terms",
    start="terms",
    steps={"terms": Ask("complaint.ask_terms", read_terms, None, ("terms",))},
    finish=declined,
    takes_media=False,
    light=True,
)


def read_suggestion(turn: Turn) -> Answers | None:
    """The suggestion, when it was asked for."""
    takes = turn.intent not in grievance.OTHERS and turn.worded and not turn.slots.command
    takes = takes and not turn.means("enquires")
    return {"words": turn.text[:1000]} if takes and len(turn.text) >= 4 else None


def suggested(turn: Turn) -> Outcome:
    """It is recorded."""
    words = turn.state.answers["words"]
    return turn.leave(turn.say("suggestion.recorded"), dos=(Do("suggestion.record", {"words": words}),))


SUGGESTION = Script(
    "suggestion",
    start="words",
    steps={"words": Ask("suggestion.ask", read_suggestion, None, ("words",))},
    finish=suggested,
    takes_media=False,
    light=True,
)
SCRIPTS = (grievance.SCRIPT, WITHDRAW, TERMS, SUGGESTION)
