"""What is added to a recorded case: another time for the visit, a right phone or place; to a draft: details."""

import re
from typing import Any

from bot.dialog import form, talk
from bot.heard import Do, Outcome, TicketRef
from bot.scripts import fault_words, known, over, readers, repair, spans
from bot.scripts.turn import Turn
from bot.understanding import acts, faults

#: States in which a visit can still be moved; at the door it is too late (models.desk.repair.repairs.CORRECTABLE).
MOVABLE = frozenset({"reported", "assigned", "accepted", "on_the_way", "handed_back", "reopened"})
#: In English a time alone has hardly more words than these: tomorrow after 6 pm please.
FEW_WORDS = 5


def added(turn: Turn) -> Outcome | None:
    """“门禁密码8899”, “总阀关了”, “楼下也潮了” while no dialog asks: on the case, where its crew reads it."""
    tickets = [ticket for ticket in turn.facts.tickets if ticket.state != "done"]
    if form.script_of(turn) or not tickets or not turn.worded or not _tells_more(turn):
        return None
    return noted(turn, _which(turn, tickets))


def _tells_more(turn: Turn) -> bool:
    slots, top, text = turn.slots, turn.heard.reading.top, turn.text
    another = top.name == "repair" and slots.problem and slots.category
    if slots.yes is not None or slots.command or acts.says("chase", text):
        return False
    if slots.phone and not acts.says("anothers_number", text):
        return False
    if acts.says("question", text) or len(text) < 3 or slots.anger:
        return False
    if over.eased(turn):
        return True
    if another or (top.name not in ("", "repair", "progress", "out_of_scope") and top.confidence >= 0.5):
        return False
    plain = top.name in ("", "repair", "out_of_scope") and not slots.problem and acts.says("tells_detail", text)
    return bool(acts.says("tells_the_way_in", text) or acts.says("no_calls", text) or plain)


def noted(turn: Turn, ticket: TicketRef) -> Outcome:
    """The words are on that case."""
    key = "ticket.eased" if ticket.urgent and over.eased(turn) else "ticket.added"
    do = Do("repair.add", {"ticket_id": ticket.id, "words": turn.text[:500]})
    return form.aside(turn, turn.say(key, number=ticket.number), dos=(do,))


def movable(turn: Turn) -> list[TicketRef]:
    """The open cases whose visit can still be moved, as `which` prefers them."""
    return [ticket for ticket in turn.facts.tickets if ticket.state in MOVABLE]


def shifted(turn: Turn) -> dict[str, Any] | None:
    """The new time that the words give the visit; {} when they only say that the old one falls away; None: neither."""
    slots, text = turn.slots, turn.text
    if not slots.time:
        return (
            {} if turn.facts.tickets and acts.says("shifts", text) and re.search(r"时间|改天|改期|改日", text) else None
        )
    bare = len(text) - len(slots.time.text_zh) <= readers.BESIDE
    bare = bare or (text.isascii() and not turn.intent and len(text.split()) <= FEW_WORDS)
    if acts.says("asks_when_they_come", text) and not acts.says("shifts", text) and not acts.says("hindered", text):
        return None
    if not (
        bare
        or acts.says("shifts", text)
        or acts.says("hindered", text)
        or acts.says("offers_time", text)
        or slots.correction
    ):
        return None
    return readers.offered_time(turn) or {}


def amend(turn: Turn) -> Outcome | None:
    """电话改成…, 下午临时有事，明天上午行吗 after the case was recorded: it reaches the case and its crew."""
    slots, tickets = turn.slots, movable(turn)
    if form.script_of(turn) or not turn.facts.tickets or turn.heard.kind == "event":
        return None
    if turn.intent == "repair" and slots.problem and not slots.correction:
        return None
    if turn.intent in (*talk.FOR_A_PERSON, "complaint", "suggestion") and slots.phone and not slots.correction:
        return None
    time = shifted(turn)
    if time is not None and not tickets:
        return _too_late(turn)
    if time is None and not slots.correction and not slots.phone:
        return None
    if time == {} and spans.over(slots.time, turn.facts.now) and not slots.phone:
        past = turn.say("repair.when_past")
        return form.aside(turn, past, turn.say("ticket.ask_time", number=_which(turn, tickets).number))
    if time == {} and not slots.correction and not slots.phone:
        return form.aside(turn, turn.say("ticket.ask_time", number=_which(turn, tickets).number))
    return _update(turn, tickets, time or {}) if tickets else None


