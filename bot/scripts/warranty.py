"""“厨房防水还在保吗”: the rule and its last day for the right house; a person where nobody knows the date."""

from typing import Any

from bot.heard import Do, House, Outcome
from bot.scripts import houses
from bot.scripts.script import Script
from bot.scripts.turn import Turn


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
    told = [f"房屋：{house.label}" if house else "", f"项目：{kinds}" if kinds else "", "竣工日期没有记录"]
    return "。".join(one for one in told if one)


def of(turn: Turn) -> House | None:
    """The house that was chosen, or the only one."""
    chosen, _ = houses.of(turn)
    return next((house for house in turn.facts.houses if house.id == chosen), None)


def finish(turn: Turn) -> Outcome:
    """The answer, or a person with what is known."""
    answers, house = turn.state.answers, of(turn)
    if house is not None and house.completed:
        return turn.leave(turn.say("warranty.answer"), dos=(look(house.id, answers),))
    told = {"reason": "warranty", "words": f"{answers.get('question', '')}。{known(answers, house)}"}
    says = (turn.say("hand_over.warranty"), turn.say("hand_over.wait"))
    return turn.leave(*says, dos=(Do("conversation.hand_over", told),))


SCRIPT = Script(
    "warranty",
    start="house",
    steps={"house": houses.ask("warranty.ask_house", None)},
    finish=finish,
    takes_media=False,
    light=True,
)
