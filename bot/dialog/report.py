"""A fault is reported: a draft of its own, the case that is open already, or one report for each of several houses."""

from typing import Any

from bot.dialog import amend, desk, form, mind
from bot.heard import House, Outcome, State, TicketRef
from bot.scripts import fault_words, houses, known, repair
from bot.scripts.turn import PARKED_MOST, Turn
from bot.understanding.reading import Item


def report(turn: Turn) -> Outcome | None:
    """A new fault opens a draft; one that sounds like the open case is asked about first, impatience is a 催单."""
    clicked = turn.heard.event == "click" and turn.heard.key == "MENU_REPAIR"
    if not clicked and turn.intent != "repair":
        return None
    if turn.state.script == "repair" and (clicked or not turn.stale):
        return form.aside(turn)
    if turn.state.script == "urgent" and (more := amend.of_the_same(turn)) is not None:
        return more
    if (split := _by_house(turn)) is not None:
        return split
    if turn.facts.tickets and turn.means("chase"):
        return desk.chase(turn.become(script=""))
    if turn.state.script == "repair":
        turn = turn.become(script="", parked=turn.put_aside)
    if shared := known.of_household(turn):
        return joined(turn, shared)
    costs = (turn.say("repair.costs"),) if turn.means("asks_cost") and turn.slots.problem else ()
    return form.begin(turn, "repair", *costs, answers=known.begins(turn))


def _by_house(turn: Turn) -> Outcome | None:
    """“城西那套灯坏了，翡翠城那套漏水”: a report for each house; the second waits until the first is recorded."""
    found: dict[House, list[Item]] = {}
    for item in turn.slots.items:
        if (house := houses.named(turn.facts.houses, item.problem)) is None:
            return None
        found.setdefault(house, []).append(item)
    if len(found) < 2:
        return None
    now = turn.facts.now
    first, *others = (_answers_for(turn, house, items) for house, items in found.items())
    waiting = tuple(State(script="repair", step="time", answers=one, started_at=now, touched_at=now) for one in others)
    parked = (*turn.state.parked, *waiting)[-PARKED_MOST:]
    return form.proceed(turn.start("repair", "problem", first, parked=parked))


def _answers_for(turn: Turn, house: House, items: list[Item]) -> dict[str, Any]:
    lines = [fault_words.clean(turn, item.problem) for item in items]
    about = {"project_id": house.id, "house": house.label, "problem": repair.numbered(lines)}
    several = {"items": lines} if len(lines) > 1 else {}
    return about | several | {"place": items[0].place or "", "category": items[0].category or "其他"}


def joined(turn: Turn, ticket: TicketRef) -> Outcome:
    """Somebody of the house reported it already: said with number and time, and this person hears each step too."""
    kept = {**repair.problem_of(turn), "ticket_id": ticket.id}
    asking = turn.start("shared", "other", kept, parked=turn.state.parked)
    return asking.stay(turn.say("ticket.shared", label=ticket.label), dos=(known.join(turn, ticket),))


def apart(turn: Turn) -> Outcome | None:
    """“不是同一处”, after hearing that the family had reported it: a report of its own, with the words of before."""
    if turn.state.script != "shared" or not known.read_other(turn):
        return None
    answers = {name: value for name, value in turn.state.answers.items() if name != "ticket_id"}
    return form.proceed(turn.start("repair", "problem", answers))


def resting(turn: Turn) -> Outcome | None:
    """After a long rest: another fault puts the draft aside, a time that has passed meanwhile is asked again."""
    script = form.script_of(turn)
    if not turn.stale or turn.state.confirming or not script or script.light:
        return None
    fault, known = turn.slots.problem, turn.state.answers.get("problem")
    if turn.intent == "repair" and fault and known and fault not in known and not turn.slots.correction:
        return report(turn)
    ready = mind.refreshed(turn)
    if ready.state == turn.state:
        return None
    return form.answer(ready) or (form.proceed(ready, turn.say("form.overtaken")) if turn.slots.yes else None)
