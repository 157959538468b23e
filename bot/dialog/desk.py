"""What an open case makes possible outside a dialog: 催单, progress, photos, cancelling, urgency."""

import re
from typing import Any

from bot.dialog import alarm, amend, form
from bot.heard import Do, Outcome, TicketRef
from bot.scripts import fault_words, known, over, readers, repair, urgent
from bot.scripts.turn import Turn
from bot.understanding import acts, faults, normalise, read

#: 1. 厨房漏水；2. 门关不上
ITEM = re.compile(r"(?:^|；)\d\. ")
#: So sure a question how things stand must be where nothing is open.
SURE_OF_NONE = 0.6
#: Until the crew is there a case can still be made urgent; what bursts afterwards is a case of its own.
RAISED = ("reported", "assigned", "handed_back", "accepted", "on_the_way", "reopened")


def which(turn: Turn) -> TicketRef:
    """The open repair that the words mean: by number, by place, else the newest."""
    return turn.named(turn.facts.tickets) or turn.facts.tickets[0]


def danger(turn: Turn) -> Outcome | None:
    """Urgent: recorded in this very turn. Open as urgent already it chases that case, or tells of relief."""
    if not turn.slots.urgent or not _tells_a_fault(turn) or called_off(turn):
        return None
    hot = [ticket for ticket in turn.facts.tickets if ticket.urgent]
    if turn.state.script == "urgent" or hot:
        return alarm.beside(turn) or (_hot(turn, hot[0]) if hot and turn.state.script != "urgent" else None)
    said = repair.problem_of(turn)
    aid = urgent.hazard(turn.text, said.get("category", ""))
    if (shared := known.of_household(turn)) and shared.state in RAISED:
        return form.aside(turn, turn.say("urgent.shared", hazard=aid), dos=(known.join(turn, shared, urgent=True),))
    if (raised := _raised(turn, aid)) is not None:
        return raised
    if (past := known.mended(turn)) and known.fresh(turn, past) and turn.means("broken_again"):
        again = {"ticket_id": past.id, "words": turn.text[:500], "urgent": True, "media": list(turn.media)}
        return form.aside(turn, turn.say("urgent.again", hazard=aid), dos=(Do("repair.reopen", again),))
    return _recorded(turn, said)


def _hot(turn: Turn, ticket: TicketRef) -> Outcome:
    """The same danger again, or what is left of it."""
    if over.eased(turn):
        return amend.noted(turn, ticket)
    do = Do("repair.chase", {"ticket_id": ticket.id, "words": turn.text})
    return form.aside(turn, turn.say("ticket.chased", urgent=True), dos=(do,))


def _recorded(turn: Turn, said: dict[str, Any]) -> Outcome:
    """A case of its own; a draft of the same fault becomes it, any other waits."""
    state, parked = turn.state, turn.state.parked
    if state.script == "repair" and _one_fault(turn, said.get("category")):
        worse = {"problem": fault_words.clean(turn, turn.text)}
        told = worse | form.gather(repair.SCRIPT, turn, asked=False)
        # Whoever had time until tomorrow has none now.
        answers = {k: v for k, v in repair.merge(turn, told).items() if k in told or not k.startswith("when_")}
        media = (*state.media, *turn.media)
    else:
        fresh = turn.become(answers={}, step="")
        answers = dict(repair.merge(fresh, form.gather(repair.SCRIPT, fresh, asked=False) | said))
        media = turn.media
        script = form.script_of(turn)
        parked = turn.put_aside if script and not script.light else parked
    begun = turn.start("urgent", "check", {k: v for k, v in answers.items() if k != "same"}, parked=parked, media=media)
    begun, say, do = urgent.opened(begun)
    return form.proceed(begun, say, dos=(do,))


def _raised(turn: Turn, aid: str) -> Outcome | None:
    """An open case that gets worse before the crew is there is urgent from now on."""
    case = known.open_case(turn)
    if not case and (meant := alarm.at_hand(turn)) is not None:
        case, aid = {"ticket_id": meant.id, "state": meant.state}, aid or urgent.hazard(turn.text, "水")
    if not case or case["state"] not in RAISED:
        return None
    do = Do("repair.update", {"ticket_id": case["ticket_id"], "urgent": True})
    return form.aside(turn, turn.say("urgent.raised", hazard=aid), dos=(do,))


