"""What we proposed to somebody who complained: 同意 or 不同意, and to whom a yes belongs when others asked since."""

from bot.dialog import complaint, desk, form
from bot.heard import ComplaintRef, Do, Outcome
from bot.scripts import grievance, readers
from bot.scripts.turn import Turn

#: Words this short after a proposal are only yes or no.
SHORT = 6


def answered(turn: Turn) -> Outcome | None:
    """同意 or 不同意 to what was proposed; another demand is a no with its reason."""
    case = turn.facts.complaint
    if case is None or case.state != "proposed" or not turn.worded:
        return None
    if form.script_of(turn) and turn.state.script != "complaint" and not case.asked_last:
        return None
    about, text = {"complaint_id": case.id}, turn.text
    own = turn.become(script="") if turn.state.script == "complaint" else turn
    demands = _demands(turn)
    if not (case.asked_last or demands) and not _names_the_proposal(turn):
        return _asked_before(turn, case)
    if turn.slots.yes is True and len(text) <= 2 * SHORT and not demands:
        return form.aside(own, turn.say("complaint.agreed_now"), dos=(Do("complaint.agree", about | {"words": text}),))
    refused = turn.slots.yes is False and not (turn.slots.problem or turn.slots.correction or turn.slots.command)
    if (refused and len(text) > SHORT and not _elsewhere(turn)) or demands:
        do = Do("complaint.decline", about | {"words": text[:500]})
        return form.aside(own, turn.say("complaint.declined"), dos=(do,))
    begun = turn.start("terms", "terms", about | {"words": text}, parked=complaint.parked(turn))
    return form.proceed(begun) if refused else None


def _demands(turn: Turn) -> bool:
    """“必须好评” demands nothing, nor does a question what would be."""
    praises = turn.slots.sentiment == "positive" or turn.intent == "suggestion"
    return bool(grievance.DEMAND.search(turn.text)) and not praises and not turn.means("question")


def _elsewhere(turn: Turn) -> bool:
    return readers.elsewhere(turn) and turn.intent != "complaint"


def _names_the_proposal(turn: Turn) -> bool:
    return turn.means("names_proposal") and not desk.speaks_of_time(turn)


def _asked_before(turn: Turn, case: ComplaintRef) -> Outcome | None:
    """Something else was said since the proposal: a yes to whoever asked then; to nobody, it is told what waits."""
    facts, short = turn.facts, len(turn.text) <= SHORT
    others = facts.survey or facts.quotes or turn.state.parked or any(one.time_asked_at for one in facts.tickets)
    if not case.told or others or form.script_of(turn) or turn.slots.yes is None or not short:
        return None
    return form.aside(turn, turn.say("complaint.progress", complaint=case.number, state=case.state))
