"""Binding and unbinding beyond the six digits: by contract, for the family, and letting go again."""

import re

from bot.dialog import form, talk
from bot.heard import Outcome
from bot.scripts import household as script
from bot.scripts.turn import Turn

#: What words about letting somebody in or out are read as; 把我老婆移除 sounds like an opt-out.
OURS = frozenset({"bind", "", "out_of_scope", "gift_activity", "unsubscribe", "greeting"})
#: Matters in which a contract is spoken of without being bound by it.
ABOUT = frozenset({"bind", "out_of_scope", ""})


def unbind(turn: Turn) -> Outcome | None:
    """解绑: one's own WeChat leaves a house, asked once with what follows."""
    if turn.state.script in ("unbind", "remove"):
        return form.answer(turn) if "绑" in turn.text else None
    if not turn.means("unbinds") or turn.means("kin"):
        return None
    if not turn.facts.houses:
        return form.aside(turn, turn.say("household.none"))
    return form.begin(turn, "unbind")


def unbind_crew(turn: Turn) -> Outcome | None:
    """Crews are unbound by the office: a phone in the wrong hands must not drop out of a job unseen."""
    return form.aside(turn, turn.say("household.by_office")) if turn.means("unbinds") else None


def family(turn: Turn) -> Outcome | None:
    """给家人一个码, 把我老公移除, 谁绑定了我家: only about one's own houses."""
    if turn.state.script in ("invite", "remove", "unbind") or not turn.worded:
        return None
    guessed = turn.heard.reading.top.confidence < talk.SURE_ENOUGH
    if (turn.intent not in OURS and not guessed) or (turn.intent == "unsubscribe" and turn.means("about_sending")):
        return None
    kin = turn.means("kin")
    out = kin and turn.means("takes_out")
    into = kin and not out and turn.means("lets_in") and not turn.means("fails_to_bind")
    if not (out or into or turn.means("who_is_bound")):
        return None
    if not turn.facts.houses:
        return form.aside(turn, turn.say("household.none"))
    if into:
        return form.begin(turn, "invite", answers={"label": script.label_of(turn.text)})
    begun = form.begin(turn, "remove")
    return Outcome(begun.state, begun.says, begun.dos + script.look(_as(turn, begun)))


def _as(turn: Turn, outcome: Outcome) -> Turn:
    answers = outcome.state.answers if outcome.state else {}
    return turn.become(answers=dict(answers))


def by_contract(turn: Turn) -> Outcome | None:
    """“没有码，用合同号行吗”, “13800138000 HT-2025-007”: both are asked for, whatever is known of them."""
    if turn.state.script == "bind_contract" and turn.means("forgotten") and not turn.slots.phone:
        return talk.hand_over(turn.become(script="", step="", answers={}), "asked")
    if turn.state.script == "bind_contract" or not turn.worded:
        return None
    both = script.read_contract(turn) if turn.slots.phone else None
    other = both and not re.fullmatch(r"[\d -]*", both["contract"].replace(turn.slots.phone or "", ""))
    pair = not turn.state.script and other and turn.intent in ABOUT
    asked = (turn.intent == "bind" or turn.state.script == "bind") and turn.means("by_contract")
    # Asked for the code, many type the number that the contract knows: the other half is all that is missing.
    asked = asked or (turn.state.script == "bind" and turn.slots.phone and not turn.slots.problem)
    return form.begin(turn, "bind_contract") if pair or asked else None
