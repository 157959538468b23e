"""Urgent repairs: recorded before anything is asked; what is learnt afterwards is added to the case at once."""

import re
from typing import Any

from bot.heard import Do, Facts, Outcome
from bot.scripts import fault_words, over, readers, repair
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts

GAS = re.compile(r"煤气|燃气|天然气|沼气|\bgas\b|meiqi|ranqi", re.IGNORECASE)
FIRE = re.compile(r"焦|烧|冒烟|着火|起火|火花|糊味|smoke|burn|fire", re.IGNORECASE)
POWER = re.compile(r"电|闸|灯|插座|power|spark", re.IGNORECASE)
LOCKED = re.compile(r"锁在|反锁|困在|被困|出不来|locked in|trapped", re.IGNORECASE)
FALL = re.compile(r"塌|掉下|掉了|砸|ceiling", re.IGNORECASE)
#: What is wet, whatever it has reached.
WET = re.compile(r"水|漏|淹|湿|泡|渗|滴|喷|\b(?:water|leak|flood|wet|drip)", re.IGNORECASE)
#: Something heavy comes down: whoever stands below is in more danger than from the water or the lamp's wire …
FALLING = re.compile(
    r"(?:灯|吊顶|天花板?|顶|板|柜|架|墙|砖|玻璃|镜|热水器|浴霸|空调|外机|油烟机|风扇|吊扇|石材|大理石|窗|门|梁)[^，。]{0,8}(?:掉|塌|砸|坠|倒|垮|落下)"
    r"|砸(?:到|伤|着|中)|\b(?:fall|collaps)",
    re.IGNORECASE,
)
#: … unless current lies open.
LIVE = re.compile(r"漏电|触电|带电|电线|电箱|插座|开关|跳闸|[没停]电|\bwire|electric shock", re.IGNORECASE)
#: Answers that the case keeps under the same name.
TOLD = ("phone", "name", "problem", "place", "category", "when_start", "when_end", "when_text")


def hazard(text: str, category: str) -> str:
    """Which first aid applies: gas, fire, locked, fall, water, stuck (its valve), power or "" (no advice)."""
    for pattern, name in ((GAS, "gas"), (FIRE, "fire"), (LOCKED, "locked")):
        if pattern.search(text):
            return name
    if FALLING.search(text) and not LIVE.search(text):
        return "fall"
    if category in ("水", "防水", "洁具"):
        return "stuck" if acts.says("stuck", text) or over.OPEN_STILL.match(text) else "water"
    if category == "电" or POWER.search(text):
        return "power"
    return "fall" if FALL.search(text) else ""


def opened(turn: Turn) -> tuple[Turn, Any, Do]:
    """The turn in the urgent dialog, the words to say and the verb that records the case."""
    answers = turn.state.answers
    aid = hazard(f"{answers.get('problem', '')}{turn.text}", answers.get("category", ""))
    if aid == "water" and over.OPEN_STILL.match(turn.text):
        aid = "stuck"
    say = turn.say("urgent.recorded", **{**repair.facts_of(turn), "hazard": aid, "number": None})
    return turn, say, Do("repair.open", repair.arguments(turn, urgent=True), keep=("ticket_id", "number"))


def effects(before: Turn, after: Turn) -> tuple[Do, ...]:
    """New answers and photos go to the case at once: the crew is already on its way."""
    old, new = before.state.answers, after.state.answers
    ticket = new.get("ticket_id")
    names = {"house_room": "house_text", "house": "house_text", "project_id": "project_id"}
    names |= {name: name for name in TOLD}
    args = {names[name]: value for name, value in new.items() if name in names and value != old.get(name)}
    if "problem" in args and (items := fault_words.apart(new.get("items") or ())):
        args["items"] = items
    media = list(after.state.media[len(before.state.media) :])
    update = (Do("repair.update", {"ticket_id": ticket, **args}),) if args else ()
    return update + ((Do("repair.attach", {"ticket_id": ticket, "media": media}),) if media else ())


def read_check(turn: Turn) -> Answers | None:
    """Whether the house we know is the one; another address is the better answer."""
    if given := readers.spot_house(turn):
        return given | {"checked": True}
    if readers.agrees(turn):
        return {"checked": True}
    return {"checked": False} if readers.refuses(turn) else None


def _one_house(_: Answers, facts: Facts) -> bool:
    return len(facts.houses) == 1


def _house_open(answers: Answers, facts: Facts) -> bool:
    return len(facts.houses) != 1 or answers.get("checked") is False


def _never(_: Answers, __: Facts) -> bool:
    return False


def _later(turn: Turn) -> Answers | None:
    """A time to come that is hardly more than itself: “明天下午两点吧 我在家”."""
    given = readers.spot_time(turn)
    return given if given and given.get("when_start") and turn.intent != "repair" else None


def _phone_unknown(_: Answers, facts: Facts) -> bool:
    return not facts.has_phone


def finish(turn: Turn) -> Outcome:
    """All is known; the crew comes."""
    return turn.leave(turn.say("urgent.done", **repair.facts_of(turn)))


SCRIPT = Script(
    "urgent",
    start="check",
    steps={
        "check": Ask(
            "urgent.ask_check", read_check, "house", ("checked", "house"), spot=readers.spot_house, needed=_one_house,
            facts=repair.facts_of, asking="house",
        ),
        "house": Ask(
            "urgent.ask_house", readers.house, "phone", ("house",), spot=readers.spot_house, needed=_house_open,
            facts=repair.facts_of, numbered=True, asking="house",
        ),
        "phone": Ask(
            "urgent.ask_phone", readers.phone, "time", ("phone",), spot=readers.spot_phone, needed=_phone_unknown,
            facts=repair.facts_of, why="repair.why_phone", skip={"phone": ""}, asking="phone",
        ),
        # Never asked: who cannot be in at once says so, and the crew comes then.
        "time": Ask("repair.ask_when", readers.spot_time, None, ("when_text",), spot=_later, needed=_never),
    },
    finish=finish,
    facts=repair.facts_of,
    effects=effects,
    changed=repair.changed,
    light=True,
)  # fmt: skip
