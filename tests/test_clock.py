"""The clock: the machine's time, moved by a file that may be missing, garbled or replaced at any moment."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from clock import Clock, frozen

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_without_a_file_it_is_the_machines_time():
    before, said, after = datetime.now(UTC), Clock()(), datetime.now(UTC)
    assert before <= said <= after and said.tzinfo is UTC


def test_the_file_moves_time_and_may_be_replaced(tmp_path):
    path = tmp_path / "clock.json"
    clock = Clock(path)
    assert clock.offset() == timedelta()
    for offset in (3600, -60.5, 86400):
        fresh = tmp_path / "fresh"
        fresh.write_text(f'{{"offset": {offset}}}')
        os.replace(fresh, path)
        assert clock.offset() == timedelta(seconds=offset)
        assert abs(clock() - datetime.now(UTC) - timedelta(seconds=offset)) < timedelta(seconds=1)
    path.unlink()
    assert clock.offset() == timedelta()


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", "null", '{"offset": "soon"}', '{"offset": null}', '{"offset": 1e999}', '{"offset": NaN}',
     '{"offset": 1e12}', "\udcff"],
)  # fmt: skip
def test_garbage_is_no_offset(tmp_path, garbage):
    path = tmp_path / "clock.json"
    path.write_bytes(garbage.encode("utf-8", "surrogateescape"))
    assert Clock(path).offset() == timedelta()


def test_an_unchanged_file_is_read_once(tmp_path):
    path = tmp_path / "clock.json"
    path.write_text('{"offset": 1}')
    clock, stat = Clock(path), path.stat()
    assert clock.offset() == timedelta(seconds=1)
    with path.open("r+") as file:
        file.write('{"offset": 2}')
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert clock.offset() == timedelta(seconds=1)
    os.utime(path)
    assert clock.offset() == timedelta(seconds=2)


def test_a_frozen_clock_stands_until_advanced():
    clock = frozen(NOON.astimezone())
    assert clock() == clock.now == NOON and clock.now.tzinfo is UTC
    assert clock.advance(hours=7, minutes=30) == clock() == NOON + timedelta(hours=7, minutes=30)


def test_a_frozen_clock_refuses_a_naive_moment():
    with pytest.raises(ValueError, match="aware"):
        frozen(datetime(2026, 11, 21))  # noqa: DTZ001 — the naive moment is what is refused
