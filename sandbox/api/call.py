"""One API call as its handler sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage

from sandbox.platform import Platform
from sandbox.refusals import Refusal
from sandbox.world import Person

_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
_OPENID = re.compile(r"o[A-Za-z0-9_-]{5,63}")


@dataclass
class Binary:
    """An answer that is a file."""

    data: bytes
    content_type: str
    filename: str = ""


@dataclass
class Call:
    """Query, raw body and files of one call; `platform` is what it acts on, `now` the moment it came in."""

    platform: Platform
    path: str
    method: str
    args: Mapping[str, str]
    raw: bytes
    files: Mapping[str, FileStorage]
    now: float

    def json(self) -> dict[str, Any]:
        """The body as an object; 44002 when empty, 47001 when it is none."""
        if not self.raw:
            raise Refusal(44002)
        try:
            told = json.loads(self.raw)
        except (ValueError, UnicodeDecodeError) as error:
            raise Refusal(47001) from error
        if not isinstance(told, dict):
            raise Refusal(47001)
        return told

    def readable_json(self) -> dict[str, Any]:
        """The body, refused with 40033 when it spells characters as \\uXXXX: phones would show the escapes."""
        if _ESCAPE.search(self.raw):
            raise Refusal(40033)
        return self.json()

    def person(self, openid: object) -> Person:
        """The person of this openid: 40003 unless it is one of this account's, 46004 when the person is gone."""
        if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
            raise Refusal(40003)
        person = self.platform.world.people.get(openid)
        if person is None:
            raise Refusal(40003)
        if person.gone:
            raise Refusal(46004)
        return person

    def follower(self, openid: object) -> Person:
        """The person, who must follow the account (43004)."""
        person = self.person(openid)
        if not person.following:
            raise Refusal(43004)
        return person


#: A handler answers with JSON or a file.
Handler = Callable[[Call], dict | Binary]


@dataclass(frozen=True)
class Route:
    """How one path may be called."""

    handler: Handler
    method: str = "POST"
    token: bool = True


OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
