"""Complaints: begun, added to, asked about, taken back. An open one gets its due."""

from dataclasses import replace

from bot.dialog import desk, form, talk
from bot.heard import ComplaintRef, Do, Outcome, Say, State
from bot.scripts import doubt, fault_words, grievance
from bot.scripts.turn import Turn
from bot.understanding import acts, read
from bot.understanding.reading import Intent

#: Sure enough of a complaint that no word names.
SURE = 0.5
#: So sure that a few words without anybody blamed are one.
BEYOND_DOUBT = 0.8


def denied(turn: Turn) -> Turn:
    """“我不是投诉，就是问问工期”: the turn of what is said besides, without a complaint begun by mistake."""
    if not turn.means("denies_complaint") or turn.means("withdraws_complaint") or not turn.worded:
        return turn
    turn = turn.become(script="", step="", answers={}) if turn.state.script == "complaint" else turn
    rest = "，".join(one for one in grievance.CLAUSE.split(turn.text) if one and not acts.says("denies_complaint", one))
    heard = replace(turn.heard, text=rest, reading=read(rest, now=turn.facts.now))
    return replace(turn, heard=heard) if rest else turn


def nothing_meant(turn: Turn) -> Outcome | None:
    """“不是要投诉” and no more: heard."""
    if not turn.means("denies_complaint") or turn.means("withdraws_complaint") or not turn.worded:
        return None
    return form.aside(turn, turn.say("complaint.denied", complaint=getattr(turn.facts.complaint, "number", None)))


def complains(turn: Turn) -> bool:
    """Whether the message complains: in so many words, or surely enough without them."""
    if turn.heard.kind == "event" or turn.means("withdraws_complaint"):
        return False
    return "投诉" in turn.text or any(
        one.name == "complaint" and one.confidence >= SURE for one in turn.heard.reading.intents
    )


def _asks_how_it_stands(turn: Turn) -> bool:
    asks = turn.intent == "progress" or turn.means("question", "chase")
    return "投诉" in turn.text and bool(asks) and not (turn.slots.problem or turn.means("begins_complaint"))


def _goes_to(turn: Turn) -> ComplaintRef | None:
    """The open complaint that the words belong to; a complaint about somebody else is one of its own."""
    case = turn.facts.complaint
    if case is None:
        return None
    other = turn.means("another_complaint") and turn.slots.target not in (None, "其他", case.target)
    return None if other else case


def _add(turn: Turn, case: ComplaintRef) -> Do:
    secret = bool(grievance.SECRET.search(turn.text))
    words, demand = turn.text[:1000], grievance.demand_of(turn.text)
    return Do("complaint.add", {"complaint_id": case.id, "more": words, "demand": demand, "confidential": secret})


def grave(turn: Turn) -> Outcome | None:
    """Something runs, burns or smells, and the customer complains of it: the repair at once, the complaint with it."""
    if not turn.slots.urgent or not complains(turn) or turn.state.script == "urgent":
        return None
    fault = Intent("repair", 1.0)
    slots = replace(turn.slots, problem=grievance.broken(turn.text) or turn.slots.problem)
    reading = replace(turn.heard.reading, intents=(fault, *turn.heard.reading.intents), slots=slots)
    outcome = desk.danger(replace(turn, heard=replace(turn.heard, reading=reading)))
    if outcome is None:
        return None
    if case := _goes_to(turn):
        return replace(outcome, dos=(*outcome.dos, _add(turn, case)))
    begun = turn.become(answers=grievance.told(turn), media=turn.media)
    _, said, do = grievance.register(begun, angry=True)
    do = replace(do, args={**do.args, "of_repair": True, "angry": turn.slots.anger}, keep=())
    return replace(outcome, says=(*outcome.says[:1], said, *outcome.says[1:]), dos=(*outcome.dos, do))


