"""预约: 量房 or 到店, one of the free times, where, phone. Booked in the turn that has it all; moved the same way.

The times that were offered are kept with the draft: “2” means the second of those that the person read.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.heard import Do, Facts, Outcome, Say, Slot
from bot.leads import VisitRef
from bot.scripts import contact, readers, spans
from bot.scripts.script import Answers, Ask, Refusal, Script
from bot.scripts.turn import Turn
from bot.understanding import acts
from bot.understanding.reading import When
from models.worktime import local_day

#: So many times are offered at once, and of one day at most so many.
OFFERED, A_DAY = 6, 2


def spot_visit(turn: Turn) -> Answers | None:
    """Which kind the words mean; the kind of a visit that is being moved stays."""
    if "moving" in turn.state.answers:
        return None
    visit = visit_of(turn.text)
    return {"visit": visit} if visit else None


def visit_of(text: str) -> str:
    """measure, showroom or ""."""
    return "measure" if acts.says("names_measuring", text) else "showroom" if acts.says("names_store", text) else ""


def read_visit(turn: Turn) -> Answers | None:
    """Which kind when it was asked: by number or in words."""
    option = turn.slots.option
    visit = {1: "measure", 2: "showroom"}.get(option or 0) or visit_of(turn.text)
    return {"visit": visit} if visit else None


def merge(turn: Turn, given: Answers) -> Answers:
    """Once the kind is known there are times to offer; another kind has other times."""
    answers = {**turn.state.answers, **given}
    visit = answers.get("visit")
    if visit and ("offered" not in answers or visit != turn.state.answers.get("visit")):
        found = spot_slot(replace(turn, state=replace(turn.state, answers=answers)))
        answers |= found or {"offered": free_now(turn, visit)}
    return answers


def spread(slots: Sequence[Slot]) -> list[Slot]:
    """The next times, not all of them of the same day."""
    chosen: list[Slot] = []
    for slot in slots:
        same_day = [one for one in chosen if (slot.start - one.start) < dt.timedelta(hours=12)]
        if len(same_day) < A_DAY and len(chosen) < OFFERED:
            chosen.append(slot)
    return chosen


def plain(slots: Sequence[Slot]) -> list[list[str]]:
    """Times as a draft keeps them."""
    return [[slot.start.isoformat(), slot.end.isoformat()] for slot in slots]


def free_now(turn: Turn, visit: str) -> list[list[str]]:
    """The times to offer first, as a draft keeps them."""
    return plain(spread(turn.facts.free_slots(visit)))


def other_times(turn: Turn, visit: VisitRef) -> list[list[str]]:
    """What is free instead of a booked visit: its own time is none, nor is a day on which they say they cannot."""
    away = turn.slots.time if turn.means("hindered") else None
    days = {local_day(away.start), local_day(away.end - dt.timedelta(minutes=1))} if away else set()
    free = [slot for slot in turn.facts.free_slots(visit.visit) if slot.start != visit.start]
    return plain(spread([slot for slot in free if local_day(slot.start) not in days] or free))


def _chosen(slot: Sequence[str]) -> Answers:
    return {"when_start": slot[0], "when_end": slot[1], "gone": False, "busy": False, "past": False}


def spot_slot(turn: Turn) -> Answers | None:
    """A time in the words: the one free time that it means, those of that span to choose from, or the next ones."""
    visit, time = turn.state.answers.get("visit"), _time(turn)
    if turn.slots.correction and turn.slots.option and not time and "when_start" in turn.state.answers:
        return read_slot(turn)
    free = turn.facts.free_slots(visit) if visit else ()
    if free and turn.means("any_time_will_do") and "when_start" not in turn.state.answers:
        return _chosen(plain(free)[0])
    if not free or not time:
        return None
    if spans.over(time, turn.facts.now):
        return {"offered": plain(spread(free)), "past": True, "busy": False, "gone": False}
    fit = spans.fitting(free, time, spans.days_of(turn.state.answers, turn.facts))
    if len(fit) == 1:
        return _chosen(plain(fit)[0])
    later = [slot for slot in free if slot.start >= time.start]
    return {"offered": plain(spread(fit or later or free)), "busy": not fit, "gone": False, "past": False}


def _time(turn: Turn) -> When | None:
    """The time that is wanted; “周二有事，改到周六” wants Saturday."""
    if not turn.slots.time or not turn.means("hindered"):
        return turn.slots.time
    wanted = readers.offered_time(turn)
    if not wanted or not wanted.get("when_start"):
        return None
    ends = (dt.datetime.fromisoformat(wanted[name]) for name in ("when_start", "when_end"))
    return When(*ends, text_zh=wanted["when_text"])


def read_slot(turn: Turn) -> Answers | None:
    """One of the offered times: by number, in words, or any; what was taken meanwhile is offered no more."""
    answers, option = turn.state.answers, turn.slots.option
    free = turn.facts.free_slots(answers.get("visit", ""))
    offered = [slot for slot in answers.get("offered", ()) if isinstance(slot, list | tuple)]
    still = [slot for slot in offered if slot in plain(free)]
    if option and option <= len(offered):
        return _chosen(offered[option - 1]) if offered[option - 1] in still else _again(free)
    if turn.means("any_time_will_do") and not turn.slots.command:
        return _chosen(still[0]) if still else _again(free)
    if free and spans.over(_time(turn), turn.facts.now):
        return Refusal("repair.when_past")
    return spot_slot(turn)


def _again(free: Sequence[Slot]) -> Answers:
    return {"offered": plain(spread(free)), "gone": True, "busy": False, "past": False}


def _slot_facts(turn: Turn) -> Mapping[str, Any]:
    answers = turn.state.answers
    slots = [{"start": start, "end": end} for start, end in answers.get("offered", ())]
    return {
        "slots": slots, "visit": answers.get("visit"), "gone": answers.get("gone") or None,
        "busy": answers.get("busy") or None, "past": answers.get("past") or None, "moving": "moving" in answers or None,
    }  # fmt: skip


def read_phone(turn: Turn) -> Answers | Refusal | None:
    """The phone when it was asked, with a name beside it."""
    given = readers.phone(turn) or ({"phone": ""} if contact.withheld(turn) else None)
    return {**given, **(readers.spot_phone(turn) or {})} if isinstance(given, dict) else given


def facts_of(turn: Turn) -> Mapping[str, Any]:
    """What “接着…吗”, a cancel and the end may name."""
    answers = turn.state.answers
    house = answers.get("house") or (turn.facts.lead.house if turn.facts.lead else "")
    own = turn.facts.houses[0].label if len(turn.facts.houses) == 1 else ""
    return {
        "visit": answers.get("visit"), "when_start": answers.get("when_start"), "when_end": answers.get("when_end"),
        "house": house or own or None, "address": turn.facts.showroom.get("address"),
        "moving": "moving" in answers or None,
    }  # fmt: skip


def _house_facts(turn: Turn) -> Mapping[str, Any]:
    houses = [one.label for one in readers.offered(turn)]
    return {name: turn.state.answers.get(name) for name in ("house_part", "house_room")} | {"houses": houses}


def _house_needed(answers: Answers, facts: Facts) -> bool:
    known = len(facts.houses) == 1 or (facts.lead and facts.lead.house)
    return answers.get("visit") == "measure" and not known and "moving" not in answers


def _phone_needed(answers: Answers, facts: Facts) -> bool:
    return not facts.has_phone and not (facts.lead and facts.lead.has_phone) and "moving" not in answers


def leave(turn: Turn) -> Outcome | None:
    """Out of the plan: such a visit is booked already, nothing is free, or the chosen time went while we talked."""
    answers = turn.state.answers
    visit = answers.get("visit")
    if not visit:
        return None
    if "moving" not in answers and (own := [one for one in turn.facts.visits if one.visit == visit]):
        return turn.leave(turn.say("appointment.have", visit=visit, when_start=own[0].start, when_end=own[0].end))
    free = plain(turn.facts.free_slots(visit))
    if not free:
        ask = Do("conversation.hand_over", {"reason": "appointment", "words": turn.text})
        return turn.leave(turn.say("appointment.full"), turn.say("hand_over.wait"), dos=(ask,))
    # After days of rest some of the times on the list are over.
    if "when_start" not in answers and not all(one in free for one in answers.get("offered") or [None]):
        return _without(turn, {"offered": free_now(turn, visit), "gone": False})
    chosen = [answers.get("when_start"), answers.get("when_end")]
    if "when_start" in answers and chosen not in free:
        return _without(turn, _again(turn.facts.free_slots(visit)))
    return None


def _without(turn: Turn, offer: Answers) -> Outcome:
    """The time is asked again, with what is free now."""
    kept = {name: value for name, value in turn.state.answers.items() if name not in ("when_start", "when_end")}
    turn = turn.become(answers={**kept, **offer}, step="slot")
    return turn.stay(turn.say("appointment.ask_slot", **_slot_facts(turn)))


def finish(turn: Turn) -> Outcome:
    """Booked or moved; where somebody else was faster the time is asked again."""
    answers = turn.state.answers
    args = {name: answers[name] for name in ("visit", "house", "phone", "name") if answers.get(name)}
    args |= {"start": answers["when_start"], "house": facts_of(turn)["house"] or ""}
    do, key = Do("appointment.book", args), "appointment.booked"
    if "moving" in answers:
        do = Do("appointment.move", {"appointment_id": answers["moving"], "start": answers["when_start"]})
        key = "appointment.moved"
    rest = [slot for slot in turn.facts.free_slots(answers["visit"]) if slot.start.isoformat() != answers["when_start"]]
    again = _without(turn, {"offered": plain(spread(rest)), "gone": False, "busy": False})
    done = turn.leave(turn.say(key, **facts_of(turn)), dos=(do,))
    return replace(done, otherwise=again if rest else None)


def changed(_: Turn, turn: Turn) -> Say:
    """好的，改了。"""
    return turn.say("form.changed")


SCRIPT = Script(
    "appointment",
    start="visit",
    steps=readers.deaf({
        "visit": Ask("appointment.ask_visit", read_visit, "slot", ("visit",), spot=spot_visit, numbered=True),
        "slot": Ask(
            "appointment.ask_slot", read_slot, "house", ("when_start",), spot=spot_slot, facts=_slot_facts,
            numbered=True, asking="time",
        ),
        "house": Ask(
            "appointment.ask_house", readers.house, "phone", ("house",), spot=readers.spot_house, needed=_house_needed,
            facts=_house_facts, numbered=True, why="appointment.why_house", asking="house",
        ),
        "phone": Ask(
            "appointment.ask_phone", read_phone, None, ("phone",), spot=readers.spot_phone, needed=_phone_needed,
            why="appointment.why_phone", skip={"phone": ""}, asking="phone", facts=facts_of,
        ),
    }, to=("repair",)),
    finish=finish,
    facts=facts_of,
    merge=merge,
    changed=changed,
    leave=leave,
    own={name: f"appointment.{name}" for name in ("resume", "parked", "cancel_confirm", "dropped")},
)  # fmt: skip
