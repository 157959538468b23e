"""Trouble on command, and only as much as was asked for."""

from __future__ import annotations

import time

import pytest
import requests

W2 = "oNuanju_W2"
SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
def ready(desk):
    desk.push(W2, text="在吗")
    desk.stable()
    return desk


def plan(desk, name: str, **more: object) -> dict:
    return desk.control("faults", {"name": name, "path": SEND, **more})


def shown(desk) -> list[str]:
    return [m["text"] for m in desk.phone(W2) if m["from"] == "account"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("wrong_token", 40001), ("throttle", 45011), ("quota", 45009), ("window", 45015), ("ip", 40164), ("busy", -1)],
)
def test_an_error_code_comes_as_often_as_told_and_sends_nothing(ready, name, expected):
    plan(ready, name, count=2)
    assert [ready.say(W2, "一")["errcode"] for _ in range(3)] == [expected, expected, 0]
    assert shown(ready) == ["一"]


def test_a_cut_before_sends_nothing_and_a_cut_after_has_sent(ready):
    for name in ("cut_before", "cut_after_accept"):
        plan(ready, name)
        with pytest.raises(requests.ConnectionError):
            ready.say(W2, name)
    assert shown(ready) == ["cut_after_accept"]
    assert ready.say(W2, "好了")["errcode"] == 0


def test_slow_waits_and_then_does_it(ready):
    plan(ready, "slow", seconds=0.3)
    began = time.monotonic()
    assert ready.say(W2, "慢")["errcode"] == 0
    assert time.monotonic() - began >= 0.3


def test_a_server_error_is_no_json(ready):
    plan(ready, "5xx")
    token = ready.stable()["access_token"]
    response = ready.http.post(ready.base + SEND, params={"access_token": token}, data=b"{}")
    assert response.status_code == 502
    assert shown(ready) == []


def test_other_paths_stay_well_and_a_star_means_all(ready):
    plan(ready, "throttle")
    assert ready.api("cgi-bin/getcallbackip")["ip_list"] == ["127.0.0.1"]
    ready.control("faults", {"name": "clear"})
    ready.control("faults", {"name": "throttle"})
    assert ready.api("cgi-bin/getcallbackip")["errcode"] == 45011


def test_trouble_is_listed_replaced_and_taken_back(ready):
    plan(ready, "ip", count=3)
    assert [(f["name"], f["count"]) for f in plan(ready, "ip", count=5)["faults"]] == [("ip", 5)]
    assert plan(ready, "ip", count=0)["faults"] == []
    assert plan(ready, "flood")["http"] == 400