def of_another(turn: Turn) -> Outcome | None:
    """“卫生间改成后天” while a report about another room is open: the visit that is booked moves, the draft stays."""
    answers, text = turn.state.answers, turn.text
    if turn.state.script != "repair" or not turn.slots.time or turn.slots.problem:
        return None
    if fault_words.names(text, f"{answers.get('place') or ''} {answers.get('problem') or ''}"):
        return None
    tickets = [ticket for ticket in movable(turn) if fault_words.names(text, ticket.label)]
    time = shifted(turn) if tickets else None
    return _update(turn, tickets, time) if time else None


def instead(turn: Turn) -> Outcome | None:
    """“明天下午” where it was asked why to cancel: the visit moves, and does not fall away."""
    state = turn.state
    if state.script != "cancel" or state.step != "reason" or turn.slots.command:
        return None
    if turn.means("mended", "gone", "called_off"):
        return None
    kept = [ticket for ticket in movable(turn) if ticket.id == state.answers.get("ticket_id")]
    time = shifted(turn) if kept else None
    if not time:
        return None
    free = turn.become(script="", step="", answers={})
    if turn.means("some_other_time"):
        return form.aside(free, turn.say("ticket.ask_time", number=kept[0].number))
    return _update(free, kept, time)


def _too_late(turn: Turn) -> Outcome | None:
    at_work = [ticket for ticket in turn.facts.tickets if ticket.state == "on_site"]
    return form.aside(turn, turn.say("ticket.too_late", number=at_work[0].number)) if at_work else None


def _update(turn: Turn, tickets: list[TicketRef], time: dict[str, Any]) -> Outcome | None:
    ticket = _which(turn, tickets)
    given = readers.on_its_day(time, ticket.when) | (readers.spot_phone(turn) or {}) | (readers.spot_house(turn) or {})
    fields = {"house": "house_text", "house_room": "house_text"}
    args = {fields.get(name, name): value for name, value in given.items() if name not in ("houses", "house_part")}
    if turn.slots.place:
        args["place"] = turn.slots.place
    if not args:
        return None
    do = Do("repair.update", {"ticket_id": ticket.id, **args})
    window = {name: args.get(name) for name in ("when_start", "when_end", "when_text")}
    said = turn.say("ticket.updated", number=ticket.number, phone=args.get("phone"), **window)
    return form.aside(turn, said, dos=(do,))


def _which(turn: Turn, tickets: list[TicketRef]) -> TicketRef:
    return turn.named(tickets) or tickets[0]


def detail(turn: Turn) -> Outcome | None:
    """“已经两天了”, “楼下也湿了” while a draft is open: told once, kept with the fault, never a misunderstanding."""
    state = turn.state
    if state.script not in ("repair", "urgent") or state.confirming or turn.stale or not state.answers.get("problem"):
        return None
    if not turn.worded:
        return None
    if state.script == "urgent" and over.eased(turn) and (case := _recorded(turn)):
        return noted(turn, case)
    if turn.means("chase"):
        return None if turn.facts.tickets else form.aside(turn, turn.say("repair.soon"))
    if turn.means("announces_photo") and len(turn.text) <= 12:
        return form.aside(turn, turn.say("form.send_photo"))
    if len(turn.text) < 3 or not turn.means("tells_detail", "no_calls"):
        return None
    if turn.means("question") or _another_matter(turn):
        return None
    return _told(turn)


def _recorded(turn: Turn) -> TicketRef | None:
    """The case that the open emergency is recorded on."""
    return next((one for one in turn.facts.tickets if one.id == turn.state.answers.get("ticket_id")), None)


def of_the_same(turn: Turn) -> Outcome | None:
    """“推上去又跳” while an emergency is being recorded: more of that one, unless it is said to be another."""
    answers = turn.state.answers
    if not answers.get("problem") or any(word in turn.text for word in repair.ANOTHER if word != "又"):
        return None
    return _told(turn) if known.kin(turn.slots.category, answers.get("category") or "其他") else None


def _told(turn: Turn) -> Outcome:
    state = turn.state
    script = form.SCRIPTS[state.script]
    told = fault_words.clean(turn, turn.text)
    problem = repair.added(state.answers["problem"], told)
    after = turn.become(answers={**state.answers, "problem": problem, "items": [problem]})
    said = turn.say("repair.noted")
    if problem == state.answers["problem"]:
        return form.aside(turn)
    return form.proceed(after, said, dos=script.effects(turn, after))


def _another_matter(turn: Turn) -> bool:
    """Whether the words surely are no more about the fault: a bill, praise, a person wanted, a number."""
    slots, top = turn.slots, turn.heard.reading.top
    other = readers.ELSEWHERE - {"progress", "complaint", "warranty_question"}
    if top.name in other and top.confidence >= 0.5 and not faults.read(turn.text).broken:
        return True
    return bool(slots.phone or slots.phone_problem or slots.command or slots.robot or slots.anger or slots.house)
