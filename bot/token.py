"""The one access token of the account, shared by every process.

The rule of this module: whoever needs a new token asks here with the token that failed, and only one process at a time
asks the platform. A second one that waited finds the first one's token and uses it (compare and refresh): refreshing
blindly would make processes throw each other's tokens away and burn the daily quota.
`cgi-bin/stable_token` answers with the same token until it rotates it five minutes before its end; `expires_in` may
be a remainder. A forced refresh has 20 tries a day, at least 30 seconds apart (the platform's page on stable_token).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

from bot.errors import Unreachable

MARGIN_SECONDS = 120  # kept off a token's life, so that none dies on the way to the platform
FORCE_EVERY_SECONDS = 7200  # 12 a day, below the platform's 20
#: Longer than one fetch can take, which asks twice when it must force (Patience.longest each, and two look-ups of the
#: name, which no limit of ours reaches); a dead holder blocks the others no longer than this.
LOCK_SECONDS = 120
WAIT_SECONDS = 20  # how long a caller waits for another's refresh

_UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

#: Asks the platform: (force) -> (token, seconds of life).
Fetch = Callable[[bool], tuple[str, int]]


class Tokens:
    """Hands out the current token. Redis is the common memory; while it is away each process keeps its own."""

    def __init__(self, redis: Any, account: str, fetch: Fetch) -> None:
        """`account` tells accounts and platforms apart (app id and API base); `redis` may be None."""
        self._redis, self._fetch = redis, fetch
        mark = hashlib.sha256(account.encode()).hexdigest()[:16]
        self._key, self._lock_key, self._forced_key = (f"wechat:{name}:{mark}" for name in ("token", "lock", "forced"))
        self._mutex, self._pid = threading.Lock(), os.getpid()
        self._own: tuple[str, float] = ("", 0.0)  # token, and the monotonic second at which to forget it
        self._forced_at = -float(FORCE_EVERY_SECONDS)

    def current(self) -> str:
        """The token to use now; asks the platform only when nobody has a live one."""
        token, until = self._own
        return token if token and time.monotonic() < until else self.renewed("")

    def renewed(self, failed: str) -> str:
        """A token that is not `failed`, fetched only if nobody else has fetched one since.

        When the platform itself still hands out the failed token, it is forced to make a new one, rarely; otherwise
        the same token comes back, and the caller's second try fails for good.
        """
        if self._pid != os.getpid():  # after a fork: another thread may have held the lock in the parent
            self._mutex, self._pid = threading.Lock(), os.getpid()
        if not self._mutex.acquire(timeout=WAIT_SECONDS):
            raise Unreachable(message="another thread is still fetching the token")
        try:
            token, until = self._own
            if token and token != failed and time.monotonic() < until:
                return token
            return self._shared(failed)
        finally:
            self._mutex.release()

    def _shared(self, failed: str) -> str:
        """Take the common token, or fetch one under the common lock; without Redis, fetch one for ourselves."""
        mine = secrets.token_hex(8) if self._redis is not None else ""
        found = ""
        try:
            found = mine and self._locked_or_found(mine, failed)
        except RedisError:
            mine = ""
        if found:
            return found
        try:
            return self._fetched(failed, bool(mine))
        finally:
            if mine:
                self._unlock(mine)

    def _locked_or_found(self, mine: str, failed: str) -> str:
        """The token that somebody else has put there meanwhile, or "" once the lock is ours."""
        deadline = time.monotonic() + WAIT_SECONDS
        locked = False
        while not (token := self._common(failed)) and not locked:
            locked = bool(self._redis.set(self._lock_key, mine, nx=True, ex=LOCK_SECONDS))
            if not locked and time.monotonic() > deadline:
                raise Unreachable(message="another process is still fetching the token")
            if not locked:
                time.sleep(0.05)
        if token and locked:  # the last holder finished between our look and our lock
            self._unlock(mine)
        return token

    def _fetched(self, failed: str, shared: bool) -> str:
        """Ask the platform; `shared` says that Redis is there, so that its absence is waited for only once."""
        token, seconds = self._fetch(False)
        if token == failed and self._may_force(shared):
            token, seconds = self._fetch(True)
        seconds = max(seconds - min(MARGIN_SECONDS, seconds // 4), 1)
        self._own = (token, time.monotonic() + seconds)
        try:
            if shared:
                self._redis.set(self._key, token, ex=seconds)
        except RedisError:
            return token  # the others fetch for themselves; the platform gives them the same one
        return token

    def _common(self, failed: str) -> str:
        """The token in Redis, remembered for as long as it lives there; "" if there is none or it is the failed one."""
        token, left = self._redis.pipeline(transaction=False).get(self._key).pttl(self._key).execute()
        token = token.decode() if isinstance(token, bytes) else token or ""
        if not token or token == failed:
            return ""
        self._own = (token, time.monotonic() + max(left, 0) / 1000)
        return token

    def _may_force(self, shared: bool) -> bool:
        if time.monotonic() - self._forced_at < FORCE_EVERY_SECONDS:
            return False
        self._forced_at = time.monotonic()
        try:
            return not shared or bool(self._redis.set(self._forced_key, 1, nx=True, ex=FORCE_EVERY_SECONDS))
        except RedisError:
            return True

    def _unlock(self, mine: str) -> None:
        try:
            self._redis.eval(_UNLOCK, 1, self._lock_key, mine)
        except RedisError:
            return  # it ends by itself after LOCK_SECONDS