def _one_fault(turn: Turn, category: str | None) -> bool:
    """“我家那个马桶”, then “一直在流水”; “水槽漏水”, then “柜子里全是水”: what was begun is told to the end.

    Another room or another trade is another fault; what names no thing of its own (“越来越大了”) belongs to what was
    named, and water is one fault however far it has come.
    """
    draft = turn.state.answers
    if "problem" not in draft or draft.get("category") == category:
        return True
    told = faults.read(normalise.flat(turn.text))
    if told.broken and told.room and told.room not in f"{draft.get('place', '')}{draft['problem']}":
        return False
    if not fault_words.names_a_thing(turn.text) or turn.means("tells_wet") and acts.says("tells_wet", draft["problem"]):
        return True
    return known.kin(category, draft.get("category") or "其他") and not faults.read(draft["problem"]).broken


def _tells_a_fault(turn: Turn) -> bool:
    """“3 刚修完又爆了，全是水” scores a repair, and tells of the next one; “现在喷得到处都是” goes on with a report."""
    if turn.state.script == "repair" and not turn.intent:
        return True
    return turn.intent == "repair" or (turn.intent == "satisfaction_reply" and turn.heard.reading.has("repair"))


def chase(turn: Turn) -> Outcome | None:
    """怎么还没来: recorded on the open case, with what is known; never a second case."""
    if not turn.facts.tickets or turn.state.script in ("repair", "cancel") or not turn.means("chase"):
        return None
    ticket = which(turn)
    do = Do("repair.chase", {"ticket_id": ticket.id, "words": turn.text})
    return form.aside(turn, turn.say("ticket.chased", urgent=ticket.urgent), dos=(do,))


def progress(turn: Turn) -> Outcome | None:
    """到哪了: where each open repair stands."""
    asked = turn.intent == "progress" or (turn.heard.event == "click" and turn.heard.key == "MENU_PROGRESS")
    names_it = turn.heard.kind == "event" or turn.means("names_progress")
    if not asked or not (names_it or not form.script_of(turn) and turn.means("temper")):
        return None
    if not turn.facts.tickets and turn.heard.kind != "event" and turn.heard.reading.top.confidence < SURE_OF_NONE:
        return None  # a guess tells nobody that there is no repair
    if turn.facts.tickets:
        lines = [{"number": t.number, "label": t.label, "state": t.state} for t in turn.facts.tickets]
        look = Do("repair.look", {"numbers": [t.number for t in turn.facts.tickets]})
        return form.aside(turn, turn.say("ticket.progress", tickets=lines), dos=(look,))
    coming = turn.state.script == "repair" and re.search(r"来|到|上门|师傅", turn.text)
    return form.aside(turn, turn.say("repair.soon" if coming else "ticket.none"))


def crew_number(turn: Turn) -> Outcome | None:
    """“师傅电话给我一个”: a crew's own number is nobody's to give; it calls before it sets out."""
    if not turn.means("wants_crew_number") or not turn.facts.tickets or not turn.worded:
        return None
    return form.aside(turn, turn.say("ticket.crew_number", number=turn.facts.tickets[0].number))


def attach(turn: Turn) -> Outcome | None:
    """A photo or recording outside a dialog belongs to the open repair; without one it begins a report."""
    if not turn.media:
        return None
    if turn.facts.tickets:
        ticket = which(turn)
        do = Do("repair.attach", {"ticket_id": ticket.id, "media": list(turn.media)})
        said = turn.say("ticket.attached", number=ticket.number, kind=turn.heard.kind)
        return None if turn.text and turn.heard.kind == "voice" else form.aside(turn, said, dos=(do,))
    if turn.text or turn.state.script:
        return None
    return form.begin(turn, "repair", turn.say("form.media", photos=1, kind=turn.heard.kind))


def cancel_case(turn: Turn) -> Outcome | None:
    """取消 without an open dialog means the open repair: asked once for the reason. “别取消” keeps it."""
    if turn.means("not_cancelled") and turn.facts.tickets and turn.worded and not turn.state.script:
        return form.aside(turn, turn.say("ticket.kept", number=which(turn).number))
    if not (turn.slots.command == "cancel" or called_off(turn)):
        return None
    if form.script_of(turn) not in (None, urgent.SCRIPT) or not turn.facts.tickets or turn.facts.survey:
        return None
    listed = [[t.id, t.number, t.label] for t in turn.facts.tickets if t.own]
    if not listed:
        return form.aside(turn, turn.say("ticket.not_own", number=turn.facts.tickets[0].number))
    if all(t.state == "on_site" for t in turn.facts.tickets if t.own):
        return form.aside(turn, turn.say("errors.cancel_on_site", number=listed[0][1]))
    if part := _one_of_several(turn):
        return part
    answers: dict[str, Any] = {"tickets": listed, "words": turn.text}
    if len(listed) == 1:
        answers |= dict(zip(("ticket_id", "number", "label"), listed[0], strict=True))
    parked = turn.put_aside if turn.state.script == "urgent" else turn.state.parked
    return form.proceed(turn.start("cancel", "ticket", answers, parked=parked))


