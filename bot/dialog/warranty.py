"""Questions about the warranty, and disputes: who says “凭什么收费” is heard by the manager."""

from bot.dialog import form, talk
from bot.heard import Do, Outcome, TicketRef
from bot.scripts import houses
from bot.scripts import warranty as script
from bot.scripts.turn import Turn

#: What such words are read as; a report of another fault is none of them.
OURS = frozenset({"warranty_question", "enquiry_price", "complaint", "progress", "out_of_scope", ""})
#: Sure enough to be answered while a report is open.
SURE = 0.5


def dispute(turn: Turn) -> Outcome | None:
    """The customer does not accept a verdict that makes them pay: the manager decides, nothing is done meanwhile."""
    if not turn.worded or turn.intent not in OURS or not turn.means("disputes_verdict"):
        return None
    paid = [ticket for ticket in turn.facts.tickets if ticket.paid]
    if not paid:
        return None
    ticket = _named(turn, paid)
    do = Do("warranty.dispute", {"ticket_id": ticket.id, "words": turn.text[:300]})
    if turn.slots.anger:
        outcome = talk.hand_over(turn, "anger")
        return Outcome(outcome.state, outcome.says, (do, *outcome.dos))
    return form.aside(turn, turn.say("warranty.disputed", number=ticket.number), dos=(do,))


def _named(turn: Turn, paid: list[TicketRef]) -> TicketRef:
    return turn.named(paid) or paid[0]


def question(turn: Turn) -> Outcome | None:
    """“我家地板保几年”: by rule and date for one's own house, the company's rules in general for everybody else."""
    top = turn.heard.reading.top
    if turn.intent != "warranty_question" or not turn.worded or top.confidence < talk.SURE_ENOUGH:
        return None
    if turn.means("may_be_excluded"):
        return _doubtful(turn)
    open_script = form.script_of(turn)
    asked = script.about(turn)
    if open_script and not open_script.light:
        return _in_a_draft(turn, asked)
    if not turn.facts.houses:
        told = script.general(turn, asked)
        return form.aside(turn, *told.says, dos=told.dos) if open_script else told
    house = houses.meant(turn) if len(turn.facts.houses) > 1 else turn.facts.houses[0]
    if house is not None and not house.completed:
        return talk.hand_over(turn, "warranty", script.known(asked, house))
    if house is not None:
        told = script.answered(turn, house.id, asked)
        return form.aside(turn, *told.says, dos=told.dos) if open_script else told
    return form.begin(turn, "warranty", answers=asked)


def _doubtful(turn: Turn) -> Outcome:
    """No date is named for what may be excluded: whoever comes to look decides, else a colleague asks back."""
    caution = turn.say("warranty.excluded")
    opened = form.script_of(turn)
    if opened and not opened.light:
        return form.aside(turn, caution)
    outcome = talk.hand_over(turn, "warranty")
    return Outcome(outcome.state, (caution, *outcome.says[1:]), outcome.dos)


def _in_a_draft(turn: Turn, asked: dict[str, object]) -> Outcome | None:
    """While a report is open: for its house where that is known and finished, else the rule about costs."""
    if turn.state.script != "repair" or turn.heard.reading.top.confidence < SURE:
        return None
    chosen = turn.state.answers.get("project_id")
    own = turn.facts.houses
    house = next((one for one in own if one.id == chosen), own[0] if len(own) == 1 else None)
    if house is None or not house.completed or ("house" in turn.state.answers and not chosen):
        return None
    about = asked if asked["categories"] else asked | {"categories": _kind(turn)}
    return form.aside(turn, turn.say("warranty.answer", beside="repair"), dos=(script.look(house.id, about),))


def _kind(turn: Turn) -> list[str]:
    kind = turn.state.answers.get("category")
    return [kind] if kind and kind != "其他" else []
