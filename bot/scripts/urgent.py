"""Urgent repairs: recorded before anything is asked; what is learnt afterwards is added to the case at once."""

from typing import Any

from bot.heard import Do, Facts, Outcome
from bot.scripts import fault_words, over, readers, repair
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import acts

#: Answers that the case keeps under the same name.
TOLD = ("phone", "name", "problem", "place", "category", "when_start", "when_end", "when_text")


def hazard(text: str, category: str) -> str:
    """Which first aid applies: gas, fire, locked, fall, water, stuck (its valve), power or "" (no advice)."""
    if acts.says("tells_gas", text):
        return "gas"
    if acts.says("tells_fire", text):
        return "fire"
    if acts.says("tells_locked", text):
        return "locked"
    if acts.says("tells_falling", text) and not acts.says("tells_live", text):
        return "fall"
    if category in ("水", "防水", "洁具"):
        return "stuck" if acts.says("stuck", text) or over.OPEN_STILL.match(text) else "water"
    if category == "电" or acts.says("tells_power", text):
        return "power"
    return "fall" if acts.says("tells_fall", text) else ""


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
