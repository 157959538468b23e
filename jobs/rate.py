"""How fast all workers together may call the platform: one bucket in Redis, one in the process when Redis is away.

The platform's own answer to going too fast is 45011, after which everybody waits a minute; staying below it is faster.
Time here is the server's real time, never the company's clock: the platform does not travel with our sandbox.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError

from models.worktime import SHANGHAI
from vitals import PER_DAY, calls_key

log = logging.getLogger(__name__)
#: The platform publishes 500 000 a day for custom/send and no pace; whoever is told 45011 lowers this.
PER_SECOND = 500.0
KEY = "rate:custom"
DAY_SECONDS = 86_400

#: The moment up to which places are given out moves on by n; what lies more than a second ahead must be waited for.
_RESERVE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local given = tonumber(redis.call('GET', KEYS[1]) or '0')
if given < now then given = now end
given = given + tonumber(ARGV[1]) / tonumber(ARGV[2])
redis.call('SET', KEYS[1], string.format('%.6f', given), 'PX', math.ceil((given - now) * 1000) + 1000)
return string.format('%.6f', math.max(0, given - now - 1))
"""


class Rate:
    """Reserves places in the platform's patience; the caller waits before it sends."""

    def __init__(
        self,
        redis: Any,
        *,
        per_second: float = PER_SECOND,
        sleep: Callable[[float], None] = time.sleep,
        key: str = KEY,
    ) -> None:
        """`redis` may be None; `per_second` sends may go out, a second's worth in a burst; `key` names the pace."""
        self._redis, self._per_second, self._sleep = redis, per_second, sleep
        self._key = key
        self._lock, self._given = threading.Lock(), 0.0

    def wait(self, count: int, rungs: Mapping[str, int] | None = None) -> float:
        """Return when `count` sends may go out; seconds waited. Redis away: this process keeps to the pace alone.

        `rungs` says by which rungs they go, for the quotas of the day.
        """
        self._count(rungs or {})
        seconds = self._shared(count)
        if seconds is None:
            seconds = self._alone(count)
        if seconds > 0:
            self._sleep(seconds)
        return seconds

    def full(self) -> frozenset[str]:
        """The rungs whose quota of today (in Beijing) is used up by our own count; nothing while Redis is away."""
        if self._redis is None:
            return frozenset()
        try:
            counts = self._redis.mget(list(_keys(self._redis).values()))
        except RedisError:
            return frozenset()  # the platform itself says 45009
        return frozenset(rung for rung, count in zip(PER_DAY, counts, strict=True) if int(count or 0) >= PER_DAY[rung])

    def _count(self, rungs: Mapping[str, int]) -> None:
        if self._redis is None or not rungs:
            return
        try:
            keys = _keys(self._redis)
            with self._redis.pipeline() as together:
                for rung in keys.keys() & rungs.keys():
                    together.incrby(keys[rung], rungs[rung])
                    together.expire(keys[rung], 2 * DAY_SECONDS)
                together.execute()
        except RedisError as why:
            log.warning("calls of the day are not counted, Redis is away (%s)", type(why).__name__)

    def _shared(self, count: int) -> float | None:
        if self._redis is None:
            return None
        try:
            return float(self._redis.eval(_RESERVE, 1, self._key, count, self._per_second))
        except RedisError as why:
            log.warning("rate limit kept alone, Redis is away (%s)", type(why).__name__)
            return None

    def _alone(self, count: int) -> float:
        with self._lock:
            now = time.monotonic()
            self._given = max(self._given, now) + count / self._per_second
            return max(0.0, self._given - now - 1)


def _keys(redis: Any) -> dict[str, str]:
    """The day's counter of each rung: the platform counts by Beijing's days, in the server's real time."""
    day = datetime.fromtimestamp(redis.time()[0], UTC).astimezone(SHANGHAI)
    return {rung: calls_key(rung, day) for rung in PER_DAY}
