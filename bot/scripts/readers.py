"""Readers: what counts as an answer. Each returns the answers a message gives, a Refusal, or None.

Words are understood in bot.understanding; here stands only what depends on the question that was asked.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.heard import House
from bot.scripts import contact, estates
from bot.scripts.script import Answers, Ask, Refusal
from bot.scripts.turn import Turn
from bot.understanding import acts, faults, read
from bot.understanding.replies import agreement
from models.worktime import SHANGHAI
from phones import surname

#: Intents that are surely about something else than the question that was asked.
ELSEWHERE = frozenset({
    "human", "complaint", "unsubscribe", "progress", "appointment", "bind", "warranty_question", "enquiry_price",
    "enquiry_design", "enquiry_process", "enquiry_material", "enquiry_showroom", "gift_activity", "suggestion",
    "thanks_bye", "greeting",
})  # fmt: skip
SHIFT_TO = re.compile(
    r"(?:改|换|推迟|延后|提前|挪)(?:成|到|为|在)?|\bmake it\b"
    r"|\b(?:move|change|reschedul|postpone|push|shift)(?:e|ed|ing)?\b[^.,]*?\bto\b",
    re.IGNORECASE,
)
#: Blanks part Chinese words only: “Friday 3 pm” is one piece, “不行 后天” are two.
CLAUSE = re.compile(r"[，,。；;！!\n]+|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])|(?<=家)(?=[改换])")
#: A part of the day told with a fault is when it is so, 晚上吵得睡不着, unless somebody is at home then.
PART = re.compile(r"(?:每天)?(?:凌晨|半夜|夜里|晚上|早上|白天|傍晚)")
STOP = re.compile(r"[，,。.!！~～\s]+|谢谢你?|please|thanks?", re.IGNORECASE)
#: A yes in more letters than these says something else.
PLAIN = 6
#: Letters that may stand beside a time without making another matter of it: 也是周四, 那就明天吧.
BESIDE = 3
#: The name of an estate, at the end of what stands before a building's number.
ESTATE = re.compile(
    r"(?!我|住|在|是)[\u4e00-\u9fff]{1,7}(?:小区|公馆|花园|家园|公寓|大厦|广场|新村|[城苑园村府湾庭邸里院郡都汇轩居坊])$"
)
#: The estate at the beginning of a house's name.
NAME = re.compile(r"^[\u4e00-\u9fff]{2,}(?=\d)")
PIECE = re.compile(r"[\s，,。；;：:]+|我家住?在?|[住在是]")


def agrees(turn: Turn) -> bool:
    """Yes, in words or as the first option."""
    slots = turn.slots
    return slots.yes is True or slots.option == 1 or (slots.yes is None and turn.means("agree"))


def refuses(turn: Turn) -> bool:
    """No, in words; a bare 不是 as well."""
    slots = turn.slots
    return slots.yes is False or turn.means("refuse") or (slots.correction and len(turn.text) <= 3)


def agrees_plainly(turn: Turn, *about: str) -> bool:
    """Yes and no more, or with the thing itself: “行，修吧” agrees to no deletion."""
    more = [piece for piece in STOP.split(turn.text) if piece][1:]
    bare = len(turn.text) <= PLAIN and all(agreement(piece) for piece in more)
    return agrees(turn) and (bare or any(word in turn.text for word in about))


def keeps(turn: Turn) -> bool:
    """Whether what was about to go stays: a no, the second option, 留着, 别取消, or a slip of the finger."""
    return refuses(turn) or turn.slots.option == 2 or turn.means("keep") or slipped(turn)


def slipped(turn: Turn) -> bool:
    """Whether it was a slip of the finger, and nothing is put in its place."""
    return turn.means("slip") and not (turn.slots.time or turn.slots.phone)


def elsewhere(turn: Turn) -> bool:
    """Whether the message is a matter of its own: no free-text answer may swallow it."""
    top = turn.heard.reading.top
    return top.name in ELSEWHERE and top.confidence >= 0.5 or turn.slots.robot or bool(turn.slots.command)


def deaf(steps: Mapping[str, Ask], to: Collection[str]) -> dict[str, Ask]:
    """The same steps, deaf to these intents: “对了，厨房漏水，电话138…” is a repair, its number and address too."""

    def half(read: Callable[[Turn], Any]) -> Callable[[Turn], Any]:
        return lambda turn: None if turn.intent in to and turn.heard.reading.top.confidence >= 0.5 else read(turn)

    return {name: replace(ask, read=half(ask.read), spot=half(ask.spot)) for name, ask in steps.items()}


def words(turn: Turn) -> str:
    """The message as a free answer, "" when it is a question, a command or another matter."""
    if not turn.text or not turn.worded or elsewhere(turn) or len(turn.text) < 2:
        return ""
    return "" if turn.means("question") else turn.text[:500]


def phone(turn: Turn) -> Answers | Refusal | None:
    """A phone number; digits that were meant as one and are none are refused with a reason."""
    if turn.slots.phone:
        return {"phone": turn.slots.phone}
    return Refusal("repair.phone_bad") if turn.slots.phone_problem else None


def spot_phone(turn: Turn) -> Answers | None:
    """A phone number of the writer's own, and a name, from any message."""
    slots, phone = turn.slots, contact.own_phone(turn)
    out: dict[str, Any] = {"phone": phone} if phone else {}
    if slots.name or (slots.form and turn.state.answers.get("name")):
        name = slots.name or surname(turn.state.answers["name"])
        out["name"] = name + (slots.form if slots.form and len(name) <= 2 else "")
    return out or None


