"""A nudge to the workers after a commit that promised to send: by name, at most one waiting, never fatal.

The rows are the truth; without Redis the sweep finds them a little later.
"""

import logging
from typing import Any

from redis import RedisError
from rq import Queue

log = logging.getLogger(__name__)

#: The queue and the job that workers know; names, because the panel never imports them.
QUEUE, DELIVER = "nuanju", "jobs.work.deliver"
#: While this key stands a delivery is already waiting; it falls by itself should a worker die with it.
KEY, SECONDS = "nudge:deliver", 30


def deliver(redis: Any) -> bool:
    """A delivery waits in the queue afterwards; True when this call put it there, False when one was waiting.

    Redis away or broken: logged, False, and nothing else happens.
    """
    if not redis:
        return False
    try:
        if not redis.set(KEY, 1, nx=True, ex=SECONDS):
            return False
        Queue(QUEUE, connection=redis).enqueue(DELIVER)
    except (RedisError, OSError) as error:
        log.warning("no nudge (%s); the sweep will find what waits", type(error).__name__)
        return False
    return True
