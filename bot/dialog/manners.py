"""One short word of apology before the matter where somebody is short-tempered about it; once in a conversation."""

import datetime as dt
from dataclasses import replace

from bot.heard import Outcome, State
from bot.scripts import mood, readers
from bot.scripts.turn import Turn
from bot.understanding import read

#: So long a conversation is the same one.
SAME = dt.timedelta(hours=12)
#: Texts that apologise by themselves.
SORRY = frozenset({"hand_over.anger", "complaint.ask_problem", "complaint.registered", "survey.sorry"})
#: Before these nothing else may stand: what to do first, or that we do not know what is meant.
NOT_BEFORE = ("urgent.", "hand_over.", "talk.calm", "talk.unclear", "form.unclear")

#: Questions that temper beside them makes no complaint of.
PLAIN = frozenset({
    "enquiry_price", "enquiry_design", "enquiry_process", "enquiry_material", "enquiry_showroom", "gift_activity",
})  # fmt: skip


def cooled(turn: Turn) -> Turn:
    """“真无语，展厅几点关门”: the turn of the question alone, which is answered behind the apology."""
    if not turn.slots.anger or not turn.worded:
        return turn
    pieces = [one for one in readers.CLAUSE.split(turn.text) if one]
    rest = "，".join(one for one in pieces if not mood.only_rude(one))
    if not rest or len(pieces) < 2 or rest == turn.text:
        return turn
    asked = read(rest, now=turn.facts.now)
    if asked.slots.anger or asked.top.name not in PLAIN or asked.has("complaint"):
        return turn
    return replace(turn, heard=replace(turn.heard, reading=asked))


def softened(outcome: Outcome, turn: Turn) -> Outcome:
    """The outcome with its apology where one is due; that it was said is remembered with the dialog."""
    now, since = turn.facts.now, turn.state.sorry_at
    said = since if since is not None and now - since < SAME else None
    if said is None and _due(outcome, turn):
        said, outcome = now, replace(outcome, says=(turn.say("talk.sorry"), *outcome.says))
    return _remembering(outcome, turn, said)


def _due(outcome: Outcome, turn: Turn) -> bool:
    if not turn.worded or not mood.rude(turn.text) or not outcome.says:
        return False
    # Whoever complains has read an apology.
    apologised = turn.state.script == "complaint" or any(say.key in SORRY for say in outcome.says)
    return not apologised and not any(say.key.startswith(NOT_BEFORE) for say in outcome.says)


def _remembering(outcome: Outcome, turn: Turn, said: dt.datetime | None) -> Outcome:
    if said is None and (outcome.state is None or outcome.state.sorry_at is None):
        return outcome
    state = replace(outcome.state or State(touched_at=turn.facts.now), sorry_at=said)
    then = outcome.otherwise
    return replace(outcome, state=state, otherwise=_remembering(then, turn, said) if then is not None else None)