def spot_time(turn: Turn) -> Answers | None:
    """A span of time that is not over yet; a correction, or hardly a word beside the time, is about nothing else."""
    time = turn.slots.time
    plain = turn.slots.correction or (time and len(turn.text) - len(time.text_zh) <= BESIDE)
    plain = plain or (turn.state.step in ("time", "review") and turn.means("hindered"))
    asked = turn.state.step == "time" and turn.intent in ("appointment", "progress")
    asked = asked and time is not None and len(turn.text) - len(time.text_zh) <= 2 * BESIDE  # 听日下昼得唔得
    if elsewhere(turn) and not (plain or asked):
        return None
    if time and turn.slots.problem and PART.fullmatch(time.text_zh) and not turn.means("at_home"):
        return None
    return offered_time(turn) if time and turn.means("hindered") else window(turn)


def offered_time(turn: Turn) -> Answers | None:
    """The time that is offered where another one falls away: the last one named, after “改到”, without a hindrance.

    A part of a day belongs to the day named right before it: “周三 上午” is no morning of today.
    """
    pieces = [piece for piece in CLAUSE.split(SHIFT_TO.split(turn.text)[-1]) if piece]
    for last in reversed(range(len(pieces))):
        said = ""
        for piece in reversed(pieces[: last + 1]):
            if acts.says("hindered", piece):
                break
            said = f"{piece} {said}".strip() if piece.isascii() else piece + said
            named = read(said, now=turn.facts.now).slots.time
            if named and acts.says("names_a_day", named.text_zh):
                break
        given = window(_saying(turn, said))
        if given and not _busy(turn, pieces, given):
            return given
    return None


def _busy(turn: Turn, pieces: Iterable[str], given: Answers) -> bool:
    """“师傅说明天来，我明天不在家”: the time that falls away is none that is offered."""
    hindered = (read(piece, now=turn.facts.now).slots.time for piece in pieces if acts.says("hindered", piece))
    return any(
        time and time.start.isoformat() <= (given["when_start"] or "") < time.end.isoformat() for time in hindered
    )


def on_its_day(given: Answers, agreed: dt.datetime | None) -> Answers:
    """A time without a day is on the day that was agreed: “改到下午三点” of tomorrow's visit stays tomorrow."""
    if not agreed or not given.get("when_start") or acts.says("names_a_day", given["when_text"]):
        return given
    start, end = (dt.datetime.fromisoformat(given[name]) for name in ("when_start", "when_end"))
    day = agreed.astimezone(SHANGHAI).date()
    later = day - start.astimezone(SHANGHAI).date()
    if later <= dt.timedelta():
        return given
    text = f"{day.month}月{day.day}日{given['when_text']}"
    return {"when_start": (start + later).isoformat(), "when_end": (end + later).isoformat(), "when_text": text}


def _saying(turn: Turn, words: str) -> Turn:
    """The same turn if only these words of it had been said."""
    return replace(turn, heard=replace(turn.heard, text=words, reading=read(words, now=turn.facts.now)))


