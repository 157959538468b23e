"""A small nudge after a commit: something waits in the outbox. Losing one costs seconds, the sweep finds the rows."""

import logging

from redis import Redis, RedisError
from rq import Queue

log = logging.getLogger(__name__)
QUEUE = "nuanju"
KEY = "nudge:deliver"
#: A job that never started frees the key after so many seconds.
KEY_SECONDS = 30


def nudge(redis: Redis) -> bool:
    """One delivery job is waiting afterwards; a burst of nudges costs one job. False when Redis is away."""
    try:
        if redis.set(KEY, b"1", nx=True, ex=KEY_SECONDS):
            Queue(QUEUE, connection=redis).enqueue("jobs.work.deliver", result_ttl=0, failure_ttl=86_400)
    except RedisError as error:
        log.warning("nudge lost, the sweep will find the rows: %s", type(error).__name__)
        return False
    return True
