"""GET and POST /wechat: bytes in, bytes out. Nothing is decided here but which HTTP answer tells WeChat what to do.

WeChat waits five seconds, sends a push three times in all, and shows the customer an error when every try failed. So:

- 403, nothing kept: the push is not WeChat's, or we cannot tell. 413: it is larger than any push.
- 500 with no body: nothing was stored and trying again may help (the database is locked or away, the follower's turn
  could not be had). Asking for the repeat is the only way not to lose the message.
- `success` for everything that a repeat would not change: what cannot be read is kept as it came, and so is a push that
  one of our bugs stumbles over. Staff see both; the customer is not shown three failures for the same poison.
- Once the turn is committed nothing may turn the answer into an error: the repeat would find it answered.

Nothing that a customer said or is called gets into a log line: a bug is logged by its kind and its place in the code.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from bot.away import is_away
from bot.errors import Forged, Unreadable
from bot.inbox import Answer, Busy
from bot.push import Push
from bot.wechat import Codec, Opened, read, text_reply

log = logging.getLogger(__name__)
blueprint = Blueprint("webhook", __name__)

MOST_BYTES = 1 << 20
_DRAINED_BYTES = 8 << 20  # a sender that is cut off in the middle of a body never sees the 413
_REFUSALS_EVERY = 10.0  # seconds between two lines about forged pushes: a flood must not fill the disk
_SUCCESS = b"success"


@dataclass(frozen=True)
class Door:
    """What a request may touch; hangs on the app as `extensions["nuanju"]`."""

    settings: Any
    engine: Any
    sessions: Any
    redis: Any
    clock: Callable[[], datetime]
    codec: Codec
    texts: Any
    #: Tells the workers that something waits in the outbox; called with `redis`.
    nudge: Callable[[Any], Any]
    #: answer(push, now=…) -> Answer, stored with all it caused when it returns.
    answer: Callable[..., Answer]
    #: keep(raw, reason, now=…): what cannot be read is stored as it came.
    keep: Callable[..., None]


class Tally:
    """Counts what happens too often to be logged each time."""

    def __init__(self, seconds: float) -> None:
        """Report at most once in so many seconds."""
        self._seconds, self._count, self._reported_at = seconds, 0, -seconds

    def due(self) -> int:
        """Count one more; how many there were since the last report if one is due now, else 0."""
        self._count += 1
        moment = time.monotonic()
        if moment - self._reported_at < self._seconds:
            return 0
        count, self._count, self._reported_at = self._count, 0, moment
        return count


_refusals = Tally(_REFUSALS_EVERY)


@blueprint.get("/wechat")
def check() -> Response:
    """Prove to the platform that this address is ours: the echostr and nothing else, as often as it asks."""
    door: Door = current_app.extensions["nuanju"]
    try:
        echo = door.codec.check(request.args)
    except Forged as why:
        return _refused(why)
    return Response(echo, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})


@blueprint.post("/wechat")
def take() -> Response:
    """Take one push: verify, read, answer, reply."""
    door: Door = current_app.extensions["nuanju"]
    body = _body()
    if body is None:
        return _plain(b"", 413)
    now = door.clock()
    raw = body
    try:
        opened = door.codec.open(request.args, body, now)
        raw = opened.xml
        push = read(raw, now)
    except Forged as why:
        return _refused(why)
    except Unreadable as why:
        return _kept(door, raw, why.message, now)
    try:
        answer = door.answer(push, now=now)
    except Exception as trouble:  # an edge: whatever it is, WeChat is told what to do
        return _stumbled(door, raw, trouble, now)
    return _answered(door, opened, push, answer, now)


@blueprint.errorhandler(Exception)
def unforeseen(trouble: Exception) -> Response:
    """No page of HTML and no traceback ever reaches the platform."""
    if isinstance(trouble, HTTPException):
        return _plain(b"", trouble.code or 400)
    log.error("webhook failed: %s", _where(trouble))
    return _plain(b"", 500)


def _body() -> bytes | None:
    """The body, or None when it is larger than any push; then most of it is read away, so that the answer is seen."""
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) <= MOST_BYTES:
        return body
    for _ in range(_DRAINED_BYTES // MOST_BYTES):
        if not request.stream.read(MOST_BYTES):
            break
    return None


def _answered(door: Door, opened: Opened, push: Push, answer: Answer, now: datetime) -> Response:
    """The turn is committed. The nudge comes after the answer is out: Redis may be slow, the customer must not wait."""
    try:
        xml = text_reply(push, answer.reply, now) if answer.reply else ""
        response = Response(door.codec.seal(xml, opened, now), content_type="application/xml; charset=utf-8")
    except Exception as trouble:  # an edge: a repeat would get the same stored answer and fail again
        log.error("an answer could not be sealed: %s", _where(trouble))
        response = _plain(_SUCCESS)
    if answer.nudge:
        response.call_on_close(lambda: _nudged(door))
    return response


def _nudged(door: Door) -> None:
    try:
        door.nudge(door.redis)
    except Exception as trouble:  # an edge: the sweep finds what was not announced
        log.error("nudge failed: %s", _where(trouble))


def _refused(why: Forged) -> Response:
    if count := _refusals.due():
        log.warning("%d pushes refused since the last line, this one because: %s", count, why.message)
    return _plain(b"", 403)


def _kept(door: Door, raw: bytes, reason: str, now: datetime) -> Response:
    """The bytes are stored and `success` is said; 500 when even that is impossible."""
    log.warning("a push was kept unread: %s", reason)
    try:
        door.keep(raw, reason, now=now)
    except Exception as trouble:  # an edge: nothing is stored, so the platform must keep it for us
        log.error("a push could not be kept: %s", _where(trouble))
        return _plain(b"", 500)
    return _plain(_SUCCESS)


def _stumbled(door: Door, raw: bytes, trouble: Exception, now: datetime) -> Response:
    """Nothing of the turn was committed: ask for the repeat if it may help, else keep the push for a person."""
    log.error("a push was not answered: %s", _where(trouble))
    if isinstance(trouble, Busy) or is_away(trouble):
        return _plain(b"", 500)
    return _kept(door, raw, f"bug: {type(trouble).__name__}", now)


def _plain(body: bytes, status: int = 200) -> Response:
    return Response(body, status, content_type="text/plain; charset=utf-8")


def _where(trouble: BaseException) -> str:
    """Kind and place, innermost last. Not its words: those of a database hold what the customer wrote."""
    places = traceback.extract_tb(trouble.__traceback__)[-4:]
    steps = " > ".join(f"{place.filename.rpartition('/')[2]}:{place.lineno}" for place in places)
    return f"{type(trouble).__name__} at {steps}"
