"""Whom an occasion of the calendar means, from when on and until when its wish may set out. Pure."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from models.greetings import GreetingRule
from models.worktime import at_clock

#: When the day of a greeting is over, and for how many days more a hint of the season is still of use.
DAY_ENDS, SEASON_LASTS = dt.time(21), 3
OWNERS = {"join": "all", "groups": [{"join": "all", "conditions": [{"field": "bought", "op": "is", "value": []}]}]}


def of_stages(stages: Sequence[str]) -> dict[str, Any]:
    """The audience of customers in these stages; of everybody with a contract when none is named."""
    if not stages:
        return OWNERS
    return {"join": "all", "groups": [{"join": "all", "conditions": [
        {"field": "stage", "op": "is", "value": list(stages)},
    ]}]}  # fmt: skip


def whom_on(rule: GreetingRule, day: dt.date) -> dict[str, Any]:
    """The audience of a standing rule on a day; empty when it is not its day."""
    if rule.kind == "season":
        return of_stages(rule.stages) if (day.month, day.day) == (rule.month, rule.day) else {}
    field = {"birthday": "birthday", "anniversary": "moved_in"}[rule.kind]
    return {"join": "all", "groups": [{"join": "all", "conditions": [
        {"field": field, "op": "is", "value": [day.isoformat()]},
    ]}]}  # fmt: skip


def starts(rule: GreetingRule, day: dt.date) -> dt.datetime:
    """From when on it goes out on its day."""
    return _moment(day, dt.time.fromisoformat(rule.send_at))


def ends(rule: GreetingRule, day: dt.date) -> dt.datetime:
    """When what has not left is of no use any more: a wish after its day, a hint of the season some days later."""
    return _moment(day + dt.timedelta(days=SEASON_LASTS if rule.kind == "season" else 0), DAY_ENDS)


def _moment(day: dt.date, clock: dt.time) -> dt.datetime:
    return at_clock(day, clock)
