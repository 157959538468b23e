"""Before signing: what it costs about, what there is to see, where the showroom is; visits booked, moved, called off.

Questions about other things (how long, which boards, whether measuring is free) are no dialog: articles answer them
(bot/dialog/ask.py), else a person, with everything that was collected.
"""

import re
from dataclasses import replace

from bot.dialog import ask, form, talk
from bot.heard import Do, Outcome, Say, VisitRef
from bot.scripts import appointment, enquiry, readers, spans, visits
from bot.scripts.turn import Turn
from bot.understanding import acts

SURE_ENOUGH = 0.3
#: Words that name neither a visit nor a time must be surer than a guess.
SURE = 0.5
#: With its layout or size, in words that no reading is sure of: 我家三室两厅想装.
HOME = re.compile(r"想装|要装|准备装|打算装|装修|交房|拿房|收房|毛坯|新房")
#: Which way is better is asked, not what it costs.
ADVICE = re.compile(
    r"还是[^，。]{1,8}(?:好|划算|合适)|(?:哪个|哪种|哪一种)[^，。]{0,3}(?:好|划算|合适)|区别|有什么不同|怎么选"
    r"|which is better"
)


def _words(turn: Turn) -> bool:
    return turn.worded and bool(turn.text)


def _visit(turn: Turn) -> VisitRef | None:
    """The booked visit that the words are about; None when they are about a repair, or there is none."""
    booked, named = turn.facts.visits, turn.means("names_visit")
    if not booked or not _words(turn) or (turn.facts.tickets and not named):
        return None
    return visits.named(turn) or booked[0]


def call_off(turn: Turn) -> Outcome | None:
    """“取消预约”: asked once, with the other way out."""
    script, moving = form.script_of(turn), turn.state.answers.get("moving")
    if (script and not (moving and script.name == "appointment" and not turn.slots.time)) or not _calls_off(turn):
        return None
    # Said while another time is asked for it: the visit itself, not only the question.
    visit = next((one for one in turn.facts.visits if one.id == moving), None) if script else _visit(turn)
    if visit is None:
        return None
    doubtful = not script and visits.named(turn) is None
    words = {"words": turn.text[:200]}
    if not script and (given := visits.spot_which(turn)):
        words |= given  # “两个都取消” needs no question which
    begun = turn.start("call_off", "which", words if doubtful else words | visits.of(visit))
    return form.proceed(begun)


def _calls_off(turn: Turn) -> bool:
    return turn.means("calls_off_visit") and not turn.means("not_cancelled")


def told(turn: Turn) -> Outcome | None:
    """“我晚到20分钟”, “我老婆在家”: with whoever they meet; the visit stays as it is."""
    script, visit = form.script_of(turn), _visit(turn)
    moving = turn.state.answers.get("moving") if turn.state.script == "appointment" else None
    if visit is None or (script and not script.light and not moving) or turn.means("question"):
        return None
    if turn.state.script == "call_off" and (other := visits.stays(turn)):
        return form.aside(turn, _stays(turn, other))
    visit = next((one for one in turn.facts.visits if one.id == moving), visit)
    stays = turn.means("moves_nothing") or turn.means("keep" if moving else "not_cancelled")
    if stays and not turn.slots.time and (moving or not script):
        return turn.leave(_stays(turn, visit))
    if appointment.visit_of(turn.text) not in ("", visit.visit) or not _remarks(turn, visit):
        return None
    do = Do("appointment.tell", {"appointment_id": visit.id, "words": turn.text[:300]})
    said = turn.say("appointment.told", visit=visit.visit, when_start=visit.start, when_end=visit.end)
    return turn.leave(said, dos=(do,)) if moving else form.aside(turn, said, dos=(do,))


def _stays(turn: Turn, visit: VisitRef) -> Say:
    return turn.say("appointment.kept", visit=visit.visit, when_start=visit.start, when_end=visit.end)


def _remarks(turn: Turn, visit: VisitRef) -> bool:
    if turn.means("moves_visit") and not (turn.slots.phone or turn.slots.house) or turn.means("calls_off_visit"):
        return False
    slots = turn.slots
    if (slots.phone or slots.house) and turn.means("changes_contact"):
        return True
    remark = turn.means("remarks", "kin_is_there")
    other_day = slots.time and acts.says("names_a_day", slots.time.text_zh) and not spans.meets(slots.time, visit)
    return bool(remark) and not other_day and turn.intent not in ("human", "complaint", "enquiry_price")


def change(turn: Turn) -> Outcome | None:
    """“改到周日下午行吗”: another time for a booked visit; “我约的几点” is told when it is."""
    script, visit = form.script_of(turn), _visit(turn)
    if (script and not script.light) or visit is None:
        return None
    moves = turn.means("moves_visit") or (turn.intent == "appointment" and turn.slots.time and turn.facts.visits)
    if turn.means("asks_when") and not turn.means("moves_visit"):
        return form.aside(turn, turn.say("appointment.yours", visits=_listed(turn)))
    kind = appointment.visit_of(turn.text)
    if not moves or (kind and kind != visit.visit):
        return None
    if len(turn.facts.visits) > 1 and visits.named(turn, readers.SHIFT_TO.split(turn.text)[0]) is None:
        return form.proceed(turn.start("which_visit", "which"))
    offered = appointment.other_times(turn, visit)
    return _begin(turn.become(script=""), {"visit": visit.visit, "moving": visit.id, "offered": offered})


