"""报修: what, which house, when, phone, review, number. Urgent ones are recorded first and asked afterwards.

Nothing is asked that the records know; a bound customer needs two messages, a stranger at most five.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.heard import Do, Facts, Outcome
from bot.scripts import fault_words, readers
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import faults, normalise

#: Words that begin another fault.
ANOTHER = ("另外", "另一", "还有", "又", "别的", "新的", "再报")
#: Faults of these kinds have one cause more often than two: what drips wets the wall.
WET = frozenset({"水", "防水", "洁具", "墙面", "瓷砖", "地板"})
#: “我要报修” says that something is broken, but not what.
BARE = re.compile(
    r"报修|保修|维修|修理|我家?|你好|您好|想|需要|请|东西|一下|要|有|坏了?|个|师傅|找|人|来|修|\W"
    r"|\b(?:i|we|need|want|would|like|to|have|a|an|some|the|repairs?|please|hello|hi|something|is|broken|my|home)\b",
    re.IGNORECASE,
)


def problem_of(turn: Turn) -> dict[str, Any]:
    """The fault in the customer's words, several kept apart: 1. 厨房漏水；2. 卧室门关不上."""
    slots = turn.slots
    if len(slots.items) > 1:
        lines = [fault_words.clean(turn, item.problem) for item in slots.items]
        out: dict[str, Any] = {"problem": numbered(lines), "items": lines}
    elif slots.problem or turn.intent == "repair":
        out = {"problem": fault_words.clean(turn, slots.problem or turn.text)}
    else:
        return {}
    if slots.place:
        out["place"] = fault_words.without_numbers(slots.place)
    return out | {"category": slots.category or "其他"}


def names_a_fault(turn: Turn) -> bool:
    """Whether anything is left of the words besides wanting a repair, a time, a phone and an address."""
    return any(BARE.sub("", clause) for clause in fault_words.clauses(turn, turn.text))


def numbered(lines: list[str]) -> str:
    """One line for one fault, a numbered list for several."""
    return lines[0] if len(lines) == 1 else "；".join(f"{n}. {line}" for n, line in enumerate(lines, 1))


def spot_problem(turn: Turn) -> Answers | None:
    """A fault, or a correction of its place, from any message. A bare “报修” names none."""
    slots = turn.slots
    more = "problem" in turn.state.answers and turn.means("chase")
    told = slots.problem or (turn.intent == "repair" and not more and turn.heard.kind != "event")
    if len(slots.items) > 1 or (told and names_a_fault(turn)):
        return problem_of(turn)
    out = {"place": slots.place} if slots.place else {}
    return out | ({"category": slots.category} if slots.category and slots.correction else {}) or None


def read_problem(turn: Turn) -> Answers | None:
    """The fault when it was asked: any words long enough to mean one, the crew reads them; no bare address."""
    given = spot_problem(turn) or {}
    free = readers.words(turn)
    if "problem" in given:
        return given | {"bare": True}
    if not free:
        return given or None
    hint = bool(turn.slots.category or turn.slots.place)
    if turn.intent not in ("", "repair") or not fault_words.clauses(turn, free) or (len(free) <= (1 if hint else 4)):
        return None
    return given | {"problem": fault_words.clean(turn, free), "category": turn.slots.category or "其他", "bare": True}


def merge(turn: Turn, given: Answers) -> Answers:
    """Later words win for house, time and phone; a fault is replaced only by a correction, else added to."""
    old, new = dict(turn.state.answers), dict(given)
    fresh = "problem" not in old
    corrected = turn.slots.correction or turn.state.step == "review"
    if fresh:
        return old | new
    if corrected and "problem" not in new and (place := new.get("place")):
        was = old.get("place") or ""
        if len(old.get("items", ())) > 1:
            new.pop("place")
        elif was and was in old["problem"]:
            new["problem"] = old["problem"].replace(was, place)
    elif not turn.slots.correction and (more := new.get("problem")) and more not in old["problem"]:
        new |= _more_of(turn, old, new)
    elif not corrected:
        drop = {"problem", "category", "items"} | ({"place"} if old.get("place") or turn.intent == "repair" else set())
        new = {name: value for name, value in new.items() if name not in drop}
    kept = ("project_id", "when_start", "when_end")
    return old | {name: value for name, value in new.items() if value is not None or name in kept}


