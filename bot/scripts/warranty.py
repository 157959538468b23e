"""“厨房防水还在保吗”: the rule and its last day for the right house; a person where nobody knows the date."""

import re
from dataclasses import replace
from typing import Any

from bot.heard import Do, House, Outcome, State
from bot.scripts import houses
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn
from bot.understanding import read
from templates.notes import note

#: Another item and no more: 木地板呢, 那防水呢, “and the floor?”.
ITEM = re.compile(
    r"^(?:那么?|还有|然后)?(?:我家)?的?(?P<item>[^，。,!！?？]{1,10}?)(?:的?呢|也是?吗?|也一样吗?)?[?？。]*$"
    r"|^(?:and |what about |how about )+(?:the |my )?(?P<english>[a-z ]{3,20}?)\??$",
    re.IGNORECASE,
)
#: Words between the item and what marks it as a question about it.
ASKS = re.compile(r"呢|[?？]|^那|^还有|^(?:and|what about|how about)\b", re.IGNORECASE)


def about(turn: Turn) -> dict[str, Any]:
    """What is asked about, as the words say it: kinds of work and a place; both may be empty."""
    slots = turn.slots
    kinds = ["水", "电"] if "水电" in turn.text else [slots.category] if slots.category else []
    return {"categories": kinds, "place": slots.place or "", "question": turn.text[:200]}


def look(project_id: int, answers: Any) -> Do:
    """The verb that looks it up."""
    args = {"project_id": project_id, "categories": answers.get("categories", []), "place": answers.get("place", "")}
    return Do("warranty.look", args)


def known(answers: Any, house: House | None) -> str:
    """What a colleague must know beside the question: the house, what it is about, and what is missing."""
    kinds = "、".join(answers.get("categories", []))
    told = [note("house", house=house.label)] if house else []
    return "。".join([*told, *([note("kinds", kinds=kinds)] if kinds else []), note("no_completion")])


def of(turn: Turn) -> House | None:
    """The house that was chosen, or the only one."""
    chosen, _ = houses.of(turn)
    return next((house for house in turn.facts.houses if house.id == chosen), None)


def finish(turn: Turn) -> Outcome:
    """The answer, or a person with what is known."""
    answers, house = turn.state.answers, of(turn)
    if house is not None and house.completed:
        return answered(turn.become(script="", step="", answers={}), house.id, answers)
    told = {"reason": "warranty", "words": f"{answers.get('question', '')}。{known(answers, house)}"}
    says = (turn.say("hand_over.warranty"), turn.say("hand_over.wait"))
    return turn.leave(*says, dos=(Do("conversation.hand_over", told),))


def answered(turn: Turn, project_id: int, asked: Any) -> Outcome:
    """What the rules say of a house; another item said right after it is asked about the same house."""
    says, dos = (turn.say("warranty.answer"),), (look(project_id, asked),)
    return listening(turn, Outcome(None, says, dos), {"project_id": project_id})


def general(turn: Turn, asked: Any) -> Outcome:
    """What the rules say in general; another item said right after it is asked likewise."""
    do = Do("warranty.general", {"categories": asked["categories"], "place": asked["place"]})
    return listening(turn, Outcome(None, (turn.say("warranty.general"),), (do,)), {})


def listening(turn: Turn, outcome: Outcome, answers: Answers) -> Outcome:
    """Ready for another item, where nothing waits to be taken up again."""
    if turn.state.parked:
        return replace(outcome, state=State(touched_at=turn.facts.now, parked=turn.state.parked))
    return replace(outcome, state=turn.start("warranty_more", "item", answers).state)


def read_item(turn: Turn) -> Answers | None:
    """The item that a few words name, and nothing else."""
    found = ITEM.match(turn.text)
    item = (found["item"] or found["english"] or "") if found else ""
    slots = read(item, now=turn.facts.now).slots
    if not (slots.category or slots.place) or slots.problem or turn.slots.problem or turn.slots.time:
        return None
    return {"item": item} if ASKS.search(turn.text) or len(item) <= 4 else None


def _look_again(turn: Turn) -> Outcome:
    """The same question about the other item."""
    project_id, item = turn.state.answers.get("project_id"), turn.state.answers["item"]
    said = replace(turn.heard, text=item, reading=read(item, now=turn.facts.now))
    bare = turn.become(script="", step="", answers={})
    asked = about(replace(bare, heard=said))
    known = any(house.id == project_id for house in turn.facts.houses)
    return answered(bare, project_id, asked) if known else general(bare, asked)


#: After an answer about the warranty: the next item. Nothing is asked.
MORE = Script(
    "warranty_more",
    start="item",
    steps={"item": Ask("warranty.what_else", read_item, None, ("item",))},
    finish=_look_again,
    takes_media=False,
    light=True,
    passing=True,
)
SCRIPT = Script(
    "warranty",
    start="house",
    steps={"house": houses.ask("warranty.ask_house", None)},
    finish=finish,
    takes_media=False,
    light=True,
)