def _listed(turn: Turn) -> list[dict[str, object]]:
    return [{"visit": one.visit, "start": one.start, "end": one.end} for one in turn.facts.visits]


def appoint(turn: Turn) -> Outcome | None:
    """“约个量房”, “周六想去展厅看看”: one of the free times. Nothing to book: a person agrees on one."""
    if turn.intent != "appointment" or not _words(turn) or turn.heard.reading.top.confidence < SURE_ENOUGH:
        return None
    kind, script = appointment.visit_of(turn.text), form.script_of(turn)
    if not (kind or turn.means("names_visit") or turn.slots.time) and turn.heard.reading.top.confidence < SURE:
        return None
    if script and script.name in ("repair", "urgent") and not turn.means("names_visit"):
        return None
    if turn.facts.visits and not (kind or turn.means("names_visit") or script):
        # Whoever has a visit and names none speaks of that one; a question about it is for a person.
        asks = turn.means("question") or "谁" in turn.text
        return None if asks else form.aside(turn, turn.say("appointment.yours", visits=_listed(turn)))
    if turn.facts.tickets and not turn.means("names_visit") and not kind:
        return None
    if not any(turn.facts.free_slots(visit) for visit in ((kind,) if kind else ("measure", "showroom"))):
        return None
    if script and script.name == "appointment":
        return form.aside(turn) if kind or turn.means("names_visit") else None
    return _begin(turn, {})


def _begin(turn: Turn, answers: dict[str, object]) -> Outcome:
    """The appointment's dialog with what the words already say; an enquiry ends here, all of it is recorded."""
    if turn.state.script == "enquiry":
        turn = turn.become(script="", step="", answers={})
    return form.begin(turn, "appointment", answers=answers)


def enquire(turn: Turn) -> Outcome | None:
    """What it costs and what there is: answered first, then the few questions that make it exact."""
    if not turn.facts.offers or not _words(turn) or not _asks_for_a_home(turn):
        return None
    script = form.script_of(turn)
    if script and script.name in ("repair", "urgent") and not enquiry.area_of(turn):
        return None
    if script is enquiry.SCRIPT:
        return form.aside(turn, *enquiry.answered(turn), dos=enquiry.learnt(turn, turn))
    parked, says = turn.state.parked, []
    if script and not script.light:
        parked = turn.put_aside
        says.append(turn.say(script.word("parked"), **script.facts(turn), script=script.name))
    fresh = turn.start("enquiry", "area", enquiry.known(turn.facts.lead), parked=parked)
    given = form.gather(enquiry.SCRIPT, fresh, asked=False)
    begun = fresh.become(answers={**fresh.state.answers, **given}) if isinstance(given, dict) else fresh
    dos = (Do("enquiry.learn", enquiry.told(begun, begun.state.answers)), *enquiry.shown(begun))
    if turn.facts.lead and begun.state.answers.get("area"):
        # The questions were asked when the enquiry began: whoever comes back only wants the answer.
        return form.aside(turn, *enquiry.answered(begun), *_onward(turn), dos=dos)
    more = ask.beside(turn)
    says += [*enquiry.answered(begun), *(more.says if more else ())]
    return form.proceed(begun, *says, dos=dos + (more.dos if more else ()))


def _onward(turn: Turn) -> tuple[Say, ...]:
    return () if turn.facts.visits or turn.state.script else (turn.say("enquiry.onward"),)


def decided(turn: Turn) -> Outcome | None:
    """“打算签了，什么时候能开工”: the best news there is goes to a person at once."""
    lead = turn.facts.lead or turn.state.script == "enquiry"
    if not lead or not _words(turn) or not turn.means("decided"):
        return None
    outcome = talk.hand_over(turn, "decided")
    learn = Do("enquiry.learn", {"asked": turn.text[:500], "decided": True})
    return replace(outcome, dos=(learn, *outcome.dos))


def dear(turn: Turn) -> Outcome | None:
    """“太贵了” to a price that we named: what moves it."""
    if turn.state.script != "enquiry" or not turn.means("dear", "over_budget") or enquiry.area_of(turn):
        return None
    return form.aside(turn, turn.say("enquiry.dear"))


def _asks_for_a_home(turn: Turn) -> bool:
    top, text = turn.heard.reading.top, turn.text
    if acts.says("nods", text) or turn.slots.problem or (ADVICE.search(text) and not enquiry.area_of(turn)):
        return False
    if top.confidence < SURE_ENOUGH:
        # In words that no reading is sure of: 老房子想翻新 大概70平, 给我儿子结婚房子装修.
        sized = (enquiry.area_of(turn) or enquiry.LAYOUT.search(text)) and HOME.search(text)
        return bool(sized or acts.says("renovates", text)) and not (
            form.script_of(turn) or turn.facts.tickets or turn.facts.houses
        )
    if top.name == "enquiry_price":
        return not acts.says("other_price", text) or bool(enquiry.area_of(turn))
    if top.name == "gift_activity":
        return acts.says("asks_packages", text)
    if top.name not in ("enquiry_design", "enquiry_process"):
        return False
    facts = bool(enquiry.area_of(turn) or turn.slots.budget or (turn.slots.style and top.name == "enquiry_design"))
    home = acts.says("whole_home", text) or acts.says("renovates", text)
    return facts or bool(home and not (acts.says("question", text) and top.name == "enquiry_process"))
