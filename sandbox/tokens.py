"""Access tokens: the stable kind and the old kind, isolated from each other, both 7200 seconds [O-stab]."""

from __future__ import annotations

import secrets
import threading

from .config import Config
from .refusals import Refusal

LIFE = 7200
#: A stable token is replaced this many seconds before it ends; the old one stays good until then.
EARLY = 300
FORCED_PER_DAY = 20
FORCED_APART = 30


class Tokens:
    """Who may call. Times are epoch seconds of the sandbox's clock."""

    def __init__(self, config: Config):
        """No token is out yet."""
        self._config = config
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._stable = ""
        self._plain = ""
        self._forced: list[float] = []

    def credentials(self, app_id: object, secret: object) -> None:
        """Refuse anybody but our one account, naming what is wrong."""
        if not app_id:
            raise Refusal(41002)
        if not secret:
            raise Refusal(41004)
        if app_id != self._config.app_id:
            raise Refusal(40013)
        if secret != self._config.secret:
            raise Refusal(40125)

    def stable(self, now: float, force: bool) -> tuple[str, int]:
        """The same token until five minutes before its end; forced: a new one, the old one dies at once."""
        with self._lock:
            if force:
                self._count_forced(now)
                self._until.pop(self._stable, None)
                self._stable = ""
            left = self._until.get(self._stable, 0) - now
            if not EARLY < left <= LIFE:
                self._stable = self._fresh(now)
                left = LIFE
            return self._stable, int(left)

    def _count_forced(self, now: float) -> None:
        """Refuse a forced refresh within 30 s of the last (45011) or beyond 20 in a day (45009)."""
        today = [at for at in self._forced if now - 86400 < at <= now]
        if today and now - today[-1] < FORCED_APART:
            raise Refusal(45011)
        if len(today) >= FORCED_PER_DAY:
            raise Refusal(45009)
        self._forced = [*today, now]

    def plain(self, now: float) -> tuple[str, int]:
        """A new token at each call; the one before is dead from now on."""
        with self._lock:
            self._until.pop(self._plain, None)
            self._plain = self._fresh(now)
            return self._plain, LIFE

    def _fresh(self, now: float) -> str:
        token = "SBX_" + secrets.token_urlsafe(100)
        self._until[token] = now + LIFE
        return token

    def check(self, token: str | None, now: float) -> None:
        """Refuse a missing, unknown, replaced or expired token."""
        if not token:
            raise Refusal(41001)
        with self._lock:
            until = self._until.get(token)
        if until is None:
            raise Refusal(40001)
        if now >= until:
            raise Refusal(42001)
