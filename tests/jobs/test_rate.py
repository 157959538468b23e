"""The pace: shared over Redis by all workers, kept alone while Redis is away."""

import pytest
from redis import Redis

from jobs.rate import KEY, Rate


def test_a_seconds_worth_goes_out_at_once_and_then_the_pace_is_kept(redis):
    waits: list[float] = []
    first, second = (Rate(redis, per_second=100, sleep=waits.append) for _ in range(2))
    assert first.wait(60) == 0 and second.wait(39) == 0
    assert 0.4 < second.wait(60) < 0.7
    assert len(waits) == 1


def test_the_bucket_empties_by_itself(redis):
    rate = Rate(redis, per_second=1000, sleep=lambda seconds: None)
    rate.wait(500)
    assert 0 < redis.pttl(KEY) <= 1600


def test_without_redis_the_process_keeps_to_the_pace_alone(caplog):
    waits: list[float] = []
    with Redis.from_url("redis://127.0.0.1:1") as away:
        rate = Rate(away, per_second=100, sleep=waits.append)
        rate.wait(100)
        assert rate.wait(50) == pytest.approx(0.5, abs=0.1)
    assert "Redis is away" in caplog.text


def test_no_redis_at_all_is_fine():
    assert Rate(None, sleep=lambda seconds: None).wait(1) == 0
