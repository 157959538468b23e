"""The pace: shared over Redis by all workers, kept alone while Redis is away."""

import time

from redis import Redis

from jobs.rate import KEY, Rate


def test_a_seconds_worth_goes_out_at_once_and_then_the_pace_is_kept(redis):
    waits: list[float] = []
    first, second = (Rate(redis, per_second=100, sleep=waits.append) for _ in range(2))
    began = _moment(redis)
    assert first.wait(60) == 0 and second.wait(39) == 0
    waited = second.wait(60)
    assert 0.59 - (_moment(redis) - began) <= waited + 1e-5 and waited <= 0.59, (
        "what passed meanwhile is not waited for"
    )
    assert waits == [waited] * (waited > 0)


def _moment(redis) -> float:
    seconds, micros = redis.time()
    return seconds + micros / 1e6


def test_the_bucket_empties_by_itself(redis):
    rate = Rate(redis, per_second=10, sleep=lambda seconds: None)
    rate.wait(500)
    assert 0 < redis.pttl(KEY) <= 51_000


def test_without_redis_the_process_keeps_to_the_pace_alone(caplog):
    waits: list[float] = []
    with Redis.from_url("redis://127.0.0.1:1") as away:
        rate = Rate(away, per_second=100, sleep=waits.append)
        began = time.monotonic()
        rate.wait(100)
        waited = rate.wait(50)
        assert 0.5 - (time.monotonic() - began) <= waited + 1e-6 and waited <= 0.5
    assert "Redis is away" in caplog.text


def test_no_redis_at_all_is_fine():
    assert Rate(None, sleep=lambda seconds: None).wait(1) == 0
