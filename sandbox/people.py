"""Who holds the phones."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

from .platform import Platform
from .windows import opened
from .world import Person

KINDS = ("homeowner", "crew", "staff")
_OPENID = re.compile(r"o[A-Za-z0-9_-]{5,63}")


def put(platform: Platform, told: dict) -> Person:
    """Add a person, or change the name, kind and switches of one; ValueError says what is wrong.

    `following` given for a person already there sets the fact without a push (a demo's past); without it new people
    do not follow yet, as in life. `window` opens the 48 hours with so many messages left, as if the person had written.
    A new person without an openid gets one.
    """
    openid = str(told.get("openid") or "o" + secrets.token_urlsafe(20).replace("-", "x")[:27])
    if not _OPENID.fullmatch(openid):
        raise ValueError(f"openid 不对：{openid}")
    kind = told.get("kind")
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind 只能是 {'、'.join(KINDS)}")
    with platform.world.change() as world:
        person = world.people.get(openid)
        if person is None:
            person = world.people[openid] = Person(openid, str(told.get("name") or openid))
        if told.get("name"):
            person.name = str(told["name"])
        person.kind = kind or person.kind
        person.accepts = bool(told.get("accepts", person.accepts))
        person.gone = bool(told.get("gone", person.gone))
        if "following" in told:
            _follow(person, bool(told["following"]), platform.clock.now())
        if "window" in told:
            person.windows = opened(person.windows, "message", platform.clock.now())
            person.windows[-1].left = min(person.windows[-1].left, max(0, int(told["window"])))
    return person


def _follow(person: Person, following: bool, now: float) -> None:
    if following and not person.following:
        person.subscribed_at = now
    person.following = following
    if not following:
        person.windows = []


def plant(platform: Platform, path: Path) -> None:
    """Add the people of a JSON file who are not there yet."""
    for told in json.loads(path.read_text("utf-8")):
        if told["openid"] not in platform.world.people:
            put(platform, told)