def window(turn: Turn) -> Answers | None:
    """The span that the words name, whatever else they are about; None when it is over."""
    time = turn.slots.time
    if not time or time.past or time.end <= turn.facts.now:
        return None
    if time.start <= turn.facts.now and (acts.says("any_time", time.text_zh) or acts.says("in_haste", time.text_zh)):
        haste = "尽快" if acts.says("in_haste", time.text_zh) else time.text_zh
        return {"when_text": haste, "when_start": None, "when_end": None}
    return {"when_start": time.start.isoformat(), "when_end": time.end.isoformat(), "when_text": time.text_zh}


def time(turn: Turn) -> Answers | Refusal | None:
    """A time, or words like 随时都行; a time that is over is refused."""
    if given := spot_time(turn):
        return given
    if turn.slots.time and not window(turn):
        return Refusal("repair.when_past")
    free = "" if turn.means("since_when") else words(turn)
    if turn.means("in_haste"):
        return {"when_text": "尽快"}
    if not free or len(free) > 30 or turn.intent == "repair":
        return None
    return {"when_text": free[:60]} if acts.says("loose_time", free) else None


def _chosen(house: House) -> Answers:
    return {"project_id": house.id, "house": house.label}


def offered(turn: Turn) -> list[House]:
    """The houses that the question lists, in its order."""
    kept = turn.state.answers.get("houses")
    if isinstance(kept, list):
        return [House(*pair) for pair in kept if isinstance(pair, list | tuple) and len(pair) == 2]
    return list(turn.facts.houses)


def address(turn: Turn) -> str:
    """The address as the person wrote it, with an estate that stands right before the building's number."""
    slots = turn.slots
    said = slots.house or slots.estate or ""
    if not slots.house or slots.estate or said not in turn.text:
        return said
    before = turn.text[: turn.text.index(said)].rstrip(" ，,")
    known = slots.time.text_zh if slots.time else ""
    last = PIECE.split(before.replace(known, " ") if known else before)[-1]
    named = ESTATE.search(last)
    return named[0] + said if named and not faults.read(named[0]).category else said


def spot_house(turn: Turn) -> Answers | None:
    """A house from any message: one that the records know, else the words. Several that fit are offered."""
    slots, part = turn.slots, turn.state.answers.get("house_part", "")
    said = address(turn)
    if turn.heard.kind == "location" and turn.text:
        return {"project_id": None, "house": turn.text[:100]} if "house" not in turn.state.answers else None
    if not said:
        return _own_estate(turn)
    whole = estates.completed(turn, said if not part or part in said else f"{part}{said}")
    found = turn.facts.find_houses(slots if whole == said else whole)
    if len(found) == 1:
        return _chosen(found[0])
    if len(found) > 1:
        return {"houses": [[house.id, house.label] for house in found]}
    if not slots.room and not part and not re.search(r"\d", whole):
        return {"house_part": said}
    whole = estates.mended(turn) or whole
    return {"house_room": whole} if estates.missing(turn, whole) else {"project_id": None, "house": whole}


def _own_estate(turn: Turn) -> Answers | None:
    """“翡翠城主卧灯不亮”: the one of several own houses whose estate the words name."""
    if len(turn.facts.houses) < 2 or "house" in turn.state.answers:
        return None
    found = [house for house in turn.facts.houses if (name := NAME.match(house.label)) and name[0] in turn.text]
    return _chosen(found[0]) if len(found) == 1 else None


def house(turn: Turn) -> Answers | None:
    """The house when it was asked: by number, by words of a listed one, as an address, as a location."""
    listed, option = offered(turn), turn.slots.option
    if option and option <= len(listed):
        return _chosen(listed[option - 1])
    meant = set(turn.facts.find_houses(turn.text)) if turn.text else set()
    if len(named := [house for house in listed if turn.text and (house in meant or turn.text in house.label)]) == 1:
        return _chosen(named[0])
    if given := spot_house(turn):
        return given
    free = words(turn)
    if given := estates.told(turn, free):
        return given
    if not free or not acts.says("like_a_house", free) or turn.slots.phone or turn.slots.phone_problem:
        return None
    part = turn.state.answers.get("house_part", "")
    return {"project_id": None, "house": (free if part in free else part + free)[:100]}
