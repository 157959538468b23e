"""The timetable: which job is put on the queue how often. What is due is decided by rows and the company's clock.

Intervals are real seconds, so that the sandbox may travel in time without flooding or starving the queue. Any number of
clocks may run: one holds a lease in Redis, the others stand by. A job that still waits for a worker is not put there
again, so a worker that comes back after a night finds one of each and not thousands.
"""

import contextlib
import logging
import signal
import time
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.exceptions import SchedulerNotFound
from rq.utils import now

import vitals
from bot.nudge import QUEUE
from jobs import work
from jobs.world import connect, settings

log = logging.getLogger(__name__)
LEASE = "clock:lease"
#: Seconds: how long a dead clock keeps the others waiting, and how often the living ones look.
LEASE_SECONDS, LOOK_SECONDS = 15, 5.0
#: Seconds: a job's time limit, and how long a failed one can be looked at.
JOB_SECONDS, FAILED_SECONDS = 180, 86_400
#: A large database and many photos on a slow disk.
BACKUP_SECONDS = 3600


@dataclass(frozen=True)
class Entry:
    """`name` in jobs/work.py is put on the queue every `every` real seconds; it may take `limit` of them."""

    name: str
    every: int
    limit: int = JOB_SECONDS


TIMETABLE = (
    # Rows whose time has come, and rows whose nudge got lost.
    Entry("deliver", 5),
    Entry("promises", 10),
    Entry("surveys", 10),
    Entry("media", 10),
    Entry("codes", 10),
    Entry("campaigns", 5),
    Entry("greetings", 60),
    Entry("menu", 10),
    Entry("tags", 10),
    Entry("sweep", 20),
    Entry("conversations", 60),
    Entry("silence", 60),
    Entry("roster", 60),
    Entry("privacy", 30),
    Entry("retention", 300),
    Entry("houses", 60),
    Entry("events", 60),
    Entry("sequences", 30),
    Entry("leads", 600),
    Entry("checks", 600),
    Entry("backups", 600, BACKUP_SECONDS),
)
_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('expire', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class Timetable(CronScheduler):
    """RQ's cron with a lease, and with patience for jobs that nobody has taken yet."""

    def enqueue_jobs(self) -> list[CronJob]:
        """Put on the queue what is due; nothing while another clock holds the lease."""
        if not self._lead():
            return []
        vitals.ticked(self.connection)
        put = []
        for job in self.get_jobs():
            if not job.should_run():
                continue
            if not self._waits(job):
                self._remember(job, job.enqueue(self.connection).id)
                put.append(job)
            job.set_enqueue_time(now())
        return put

    def calculate_sleep_interval(self) -> float:
        """Seconds until the next entry is due, short enough to keep the lease or to notice that it fell free."""
        return min(super().calculate_sleep_interval(), LOOK_SECONDS)

    def register_death(self, pipeline: Any = None) -> None:
        """Leave the registry and free the lease, so that a stand-by takes over at once."""
        self.connection.eval(_RELEASE, 1, LEASE, self.name)
        with contextlib.suppress(SchedulerNotFound):  # a Redis that was flushed meanwhile knows nobody
            super().register_death(pipeline)

    def _lead(self) -> bool:
        if self.connection.set(LEASE, self.name, nx=True, ex=LEASE_SECONDS):
            log.info("this clock runs the timetable")
            return True
        return bool(self.connection.eval(_RENEW, 1, LEASE, self.name, LEASE_SECONDS))

    def _waits(self, job: CronJob) -> bool:
        """Whether the one we put there last still stands in the queue itself; what runs or has run does not count."""
        last = self.connection.get(_last_key(job))
        return last is not None and self.connection.lpos(Queue.redis_queue_namespace_prefix + QUEUE, last) is not None

    def _remember(self, job: CronJob, job_id: str) -> None:
        self.connection.set(_last_key(job), job_id, ex=FAILED_SECONDS)


def _last_key(job: CronJob) -> str:
    return f"clock:last:{job.name}"


def register(redis: Redis) -> Timetable:
    """A timetable with every entry of TIMETABLE, not running yet."""
    timetable = Timetable(redis, logging_level=logging.WARNING)
    for entry in TIMETABLE:
        timetable.register(
            getattr(work, entry.name),
            QUEUE,
            interval=entry.every,
            job_timeout=entry.limit,
            result_ttl=0,
            failure_ttl=FAILED_SECONDS,
        )
    return timetable


def main() -> int:
    """Run until SIGTERM or SIGINT. Redis coming late or going away for a while is waited for."""
    logging.basicConfig(level=settings().log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("rq").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with connect(settings().redis_url) as redis, contextlib.suppress(KeyboardInterrupt):
        while True:
            try:
                register(redis).start()
                break
            except RedisError as why:
                log.warning("the timetable waits for Redis (%s)", type(why).__name__)
                time.sleep(LOOK_SECONDS / 2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
