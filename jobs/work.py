"""Every name that may sit in Redis. Names are an API: a job queued by yesterday's release runs today.

Jobs carry no arguments: what is due is in the records, and customer data never gets into Redis. Each may run twice, on
two workers, or late. What goes wrong leaves the name and place of the error, never its message: that may hold a
person's words, an address or a parameter of a statement.
"""

import logging
import traceback
from collections.abc import Callable
from typing import Any

import vitals
from jobs import backups as backup_duty
from jobs import campaigns as campaign_duty
from jobs import checks as check_duty
from jobs import codes as code_duty
from jobs import events as event_duty
from jobs import greetings as greeting_duty
from jobs import houses as house_duty
from jobs import leads as lead_duty
from jobs import media as media_duty
from jobs import menus as menu_duty
from jobs import outbox, upkeep
from jobs import privacy as privacy_duty
from jobs import promises as promise_duty
from jobs import retention as retention_duty
from jobs import roster as roster_duty
from jobs import sequences as sequence_duty
from jobs import silence as silence_duty
from jobs import surveys as survey_duty
from jobs import tags as tag_duty
from jobs.world import World, world

log = logging.getLogger(__name__)
#: What each of these names does, by its name: whoever plays the house runs the same.
DUTIES: dict[str, Callable[[World], int]] = {
    "deliver": outbox.deliver,
    "sweep": upkeep.sweep,
    "promises": promise_duty.run,
    "surveys": survey_duty.run,
    "media": media_duty.run,
    "codes": code_duty.run,
    "menu": menu_duty.run,
    "tags": tag_duty.run,
    "conversations": upkeep.give_back,
    "campaigns": campaign_duty.run,
    "greetings": greeting_duty.run,
    "events": event_duty.run,
    "houses": house_duty.run,
    "silence": silence_duty.run,
    "roster": roster_duty.run,
    "privacy": privacy_duty.run,
    "sequences": sequence_duty.run,
    "leads": lead_duty.run,
    "retention": retention_duty.run,
    "checks": check_duty.run,
    "backups": backup_duty.run,
}


class DutyFailed(Exception):
    """A duty ended by an error; it holds the duty's name, the error's class and where it happened."""


def deliver() -> int:
    """Send what is due. Put here by web and desk after a commit, and by the clock."""
    return _do("deliver", DUTIES["deliver"])


def sweep() -> int:
    """Find what a dead worker left, and what came too late."""
    return _do("sweep", DUTIES["sweep"])


def promises() -> int:
    """Warn before promises, mark what was missed, tell the next person."""
    return _do("promises", DUTIES["promises"])


def surveys() -> int:
    """Ask the homeowners of finished repairs, once per round."""
    return _do("surveys", DUTIES["surveys"])


def media() -> int:
    """Fetch photos, voice and video before the platform drops them."""
    return _do("media", DUTIES["media"])


def codes() -> int:
    """Have the platform make every code that is wanted."""
    return _do("codes", DUTIES["codes"])


def menu() -> int:
    """Put the menu that staff want under the chat."""
    return _do("menu", DUTIES["menu"])


def tags() -> int:
    """Make tags on the platform and put them on people."""
    return _do("tags", DUTIES["tags"])


def conversations() -> int:
    """Take conversations from agents who fell silent: to the bot, or to whoever is next while words wait."""
    return _do("conversations", DUTIES["conversations"])


def campaigns() -> int:
    """Bring every campaign as far as it can come now."""
    return _do("campaigns", DUTIES["campaigns"])


def greetings() -> int:
    """Suggest greetings ahead of festivals, and plan what standing rules send today."""
    return _do("greetings", DUTIES["greetings"])


def events() -> int:
    """Suggest invitations in time, keep them true, thank guests the day after."""
    return _do("events", DUTIES["events"])


def houses() -> int:
    """Call households after control points, in their months and seasons; tell owners what they must know."""
    return _do("houses", DUTIES["houses"])


def silence() -> int:
    """Remind customers who fell silent in the middle of a report, once, then leave them in peace."""
    return _do("silence", DUTIES["silence"])


def roster() -> int:
    """Give what absent colleagues have open to their substitutes."""
    return _do("roster", DUTIES["roster"])


def privacy() -> int:
    """Carry out approved wishes about personal data."""
    return _do("privacy", DUTIES["privacy"])


def sequences() -> int:
    """Follow people up by plan: who begins, whom it ends for, what is due."""
    return _do("sequences", DUTIES["sequences"])


def leads() -> int:
    """Take a grade from leads that nobody has touched for long."""
    return _do("leads", DUTIES["leads"])


def retention() -> int:
    """Clear what is older than its time."""
    return _do("retention", DUTIES["retention"])


def checks() -> int:
    """Look for rows in impossible states, once a night."""
    return _do("checks", DUTIES["checks"])


def backups() -> int:
    """Make this night's backup, where one is wanted."""
    return _do("backups", DUTIES["backups"])


def _do(name: str, duty: Callable[[World], int], build: Callable[[], Any] = world) -> int:
    """The one edge of all duties, which is why it catches everything."""
    place = ""
    try:
        made = build()
        count = duty(made)
        if made.redis is not None:
            vitals.done(made.redis, name)
        return count
    except Exception as why:  # noqa: BLE001 — an edge, see the module's docstring
        frames = traceback.extract_tb(why.__traceback__)
        place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in frames[:-7:-1])
        kind = type(why).__name__
    log.error("%s failed: %s at %s", name, kind, place)
    raise DutyFailed(f"{name}: {kind} at {place}")
