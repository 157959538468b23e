"""Which dialog is shown in which way: happy, corrected, called off, left for days, in two minds, in a rage, at night.

Every expectation says what its conversation covers: `"covers": {"repair": ["happy", "correction"]}`. A dialog that is
added to bot/scripts needs conversations in every way, or a sentence why there can be none.
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path

import pytest

from bot.scripts import SCRIPTS
from models.worktime import SHANGHAI
from ops.replay_file import Line, read

FOLDER = Path(__file__).parent
#: What disturbs a dialog, and what of it must be in the file for the label to be earned.
WAYS = {
    "happy": "goes through as it is meant to",
    "correction": "the person takes back or changes what was said",
    "cancel": "the person drops it",
    "digression": "something else is asked in the middle",
    "silence": "nothing for a day or more, then the person is back",
    "repeat": "the platform delivers a push again",
    "two": "two matters or faults at once",
    "wrong_format": "answers that are none: stickers, numbers off the list, half a phone",
    "rude": "harsh words",
    "night": "an emergency in the night",
}
#: What a person can walk through -> the scripts of bot/scripts that carry it; some need none.
DIALOGS = {
    "repair": {"repair", "shared"},
    "urgent": {"urgent"},
    "cancel": {"cancel"},
    "enquiry": {"enquiry"},
    "appointment": {"appointment", "call_off", "which_visit"},
    "complaint": {"complaint", "take_back", "terms", "grieved"},
    "suggestion": {"suggestion"},
    "survey": {"survey", "regret"},
    "bind": {"bind", "bind_contract", "invite"},
    "unbind": {"unbind", "remove"},
    "progress": {"progress", "progress_more"},
    "warranty": {"warranty", "warranty_more"},
    "question": {"answered", "which_question"},
    "events": {"sign_up", "withdraw", "signed_up", "cannot_come"},
    "privacy": {"privacy"},
    "call": {"call"},
    "quote": {"quote"},
    "crew": {"site_photos"},
    "referral": set(),
    "opt_out": {"opt_out"},
}
#: The cells that cannot be filled, with the reason.
CANNOT = {
    ("referral", "correction"): "the code is made at once and asks nothing, so there is no answer to take back",
    ("referral", "cancel"): "the code is made at once; there is nothing under way that could be dropped",
    ("referral", "wrong_format"): "nothing is asked, so nothing can be answered wrongly",
    ("opt_out", "cancel"): "done at once without a question; taking it back is the correction 恢复",
}
NIGHT = (21, 7)


@cache
def plays() -> dict[str, tuple[dict[str, list[str]], tuple[Line, ...]]]:
    """Each conversation's labels and lines."""
    found = {}
    for path in sorted(FOLDER.glob("*.jsonl")):
        expected = json.loads(path.with_suffix(".expect.json").read_text("utf-8"))
        with path.open(encoding="utf-8") as lines:
            found[path.stem] = (expected.get("covers", {}), read(lines).lines)
    return found


def test_every_script_belongs_to_one_dialog():
    named = [script for scripts in DIALOGS.values() for script in scripts]
    assert sorted(named) == sorted(SCRIPTS)


@pytest.mark.parametrize("name", sorted(plays()))
def test_a_conversation_says_what_it_covers_and_earns_it(name):
    covers, lines = plays()[name]
    assert covers and all(covers.values()), "covers is missing"
    assert covers.keys() <= DIALOGS.keys()
    ways = {way for cell in covers.values() for way in cell}
    assert ways <= WAYS.keys()
    assert "repeat" not in ways or any(line.kind == "repeat" for line in lines)
    assert "silence" not in ways or _rest(lines) >= dt.timedelta(hours=20)
    assert "night" not in ways or any(_at_night(line) for line in lines)


@pytest.mark.parametrize("dialog", DIALOGS)
def test_every_dialog_is_shown_in_every_way(dialog):
    shown = {way for covers, _ in plays().values() for way in covers.get(dialog, ())}
    excused = {way for cell, way in CANNOT if cell == dialog}
    assert sorted(WAYS.keys() - shown - excused) == []
    assert sorted(shown & excused) == [], "what is shown needs no excuse"


def _rest(lines: tuple[Line, ...]) -> dt.timedelta:
    """The longest time between what a person did and what came next."""
    longest, now = dt.timedelta(), lines[0].at
    for line in lines[1:]:
        then = line.at or (now + line.wait if now else None)
        if now and then:
            longest, now = max(longest, then - now), then
    return longest


def _at_night(line: Line) -> bool:
    hour = line.at.astimezone(SHANGHAI).hour if line.at else 12
    return hour >= NIGHT[0] or hour < NIGHT[1]