def angry(turn: Turn) -> Outcome | None:
    """Anger brings a person; when it complains it is registered as well, once."""
    if not turn.slots.anger or not complains(turn) or _asks_how_it_stands(turn):
        return None
    told = turn.state.script == "complaint" and grievance.what_happened(turn.text)
    # What happened was asked, and here it is: nothing of it is asked again behind the answer.
    outcome = talk.wants_person(turn.become(script="", step="", answers={}) if told else turn)
    if outcome is None:
        return None
    if case := _goes_to(turn):
        says = (*outcome.says[:1], _noted(turn, case), *outcome.says[1:])
        return replace(outcome, says=says, dos=(_add(turn, case), *outcome.dos))
    if not grievance.what_happened(turn.text):
        return outcome
    answers = grievance.told(turn)
    begun = turn.start("complaint", "problem", answers, media=turn.media, parked=parked(turn))
    after, said, do = grievance.register(begun, angry=True)
    # What would help is for the person who calls; a thing that is broken need not wait for them.
    asked = grievance.onward(after.become(answers={"demand": "", **after.state.answers}))
    says = (*outcome.says[:1], said, *outcome.says[1:], *asked.says)
    return Outcome(asked.state, says, (do, *outcome.dos))


def parked(turn: Turn) -> tuple[State, ...]:
    """What waits once this dialog begins: an open report is put aside for it."""
    script = form.script_of(turn)
    return turn.put_aside if script and not script.light else turn.state.parked


def said(turn: Turn) -> Outcome | None:
    """投诉 in so many words, wherever a dialog stands; “换人” as an answer to what would help."""
    if turn.state.script == "complaint" and turn.state.step == "demand" and turn.means("wants_another_person"):
        return form.answer(turn)
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_COMPLAINT"
    named = "投诉" in turn.text and complains(turn) and not _asks_how_it_stands(turn)
    return _take(turn) if clicked or named else None


def likely(turn: Turn) -> Outcome | None:
    """A complaint without the word; in an open report the words are the report's unless they surely are none."""
    top = turn.heard.reading.top
    if top.name != "complaint" or top.confidence < talk.SURE_ENOUGH or turn.means("nods"):
        return None
    in_a_report = turn.state.script in ("repair", "urgent") and turn.slots.sentiment != "negative"
    if in_a_report and top.confidence < talk.SURE_IN_A_DRAFT:
        return None
    # “说错了，是城西那套” corrects what was said and blames nobody.
    corrects = turn.slots.correction and top.confidence < SURE
    vague = top.confidence < BEYOND_DOUBT and turn.slots.target in (None, "其他") and len(turn.text) <= 6
    if vague and turn.state.script != "complaint" and turn.facts.complaint is None:
        return _asked_whether(turn) if doubt.grieved(turn) else None
    if turn.means("supposes") and not turn.slots.anger and turn.state.script != "complaint":
        return talk.hand_over(turn, "question")
    if corrects or turn.means("withdraws_complaint"):
        return None
    if turn.facts.complaint is None and turn.state.script != "complaint" and not doubt.grieved(turn):
        return _asked_whether(turn)
    return _take(turn)


def _asked_whether(turn: Turn) -> Outcome | None:
    """“他姓张 叫张伟” blames nobody: nothing is registered on a guess, and outside a dialog it is asked once."""
    if form.script_of(turn) or (turn.heard.reading.top.confidence < SURE and not doubt.blames(turn)):
        return None
    words = {"words": fault_words.without_numbers(turn.text)[:1000], "target": turn.slots.target}
    return form.begin(turn, "grieved", answers=words)


def sounds(turn: Turn) -> Outcome | None:
    """“你们客服一点都不专业” that no other rule understood: asked whether it is one, rather than what is meant."""
    if turn.facts.complaint is not None or not turn.worded or turn.state.missed:
        return None
    return _asked_whether(turn) if doubt.blames(turn) else None


def _take(turn: Turn) -> Outcome | None:
    if turn.state.script == "complaint":
        return form.answer(turn) or _more_of(turn) or form.aside(turn)
    if case := _goes_to(turn):
        if not grievance.what_happened(turn.text) and not grievance.demand_of(turn.text):
            return _stands(turn, case)
        return noted(turn, case)
    asked = not grievance.what_happened(turn.text)
    return form.begin(turn, "complaint", answers={"asked": True} if asked else None)


def _more_of(turn: Turn) -> Outcome | None:
    """What else happened, told while it is asked what would help."""
    case = _goes_to(turn)
    if case is None or not grievance.what_happened(turn.text):
        return None
    return noted(turn, case)


def _noted(turn: Turn, case: ComplaintRef) -> Say:
    key = "complaint.secret" if grievance.SECRET.search(turn.text) else "complaint.noted"
    return turn.say(key, complaint=case.number)


