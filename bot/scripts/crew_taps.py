"""The buttons under an offer, 接单 and 退单: each is about the very job and offer that it stands under."""

import re

from bot.heard import Outcome
from bot.scripts import crew
from bot.scripts.turn import Turn

#: The id of a button under an offer: which job, which offer of it, and the step.
TAPPED = re.compile(r"^job:(\d{1,12}):(\d{1,6}):(accept|hand_back)$")
#: Buttons of before they said which job: their id was their word.
UNNAMED = {"接单": "accept", "退单": "hand_back"}


def tapped(turn: Turn) -> Outcome | None:
    """A button under an offer: it is about the job it stood under, however many are open; a stale one says so."""
    if name := UNNAMED.get(turn.heard.choice):
        return _unnamed(turn, name)
    found = TAPPED.match(turn.heard.choice)
    if not found:
        return None
    name, job = found[3], next((job for job in turn.facts.jobs if job.id == int(found[1])), None)
    if job is None or job.state not in crew.FROM[name]:
        said = turn.say("crew.moved_on") if job is None else turn.say("crew.already", number=job.number)
        return turn.stay(said) if turn.state.script else crew.rest(turn, said)
    return crew.act(turn, job, name, "", {"offer": int(found[2])})


def _unnamed(turn: Turn, name: str) -> Outcome:
    """Nobody knows under which offer it stood: even the only one that is left is asked about."""
    fit = [job for job in turn.facts.jobs if job.state == "assigned"]
    if name == "accept" and len(fit) == 1:
        return crew.ask(turn, "take", {"ticket_id": fit[0].id, "number": fit[0].number, "label": fit[0].label})
    return crew.step(turn, name, "")
