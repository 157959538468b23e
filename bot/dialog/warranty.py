"""Questions about the warranty, and disputes: who says “凭什么收费” is heard by the manager."""

import re

from bot.dialog import form, talk
from bot.heard import Do, Outcome, TicketRef
from bot.scripts import houses
from bot.scripts import warranty as script
from bot.scripts.turn import Turn

#: Does not accept that the repair is paid.
DISPUTES = re.compile(
    r"凭什么|不(?:应该|该|应)(?:收|要|算)(?:我)?(?:的)?(?:费|钱)|应该(?:是)?(?:免费|保修|在保)|(?:明明|应该)?(?:还|都)在保(?!(?:修期?|质期?)?内?(?:吗|么|嘛|没|不|呢|[?？]))|没有?过保"
    r"|怎么(?:就|会|可能)?(?:过保|到期|不保|要(?:收)?钱|收费|收钱)|才[^，。]{1,4}年|不认(?:可|同)?(?:过保|收费|这个结论)"
    r"|你们(?:自己)?(?:做|装|修)的.{0,10}(?:收费|要钱|收钱)|should be (?:covered|free)|why.{0,12}(?:pay|charge)",
    re.IGNORECASE,
)
#: What a warranty may not cover inside its time (EXCLUSIONS in models/warranty.py): never promised in chat.
EXCLUDED = re.compile(
    r"(?<!你们)自(?:己|行)(?:给|把)?(?:改|动|拆|装|换|买|弄)|改(?:过|动|了)|(?:别人|外面|另外|请人|找人)[^，。]{0,4}(?:改|修|装|做|动)"
    r"|人为|用坏|弄坏|冻(?:裂|坏|爆)|磕|碰坏|撞|砸|摔|搬(?:家|动)|水淹|被淹|泡(?:过|了)?水|雷|火灾|着火|自购|自己买"
    r"|租客|\bmyself\b|\bourselves\b|\balter|\bfroze|\bflood|\bbroke it\b|\btenant",
    re.IGNORECASE,
)
#: What such words are read as; a report of another fault is none of them.
OURS = frozenset({"warranty_question", "enquiry_price", "complaint", "progress", "out_of_scope", ""})
#: Sure enough to be answered while a report is open.
SURE = 0.5


def dispute(turn: Turn) -> Outcome | None:
    """The customer does not accept a verdict that makes them pay: the manager decides, nothing is done meanwhile."""
    if not turn.worded or turn.intent not in OURS or not DISPUTES.search(turn.text):
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
    place = turn.slots.place_room or turn.slots.place
    fit = (one for one in paid if one.number == turn.slots.number or (place and place in one.label))
    return next(fit, paid[0])


def question(turn: Turn) -> Outcome | None:
    """“我家地板保几年”: by rule and date for one's own house, the company's rules in general for everybody else."""
    top = turn.heard.reading.top
    if turn.intent != "warranty_question" or not turn.worded or top.confidence < talk.SURE_ENOUGH:
        return None
    if EXCLUDED.search(turn.text):
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