def take_back(turn: Turn) -> Outcome | None:
    """算了不投诉了: asked once for the reason, unless it was given."""
    case = turn.facts.complaint
    of_it = turn.state.script in ("", "complaint") and not turn.facts.erasing
    bare = case is not None and of_it and turn.means("takes_it_back")
    if not (turn.means("withdraws_complaint") or bare) or not turn.worded:
        return None
    if case is None:
        if turn.state.script == "complaint":
            return turn.leave(turn.say("form.dropped_nothing"))
        return form.aside(turn, turn.say("complaint.none"))
    known = {"complaint_id": case.id, "number": case.number, "words": turn.text[:200]}
    begun = turn.start("take_back", "reason", known)
    why = [
        one
        for one in grievance.CLAUSE.split(turn.text)
        if one and not (acts.says("withdraws_complaint", one) or acts.says("takes_it_back", one)) and len(one) >= 4
    ]
    if why:
        return form.proceed(begun.become(answers={**begun.state.answers, "reason": "，".join(why)[:200]}))
    return form.proceed(begun)


def progress(turn: Turn) -> Outcome | None:
    """投诉处理得怎么样了: where it stands; impatience is on the record, the second time with the manager."""
    case = turn.facts.complaint
    named = _asks_how_it_stands(turn)
    asks = turn.intent == "progress" or turn.means("chase", "how_long")
    only = not turn.facts.tickets and asks
    if case is None:
        return form.aside(turn, turn.say("complaint.none")) if named else None
    return _stands(turn, case) if named or only else None


def wished(turn: Turn) -> Outcome | None:
    """道歉, 退钱 while a complaint is open: what would help, whenever it is said; no question about a repair."""
    case = turn.facts.complaint
    if case is None or turn.state.script == "complaint" or not turn.worded:
        return None
    if turn.slots.problem or turn.slots.command or turn.means("question") or "投诉" in turn.text:
        return None
    pieces = [one for one in grievance.CLAUSE.split(turn.text) if one]
    only = all(grievance.DEMAND.search(one) and not one.endswith("了") for one in pieces)
    if not (pieces and only):
        return None
    return noted(turn, case)


def hidden(turn: Turn) -> Outcome | None:
    """“别让他知道是我说的” while a complaint is open: kept so at once, whatever a dialog about something else asks."""
    case = turn.facts.complaint
    if case is None or turn.state.script == "complaint" or not grievance.SECRET.search(turn.text):
        return None
    if not turn.worded or turn.means("another_complaint"):
        return None
    return noted(turn, case)


def _stands(turn: Turn, case: ComplaintRef) -> Outcome:
    due = case.due.isoformat() if case.due is not None and case.due > turn.facts.now else None
    said = turn.say("complaint.progress", complaint=case.number, state=case.state, due=due)
    impatient = turn.means("chase") or turn.slots.sentiment == "negative"
    dos = (Do("complaint.chase", {"complaint_id": case.id, "words": turn.text}),) if impatient else ()
    return form.aside(turn, said, dos=dos)


def noted(turn: Turn, case: ComplaintRef) -> Outcome:
    """The words are on the complaint, and that is said."""
    return form.aside(turn, _noted(turn, case), dos=(_add(turn, case),))


def attach(turn: Turn) -> Outcome | None:
    """A photo outside a dialog belongs to the complaint when that is the newest thing the customer told us."""
    case, tickets = turn.facts.complaint, turn.facts.tickets
    if not turn.media or case is None or form.script_of(turn) or (tickets and tickets[0].id > case.id):
        return None
    if turn.heard.kind == "voice" and turn.text:
        return None
    do = Do("complaint.attach", {"complaint_id": case.id, "media": list(turn.media)})
    return form.aside(turn, turn.say("complaint.attached", complaint=case.number, kind=turn.heard.kind), dos=(do,))


def more(turn: Turn) -> Outcome | None:
    """Words that nobody else understands while a complaint is open are about it."""
    case = turn.facts.complaint
    if case is None or form.script_of(turn) or not turn.worded:
        return None
    unknown = turn.intent in ("", "out_of_scope", "complaint") and turn.slots.yes is None and len(turn.text) >= 4
    if not unknown or turn.slots.command or turn.slots.option:
        return None
    return noted(turn, case)
