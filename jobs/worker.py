"""The process that does the jobs: RQ's worker, which forks for each, on the one queue. Any number may run.

`python -m jobs.worker`. SIGTERM lets the running job end; a second one does not wait.
"""

import contextlib
import logging
import time
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job
from sqlalchemy.orm import configure_mappers

from bot.nudge import QUEUE
from jobs.schedule import FAILED_SECONDS
from jobs.world import settings, texts

log = logging.getLogger(__name__)
#: Seconds. With these a job whose worker was killed together with its child is found after about 95 s instead of never
#: (measured: with RQ's own worker ttl of 420 an idle peer had not noticed after 150 s).
WORKER_TTL, MAINTENANCE_SECONDS, MONITORING_SECONDS = 30, 5, 5


class Errand(Job):
    """A job whose failure is forgotten after a day, whoever put it on the queue; RQ would keep it for a year."""

    def restore(self, raw_data: Any) -> None:
        """As read from Redis."""
        super().restore(raw_data)
        self.failure_ttl = self.failure_ttl if self.failure_ttl is not None else FAILED_SECONDS


def make(redis: Redis) -> Worker:
    """A worker, not working yet."""
    return Worker(
        [QUEUE],
        connection=redis,
        job_class=Errand,
        default_result_ttl=0,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        log_job_description=False,
    )


def main() -> int:
    """Work until SIGTERM or SIGINT. What never changes is read before the first fork; Redis is waited for."""
    logging.basicConfig(level=settings().log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("rq").setLevel(logging.WARNING)
    texts()
    configure_mappers()
    # RQ waits in Redis for longer than any of our own time limits, and sets its own.
    with Redis.from_url(settings().redis_url) as redis, contextlib.suppress(KeyboardInterrupt):
        while True:
            try:
                make(redis).work(logging_level=logging.WARNING)
                break
            except RedisError as why:
                log.warning("the worker waits for Redis (%s)", type(why).__name__)
                time.sleep(2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
