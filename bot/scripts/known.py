"""What the records know already of a fault that is reported: the person's open case, one of their household, or what
was mended and broke again. So that nothing is opened twice.
"""

import re
from collections.abc import Iterable
from typing import Any

from bot.heard import Do, Outcome, PastRef, TicketRef
from bot.scripts import readers, repair
from bot.scripts.script import Answers, Ask, Script
from bot.scripts.turn import Turn

#: Faults of these kinds are often called by each other's name.
WET = repair.WET


def _alike(turn: Turn, label: str) -> bool:
    """Whether the words name the same place or the same fault."""
    place, fault = turn.slots.place_room or turn.slots.place, turn.slots.problem or ""
    return bool((place and place in label) or (fault and (fault in label or label in fault)))


def _first(turn: Turn, tickets: Iterable[TicketRef]) -> TicketRef | None:
    if len(turn.slots.items) > 1 or any(word in turn.text for word in repair.ANOTHER if word != "又"):
        return None
    return next((ticket for ticket in tickets if _alike(turn, ticket.label)), None)


def open_case(turn: Turn) -> dict[str, Any]:
    """The open case that a new report sounds like (same place or same words), as answers; {} when there is none."""
    ticket = _first(turn, turn.facts.tickets)
    return _answers(ticket) if ticket else {}


def of_household(turn: Turn) -> TicketRef | None:
    """The open case of somebody else in the house that the report sounds like: the same place and no other kind."""
    return _first(turn, turn.facts.household)


def _answers(ticket: TicketRef) -> dict[str, Any]:
    return {"ticket_id": ticket.id, "ticket": ticket.number, "label": ticket.label, "state": ticket.state}


def mended(turn: Turn) -> PastRef | None:
    """The finished repair that the words speak of; without a place only words like 又 or 昨天修的 mean one."""
    again, place = turn.means("broken_again"), turn.slots.place_room or turn.slots.place
    if len(turn.slots.items) > 1:
        return None
    for past in turn.facts.past:
        same_kind = kin(turn.slots.category, past.category)
        if place and (place in past.label or (past.place and past.place in turn.text)):
            if same_kind:
                return past
        elif not place and again and same_kind:
            return past
    return None


def kin(said: str | None, known: str) -> bool:
    """Whether both may be one fault: the same trade, one of them unknown, or both wet."""
    return said in (None, "其他", known) or known == "其他" or {said, known} <= WET


def fresh(turn: Turn, past: PastRef) -> bool:
    """Whether it was mended so lately that the same case goes on."""
    return past.finished_at + turn.facts.redo > turn.facts.now


def begins(turn: Turn) -> dict[str, Any]:
    """With what a report begins: 同一个问题吗 about an open case, 是上次那处吗 about a mended one, the old number."""
    house = house_before(turn)
    if case := open_case(turn):
        return house | case
    past = mended(turn)
    if past is None:
        return house
    if fresh(turn, past):
        return house | {"ticket_id": past.id, "ticket": past.number, "label": past.label, "state": "done"}
    return house | {"earlier_id": past.id, "earlier": past.number}


def house_before(turn: Turn) -> dict[str, Any]:
    """The address that somebody whose house is in no record gave for the report that is open: not asked twice."""
    if turn.facts.houses:
        return {}
    said = (ticket.house for ticket in turn.facts.tickets if ticket.own and re.search(r"\d", ticket.house))
    house = next(said, "")
    return {"project_id": None, "house": house} if house else {}


def join(turn: Turn, ticket: TicketRef, urgent: bool = False) -> Do:
    """The person joins the household's case."""
    args = {"ticket_id": ticket.id, "words": turn.text[:500], "urgent": urgent, "media": list(turn.media)}
    return Do("repair.join", args)


def read_other(turn: Turn) -> Answers | None:
    """Another fault after all; anything else lets the matter rest."""
    if turn.means("other_one") or readers.refuses(turn):
        return {"other": True}
    return None


def _rest(turn: Turn) -> Outcome:
    return turn.leave(turn.say("talk.ok"))


#: After “家里人已经报过了”: 不是同一处 opens a report with the words of before (bot/dialog/desk.py).
SHARED = Script(
    "shared",
    start="other",
    steps={"other": Ask("ticket.shared_again", read_other, None, ("other",))},
    finish=_rest,
    takes_media=False,
    light=True,
    passing=True,
)
