"""The timetable on a real Redis: one clock leads, the other stands by, and nothing piles up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.registry import FailedJobRegistry

from bot.nudge import QUEUE, nudge
from jobs import schedule, work
from jobs.worker import Errand
from settings import ROOT

NAMES = {entry.name for entry in schedule.TIMETABLE}


def waiting(redis: Redis) -> list[str]:
    return sorted(job.func_name.rpartition(".")[2] for job in Queue(QUEUE, connection=redis).jobs)


def test_every_entry_of_the_timetable_is_a_job(redis):
    assert all(callable(getattr(work, name)) for name in NAMES)
    assert {job.func_name for job in schedule.register(redis).get_jobs()} == {f"jobs.work.{name}" for name in NAMES}


def test_a_job_that_still_waits_is_not_put_there_again(redis):
    clock = schedule.register(redis)
    clock.enqueue_jobs()
    assert waiting(redis) == sorted(NAMES)
    for job in clock.get_jobs():
        job.latest_enqueue_time = None
    assert clock.enqueue_jobs() == [] and waiting(redis) == sorted(NAMES)
    taken = Queue(QUEUE, connection=redis).jobs[0]
    redis.lrem(f"rq:queue:{QUEUE}", 1, taken.id)  # as a worker does
    for job in clock.get_jobs():
        job.latest_enqueue_time = None
    assert [job.func_name for job in clock.enqueue_jobs()] == [taken.func_name]


def test_a_second_clock_stands_by_and_takes_over(redis):
    first, second = schedule.register(redis), schedule.register(redis)
    assert len(first.enqueue_jobs()) == len(NAMES)
    assert second.enqueue_jobs() == []
    assert 0 < redis.ttl(schedule.LEASE) <= schedule.LEASE_SECONDS
    first.register_death()
    redis.delete(f"rq:queue:{QUEUE}")
    assert len(second.enqueue_jobs()) == len(NAMES)


def test_a_stand_by_that_dies_does_not_free_the_lease(redis):
    first, second = schedule.register(redis), schedule.register(redis)
    first.enqueue_jobs()
    second.register_death()
    assert redis.get(schedule.LEASE) == first.name.encode()


def test_clocks_look_often_enough_to_keep_their_lease(redis):
    clock = schedule.register(redis)
    clock.enqueue_jobs()
    assert clock.calculate_sleep_interval() <= schedule.LOOK_SECONDS < schedule.LEASE_SECONDS / 2


def test_a_redis_that_was_flushed_is_filled_again(redis):
    clock = schedule.register(redis)
    clock.enqueue_jobs()
    redis.flushall()
    for job in clock.get_jobs():
        job.latest_enqueue_time = None
    assert len(clock.enqueue_jobs()) == len(NAMES)


def test_a_failure_is_forgotten_after_a_day_whoever_queued_it(redis):
    queue = Queue(QUEUE, connection=redis)
    careless = queue.enqueue("jobs.work.deliver")
    assert Job.fetch(careless.id, redis).failure_ttl is None
    assert Errand.fetch(careless.id, redis).failure_ttl == schedule.FAILED_SECONDS
    for job in schedule.register(redis).get_jobs():
        assert job.job_options["failure_ttl"] == schedule.FAILED_SECONDS and job.job_options["result_ttl"] == 0


def test_a_burst_of_nudges_is_one_job(redis):
    for _ in range(9):
        nudge(redis)
    assert waiting(redis) == ["deliver"]


@pytest.fixture
def environment(settings, redis_url, tmp_path, database_url) -> dict[str, str]:
    """What a process of ours needs to start."""
    names = ("wechat_app_id", "wechat_app_secret", "wechat_token", "wechat_encoding_aes_key", "wechat_api_base")
    values = {name.upper(): getattr(settings, name) for name in (*names, "secret_key")}
    return os.environ | values | {
        "REDIS_URL": redis_url, "DATABASE_URL": database_url, "MEDIA_DIR": str(tmp_path / "media"),
        "PYTHONWARNINGS": "default",
    }  # fmt: skip


@pytest.mark.sqlite_only  # the processes are the same whatever the database is
def test_clock_and_worker_run_every_job_and_leave_when_asked(redis, environment, tmp_path):
    log = (tmp_path / "log").open("wb")
    processes = [
        subprocess.Popen([sys.executable, "-m", name], env=environment, cwd=ROOT, stdout=log, stderr=log)
        for name in ("jobs.schedule", "jobs.worker")
    ]
    try:
        deadline = time.monotonic() + 40
        ran = f"rq:queue:{QUEUE}"
        while time.monotonic() < deadline and not (
            redis.exists(schedule.LEASE) and _done(redis) and not redis.llen(ran)
        ):
            time.sleep(0.1)
        assert _done(redis), Path(log.name).read_text()
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(20) for process in processes]
        log.close()
    assert codes == [0, 0]
    assert FailedJobRegistry(QUEUE, connection=redis).count == 0, Path(log.name).read_text()
    assert not redis.exists(schedule.LEASE)


def _done(redis: Redis) -> bool:
    """Every entry was put on the queue, and the worker has finished as many jobs."""
    put = [name for name in NAMES if redis.exists(f"clock:last:jobs.work.{name}")]
    workers = redis.smembers("rq:workers")
    finished = sum(int(redis.hget(key, "successful_job_count") or 0) for key in workers)
    return len(put) == len(NAMES) <= finished
