"""Which of one's own houses is meant: the question that every dialog about a house shares.

Only the person's own houses are ever offered or recognised; nobody is asked who has just one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.heard import Facts, House
from bot.scripts.script import Answers, Ask
from bot.scripts.turn import Turn

#: So many letters in a row of a house's name are enough to mean it, when no other house has as many.
ENOUGH = 2


def common(text: str, label: str) -> int:
    """The longest piece of the house's name that stands in the text, in letters."""
    pieces = (
        (end - start) for start in range(len(label)) for end in range(len(label), start, -1) if label[start:end] in text
    )
    return max(pieces, default=0)


def meant(turn: Turn) -> House | None:
    """The one own house that the words mean; None when they fit none or several equally well."""
    return named(turn.facts.houses, turn.text)


def named(houses: Sequence[House], words: str) -> House | None:
    """The one of these houses whose name has most in common with the words; None when none or several have."""
    text = "".join(char for char in words if char.isalnum())
    ranked = sorted(houses, key=lambda house: -common(text, house.label))
    best = [common(text, house.label) for house in ranked[:2]] + [0, 0]
    return ranked[0] if best[0] >= ENOUGH and best[0] > best[1] else None


def _chosen(house: House) -> Answers:
    return {"project_id": house.id, "house": house.label}


def spot(turn: Turn) -> Answers | None:
    """A house named in any message."""
    house = meant(turn)
    return _chosen(house) if house and len(turn.facts.houses) > 1 else None


def read(turn: Turn) -> Answers | None:
    """The house when it was asked: by number or by words."""
    option = turn.slots.option
    if option and option <= len(turn.facts.houses):
        return _chosen(turn.facts.houses[option - 1])
    return spot(turn)


def several(_: Answers, facts: Facts) -> bool:
    """Whether there is anything to ask."""
    return len(facts.houses) > 1


def facts_of(turn: Turn) -> Mapping[str, Any]:
    """The houses as the question lists them."""
    return {"houses": [house.label for house in turn.facts.houses]}


def of(turn: Turn) -> tuple[int, str]:
    """The house that was chosen, or the only one: its number in the records and its name."""
    answers = turn.state.answers
    if "project_id" in answers:
        return answers["project_id"], answers["house"]
    return turn.facts.houses[0].id, turn.facts.houses[0].label


def ask(text: str, then: str | None) -> Ask:
    """The step that asks which house."""
    return Ask(text, read, then, ("project_id",), spot=spot, needed=several, numbered=True, facts=facts_of)