def _one_of_several(turn: Turn) -> Outcome | None:
    """“门锁不用修了” of a case that holds more than the lock: its crew is told, the case stays."""
    own = [ticket for ticket in turn.facts.tickets if ticket.own]
    several = [(ticket, parts) for ticket in own if len(parts := ITEM.split(ticket.label)) > 2]
    for ticket, parts in several:
        named = [part for part in parts if part and fault_words.names(turn.text, part)]
        if len(named) == 1:
            return amend.noted(turn, ticket)
    return None


def called_off(turn: Turn) -> bool:
    """Whether the words say that nobody needs to come: no question, and nothing else broken in the same breath."""
    if not turn.facts.tickets or not turn.worded:
        return False
    text = turn.text if turn.means("called_off") else normalise.flat(turn.text)  # 唔使嚟啦 is 不用来了
    if any(acts.says(act, text) for act in ("question", "still", "not_cancelled")):
        return False
    open_script = form.script_of(turn)
    off = acts.says("called_off", text) or (open_script is urgent.SCRIPT and _relieved(text))
    if not off or open_script not in (None, urgent.SCRIPT):
        return False
    told = (one for one in readers.CLAUSE.split(text) if not (acts.says("called_off", one) or acts.says("gone", one)))
    return not any(read(one).slots.problem for one in told if not acts.says("denies_fault", one))


def _relieved(text: str) -> bool:
    """It is over by itself; whoever shut the water off still wants the pipe mended."""
    return acts.says("gone", text) and not acts.says("shut_off", text)


def time_offered(turn: Turn) -> Outcome | None:
    """The answer to the other time that a crew asked for: only a yes moves anything, and it is kept in their words."""
    ticket = _time_asked(turn)
    if ticket is None or not turn.worded or _asked_since(turn, ticket):
        return None
    agreed = readers.agrees(turn) or turn.means("suits", "agrees_to_time")
    refused = not agreed and bool(readers.refuses(turn) or turn.means("unsuited"))
    if not agreed and not refused or _about_else(turn):
        return None
    if refused and _own_time(turn):
        return None
    if not ticket.time_asked_last and not turn.means("about_time"):
        return _time_asked_before(turn, ticket)
    do = Do("repair.answer_time", {"ticket_id": ticket.id, "agreed": agreed, "words": turn.text[:300]})
    return form.aside(turn, turn.say("ticket.time_agreed" if agreed else "ticket.time_kept"), dos=(do,))


def _about_else(turn: Turn) -> bool:
    """“油烟机吸力不行”, “可以用公积金吗” answer no crew that asked for another time."""
    top = turn.heard.reading.top
    own = ("thanks_bye", "appointment", "progress", "human", "unsubscribe")
    other = top.name in readers.ELSEWHERE | {"repair", "satisfaction_reply"} and top.name not in own
    asks = turn.means("question") and not turn.means("about_time")
    return bool(turn.slots.problem) or asks or (other and top.confidence >= 0.5 and not turn.means("about_time"))


def _time_asked(turn: Turn) -> TicketRef | None:
    """The case whose crew waits for a yes: of several the one that the words name, else the one asked last."""
    asked = [one for one in turn.facts.tickets if one.own and one.time_asked_at]
    place = turn.slots.place
    named = [one for one in asked if one.number == turn.slots.number or place and place in one.label]
    return max(named or asked, key=lambda one: (one.time_asked_last, one.time_asked_at), default=None)


def speaks_of_time(turn: Turn) -> bool:
    """Whether a yes is the crew's that asked for another time: nothing was said since, or the words speak of it."""
    ticket = _time_asked(turn)
    return ticket is not None and (ticket.time_asked_last or turn.means("about_time"))


def _time_asked_before(turn: Turn, ticket: TicketRef) -> Outcome | None:
    """Something else was said since the crew asked: what is meant is asked, unless somebody else waits for a yes."""
    facts = turn.facts
    if form.script_of(turn) or facts.survey or facts.quotes or turn.state.parked or ticket.time_asked is None:
        return None
    start, end = ticket.time_asked
    said = turn.say("ticket.time_which", label=ticket.label, start=start.isoformat(), end=end.isoformat())
    return form.aside(turn, said)


def _own_time(turn: Turn) -> bool:
    """Whether the no comes with another time to come; “今天就得修” names none."""
    start = (readers.offered_time(turn) or {}).get("when_start")
    return bool(start) and start > turn.facts.now.isoformat()


def _asked_since(turn: Turn, ticket: TicketRef) -> bool:
    """Whether an open dialog asked something after the crew did: then a bare 好 is the dialog's."""
    touched = turn.state.touched_at
    return bool(form.script_of(turn) and touched and ticket.time_asked_at and touched > ticket.time_asked_at)
