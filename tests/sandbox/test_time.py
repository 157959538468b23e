"""Time travel: one offset for all, in a file that is replaced and never half written."""

from __future__ import annotations

import json
import time

import pytest

from sandbox.clock import Clock, iso, moment, next_morning


def ahead(desk) -> float:
    return desk.platform.clock.now() - time.time()


def test_travelling_moves_the_offset_and_the_file(desk):
    path = desk.platform.config.clock_file
    assert desk.control("time", {"offset": 3600})["offset"] == 3600
    assert json.loads(path.read_text()) == {"offset": 3600}
    assert desk.control("time", {"advance": 60})["offset"] == 3660
    desk.control("time", {"at": "2027-05-01T09:00:00+08:00"})
    assert desk.control("time")["now"].startswith("2027-05-01T09:00:0")
    desk.control("time", {"to": "morning"})
    assert desk.control("time")["now"].startswith("2027-05-02T09:00:0")
    desk.control("time", {"to": "now"})
    assert abs(ahead(desk)) < 0.1
    assert list(path.parent.glob("*.new")) == []


def test_the_next_due_moment_is_told_and_reached(desk):
    assert desk.control("time", {"to": "due"})["http"] == 400
    told = desk.control("time", {"due": "2027-05-01T14:00:00+08:00", "what": "上门"})
    assert told["due"] == {"at": "2027-05-01T14:00:00+08:00", "what": "上门"}
    assert told["offset"] == 0
    assert desk.control("time", {"to": "due"})["now"].startswith("2027-05-01T14:00:0")


@pytest.mark.parametrize("told", [{}, {"at": "tomorrow"}, {"to": "paradise"}, {"offset": "far"}])
def test_nonsense_moves_nothing(desk, told):
    assert desk.control("time", told)["http"] == 400
    assert desk.platform.clock.offset == 0


def test_a_clock_starts_where_the_last_one_stood_and_garbage_is_zero(tmp_path):
    path = tmp_path / "deep" / "clock.json"
    Clock(path).travel(7200)
    assert Clock(path).offset == 7200
    path.write_text("{half")
    assert Clock(path).offset == 0
    assert Clock(None).offset == 0


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-21T08:59:59+08:00", "2026-11-21T09:00:00+08:00"),
        ("2026-11-21T09:00:00+08:00", "2026-11-22T09:00:00+08:00"),
        ("2026-12-31T23:00:00+08:00", "2027-01-01T09:00:00+08:00"),
    ],
)
def test_next_morning_is_nine_in_shanghai(now, morning):
    assert iso(next_morning(moment(now))) == morning


def test_a_moment_without_zone_is_shanghai():
    assert moment("2026-01-13T10:00:00") == moment("2026-01-13T02:00:00+00:00") == 1768269600
    with pytest.raises(ValueError, match="not a moment"):
        moment(True)
