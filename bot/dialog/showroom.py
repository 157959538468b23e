"""Where the showroom is, how long it is open, where the car goes and how to come without one."""

import datetime as dt
import re

from bot.dialog import form
from bot.heard import Outcome
from bot.scripts.turn import Turn
from bot.understanding import acts
from models.worktime import SHANGHAI, local_day

SURE_ENOUGH = 0.3
OPENS = re.compile(
    r"\b(?:is it|are you|are they|is the (?:showroom|shop|store|office)) (?:still )?(?:open|closed)\b"
    r"|\bopening hours\b",
    re.IGNORECASE,
)
DAYS_MOST = 3


def where(turn: Turn) -> Outcome | None:
    """Where the showroom is, how long it is open, how to get there."""
    if turn.intent != "enquiry_showroom" or not turn.facts.showroom or not (turn.worded and turn.text):
        return None
    if turn.heard.reading.top.confidence < SURE_ENOUGH and not re.search(r"展厅|门店|showroom", turn.text):
        return None
    return _told(turn)


def opens(turn: Turn) -> Outcome | None:
    """“Is it open on Monday?” in words that sound like a door: the showroom's hours."""
    asked = turn.worded and OPENS.search(turn.text) and not turn.slots.urgent
    return _told(turn) if asked and turn.facts.showroom else None


def _told(turn: Turn) -> Outcome | None:
    parks = turn.means("asks_parking")
    if parks and not turn.facts.showroom.get("parking") and turn.facts.find_answer(turn.text).sure:
        return None  # an article knows what the record does not
    asked = {"about": "parking" if parks else "way" if turn.means("asks_the_way") else "", "days": _days(turn)}
    return form.aside(turn, turn.say("showroom.where", beside=turn.state.script, **asked, **turn.facts.showroom))


def _days(turn: Turn) -> list[dict[str, str]]:
    """Of each day that the words name, when the showroom is open then; of a span the first few."""
    time = turn.slots.time
    if time is None or time.past or not acts.says("names_a_day", time.text_zh):
        return []
    first, last = local_day(time.start), local_day(time.end - dt.timedelta(minutes=1))
    days = [first + dt.timedelta(days=ahead) for ahead in range(min((last - first).days + 1, DAYS_MOST))]
    if days == [local_day(turn.facts.now)]:
        return []
    return [_open(turn, day) for day in days]


def _open(turn: Turn, day: dt.date) -> dict[str, str]:
    found = turn.facts.open_on(day)
    noon = dt.datetime.combine(day, dt.time(12), SHANGHAI)
    if found is None:
        return {"on": noon.isoformat()}
    opens, shuts = (at.astimezone(SHANGHAI) for at in (found.start, found.end))
    return {"on": noon.isoformat(), "hours": f"{opens:%-H:%M}–{shuts:%-H:%M}"}
