"""Carrying pushes to the webhook: in order per person, five seconds a try, three tries, then the excuse line.

A try that gets no answer (no connection, timeout, not 200) is repeated with the same MsgId and CreateTime; an answer
that is no valid reply is not: the person sees the excuse at once, as the platform's passive-reply page says.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable

import requests

from .clock import Clock
from .config import Config
from .journal import Journal
from .parcel import Delivery, Parcel
from .seal import BadReply, Seal, to_xml

log = logging.getLogger(__name__)


class Turnstile:
    """First come, first served, one at a time."""

    def __init__(self) -> None:
        """Nobody is inside."""
        self._cond = threading.Condition()
        self._next = self._serving = 0

    def __enter__(self) -> None:
        """Wait for everybody who came before."""
        with self._cond:
            mine, self._next = self._next, self._next + 1
            self._cond.wait_for(lambda: self._serving == mine)

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        with self._cond:
            self._serving += 1
            self._cond.notify_all()


class Postman:
    """The only one who posts to the webhook."""

    def __init__(self, config: Config, clock: Clock, journal: Journal):
        """Start the background thread for result events."""
        self._config = config
        self._clock = clock
        self._journal = journal
        self._seal = Seal(config)
        self._http = requests.Session()
        self._http.trust_env = False
        self._turns: dict[str, Turnstile] = defaultdict(Turnstile)
        self._later: queue.Queue[tuple[float, Callable[[], None]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="sandbox-postman", daemon=True)
        self._thread.start()

    def turn(self, openid: str) -> Turnstile:
        """The gate that keeps one person's pushes in order."""
        return self._turns[openid]

    def deliver(self, parcel: Parcel) -> Delivery:
        """Push until an answer came or three tries are spent. Call it inside the person's turn."""
        delivery = Delivery("failed", 0)
        while delivery.tries < self._config.tries:
            delivery.tries += 1
            began = time.monotonic()
            status, reply, reason, answer = self._try(parcel)
            delivery.status, delivery.reply, delivery.reason = status, reply, reason
            delivery.answers.append(answer)
            self._journal.push(parcel, delivery, int((time.monotonic() - began) * 1000), answer)
            if status != "failed":
                return delivery
        return delivery

    def _try(self, parcel: Parcel) -> tuple[str, dict | None, str, str]:
        """One POST: (status, reply, reason, the answer as the log shows it)."""
        query, body = self._seal.wrap(parcel.fields, self._clock.now())
        try:
            response = self._http.post(
                self._config.webhook,
                params=query,
                data=body,
                headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Connection": "close"},
                timeout=self._config.push_timeout,
                allow_redirects=False,
            )
        except requests.Timeout:
            return "failed", None, f"{self._config.push_timeout:g} 秒内没有应答", ""
        except requests.RequestException:
            return "failed", None, "连不上回调地址", ""
        if response.status_code != 200:
            return "failed", None, f"回调地址答了 HTTP {response.status_code}", response.text[:2000]
        try:
            reply = self._seal.unwrap(response.content, query["nonce"])
        except BadReply as error:
            return "invalid", None, str(error), response.text[:4000]
        return "ok", reply, "", response.text if reply is None else _readable(reply)

    def check(self) -> tuple[bool, str]:
        """The console's address check: GET with echostr, which must come back alone."""
        query = self._seal.check_query(self._clock.now())
        try:
            response = self._http.get(
                self._config.webhook, params=query, timeout=self._config.push_timeout, allow_redirects=False
            )
        except requests.RequestException:
            return False, "连不上回调地址"
        if response.status_code != 200 or response.text != query["echostr"]:
            return False, f"应答不对（HTTP {response.status_code}）"
        return True, "回调地址已通过验证"

    def later(self, work: Callable[[], None]) -> None:
        """Do `work` after the event delay, one after another, in the background."""
        self._later.put((time.monotonic() + self._config.event_delay, work))

    def _run(self) -> None:
        while (item := self._later.get()) is not None:
            due, work = item
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                work()
            except Exception:  # the edge of this thread: one odd event must not silence all later ones
                log.exception("a result event could not be pushed")

    def close(self) -> None:
        """Stop the background thread and let go of sockets."""
        self._later.put(None)
        self._thread.join(timeout=5)
        self._http.close()


def _readable(reply: dict) -> str:
    """A decrypted reply as the log shows it."""
    return to_xml({k: v if isinstance(v, str) else _flat(v) for k, v in reply.items()})


def _flat(element: object) -> str:
    """The texts below an element, in order."""
    return " ".join(part.strip() for part in element.itertext() if part.strip())  # type: ignore[attr-defined]
