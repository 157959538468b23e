"""The log beside the phones: every try of a push, every call of the API. Tokens and secrets never enter it."""

from __future__ import annotations

import json
import re

from .clock import Clock
from .parcel import Delivery, Parcel
from .seal import to_xml
from .world import Entry, World

_LIMIT = 6000
_SECRET = re.compile(r'((?:access_token|secret|appsecret)["\s:=]+)[^"&\s,}]+', re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The text with every token and secret replaced by dots."""
    return _SECRET.sub(r"\1…", text)


class Journal:
    """Writes log lines into the world."""

    def __init__(self, world: World, clock: Clock):
        """Write into `world` with the times of `clock`."""
        self._world = world
        self._clock = clock

    def push(self, parcel: Parcel, delivery: Delivery, ms: int, answer: str) -> None:
        """One try of one push."""
        kind = str(parcel.fields.get("Event") or parcel.fields.get("MsgType", ""))
        good = delivery.status == "ok"
        status = "200" if good else delivery.reason
        again = f" · 第{delivery.tries}次" if delivery.tries > 1 else ""
        self._write("push", kind + again, status, parcel.openid, (to_xml(parcel.fields), answer, ms, good))

    def call(self, path: str, who: str, told: tuple[str, str, int, bool], status: str) -> None:
        """One API call; told = (request, response, milliseconds, good)."""
        request, response, ms, good = told
        self._write("call", path, status, who, (without_secrets(request), without_secrets(response), ms, good))

    def _write(self, direction: str, kind: str, status: str, who: str, told: tuple[str, str, int, bool]) -> None:
        request, response, ms, good = told
        with self._world.change() as world:
            world.log.append(
                Entry(
                    n=world.next(),
                    direction=direction,
                    kind=kind,
                    at=self._clock.now(),
                    ms=ms,
                    status=status,
                    who=who,
                    request=request[:_LIMIT],
                    response=response[:_LIMIT],
                    good=good,
                )
            )


def readable_json(data: object) -> str:
    """JSON as people read it."""
    return json.dumps(data, ensure_ascii=False)