def _more_of(turn: Turn, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The fault with what was said of it now: its own line for another fault, the same line for more about this one."""
    lines, more = list(old.get("items", [old["problem"]])), list(new.get("items", [new["problem"]]))
    if _another(turn, old, new):
        lines += more
    else:
        lines[-1] = added(lines[-1], new["problem"])
    category = new.get("category") if old["category"] == "其他" else old["category"]
    return {"items": lines, "problem": numbered(lines), "place": old.get("place"), "category": category}


def _another(turn: Turn, old: dict[str, Any], new: dict[str, Any]) -> bool:
    if len(new.get("items", ())) > 1 or any(word in turn.text for word in ANOTHER):
        return True
    if not turn.slots.problem or turn.means("next_door"):
        return False
    room, known = turn.slots.place_room or turn.slots.place, f"{old.get('place') or ''}{old['problem']}"
    if room and old.get("place") and room not in known:
        return True
    kinds = {old["category"], new.get("category", "其他")} - {"其他"}
    return len(kinds) == 2 and not kinds <= WET and fault_words.names_a_thing(turn.text)


def added(before: str, told: str) -> str:
    """One line of both: 天花板 + 漏水了 is 天花板漏水了."""
    if told in before:
        return before
    if before in told:
        return told
    only_a_place = len(before) <= 6 and not faults.read(before).broken
    comma = ", " if before.isascii() and told.isascii() else "，"
    return (before + told if only_a_place else f"{before}{comma}{told}")[:500]


def what(answers: Answers) -> str:
    """The fault in one line, with the place when the words do not name it."""
    text, place = answers.get("problem", ""), answers.get("place")
    said = place and (place in text or place in normalise.flat(text))
    return f"{place}：{text}" if place and not said and text else text


def facts_of(turn: Turn) -> Mapping[str, Any]:
    """What the review, “接着报修吗” and a cancel may name; None where nothing is known yet."""
    answers, facts = turn.state.answers, turn.facts
    return {
        "what": what(answers) or None,
        "house": answers.get("house") or (facts.houses[0].label if len(facts.houses) == 1 else None),
        "when_start": answers.get("when_start"),
        "when_end": answers.get("when_end"),
        "when_text": answers.get("when_text"),
        "phone": answers.get("phone") or (facts.phone or None),
        "photos": len(turn.state.media) - int(answers.get("recordings", 0)),
        "recordings": answers.get("recordings"),
        "house_part": answers.get("house_part"),
        "house_room": answers.get("house_room"),
        "houses": [house.label for house in readers.offered(turn)] if not answers.get("house") else [],
        "number": answers.get("number"),
        "earlier": answers.get("earlier"),
    }


def changed(before: Turn, turn: Turn) -> Any:
    """好的，改成主卧。 – the new value of what was corrected, or simply that it was."""
    old, now = before.state.answers, facts_of(turn)
    for name, key in (("place", "place"), ("house", "house"), ("phone", "phone"), ("when_text", "when_text")):
        value = turn.state.answers.get(name)
        if value and value != old.get(name):
            return turn.say("repair.changed", field=key, value=value, **{k: now[k] for k in ("when_start", "when_end")})
    before_words, words = old.get("problem"), turn.state.answers.get("problem")
    grown = before_words and words and words != before_words and not turn.slots.correction
    return turn.say("repair.noted" if grown else "form.changed")


def arguments(turn: Turn, urgent: bool = False) -> dict[str, Any]:
    """What repair.open is given."""
    answers, facts = turn.state.answers, turn.facts
    only = facts.houses[0] if len(facts.houses) == 1 and "house" not in answers else None
    return {
        "project_id": only.id if only else answers.get("project_id"),
        "house_text": only.label if only else answers.get("house") or answers.get("house_room", ""),
        "category": answers.get("category", "其他"),
        "place": answers.get("place", ""),
        "problem": answers.get("problem", ""),
        "urgent": urgent,
        "when_start": answers.get("when_start"),
        "when_end": answers.get("when_end"),
        "when_text": answers.get("when_text", ""),
        "phone": answers.get("phone"),
        "name": answers.get("name"),
        "media": list(turn.state.media),
        **({"items": apart} if (apart := fault_words.apart(answers.get("items") or ())) else {}),
        **({"earlier_id": answers["earlier_id"]} if "earlier_id" in answers else {}),
        **({"of_complaint": True} if answers.get("of_complaint") else {}),
    }


def finish(turn: Turn) -> Outcome:
    """Submitted, once: the dialog is over in the same turn."""
    shown = {name: value for name, value in facts_of(turn).items() if name != "number"}
    recorded = turn.say("repair.recorded", **shown)
    return turn.leave(recorded, dos=(Do("repair.open", arguments(turn)),))


def read_same(turn: Turn) -> Answers | None:
    """Whether it is the fault of the open case."""
    slots = turn.slots
    if slots.option == 2 or readers.refuses(turn) or turn.means("other_one"):
        return {"same": "no"}
    return {"same": "yes"} if slots.yes is True or slots.option == 1 or turn.means("same_one") else None


def leave(turn: Turn) -> Outcome | None:
    """The same fault again is a 催单 on the open case, or the next round of the mended one; never a second case."""
    answers = turn.state.answers
    if answers.get("same") != "yes":
        return None
    if answers.get("state") == "done":
        return turn.leave(turn.say("repair.reopened"), dos=(Do("repair.reopen", _again(turn)),))
    args = {"ticket_id": answers["ticket_id"], "words": answers.get("problem", "")}
    attach = (Do("repair.attach", {"ticket_id": answers["ticket_id"], "media": list(turn.state.media)}),)
    dos = (Do("repair.chase", args), *(attach if turn.state.media else ()))
    return turn.leave(turn.say("ticket.chased", urgent=False), dos=dos)


def _again(turn: Turn) -> dict[str, Any]:
    """What repair.reopen is given."""
    answers = turn.state.answers
    names = ("when_start", "when_end", "when_text", "phone")
    return {
        "ticket_id": answers["ticket_id"], "words": answers.get("problem") or turn.text,
        "media": list(turn.state.media), **{name: answers[name] for name in names if answers.get(name)},
    }  # fmt: skip


def _asked_same(answers: Answers, _: Facts) -> bool:
    return "ticket_id" in answers


def _house_unknown(_: Answers, facts: Facts) -> bool:
    return len(facts.houses) != 1


def _phone_unknown(_: Answers, facts: Facts) -> bool:
    return not facts.has_phone


def _agreeing_phone(turn: Turn) -> Any:
    """After a long way the card stood right above this question, so the number is the agreement as well."""
    given = readers.phone(turn)
    agreed = _long_way(turn.state.answers) and not turn.slots.correction
    return given | {"agreed": True} if isinstance(given, dict) and agreed else given


def _long_way(answers: Answers) -> bool:
    """Whether a review of its own would be the sixth message: the fault had to be asked for."""
    return bool(answers.get("bare")) and not answers.get("edited")


def _phone_facts(turn: Turn) -> Mapping[str, Any]:
    return {**facts_of(turn), "closing": _long_way(turn.state.answers)}


SCRIPT = Script(
    "repair",
    start="same",
    steps={
        "same": Ask(
            "repair.ask_same", read_same, "problem", ("same",), needed=_asked_same, numbered=True,
            facts=lambda turn: turn.state.answers,
        ),
        "problem": Ask(
            "repair.ask_problem", read_problem, "house", ("problem",), spot=spot_problem, line=2, asking="problem",
        ),
        "house": Ask(
            "repair.ask_house", readers.house, "time", ("house",), spot=readers.spot_house, line=1, numbered=True,
            needed=_house_unknown, facts=facts_of, why="repair.why_house", asking="house",
        ),
        "time": Ask(
            "repair.ask_when", readers.time, "phone", ("when_text",), spot=readers.spot_time, line=3, facts=facts_of,
            why="repair.why_when", skip={"when_text": ""}, asking="time",
        ),
        "phone": Ask(
            "repair.ask_phone", _agreeing_phone, None, ("phone",), spot=readers.spot_phone, line=4, facts=_phone_facts,
            needed=_phone_unknown, why="repair.why_phone", again="repair.ask_phone_again", skip={"phone": ""},
            asking="phone",
        ),
    },
    finish=finish,
    review="repair.review",
    facts=facts_of,
    merge=merge,
    changed=changed,
    leave=leave,
)  # fmt: skip
