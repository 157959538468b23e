"""Mass messages: four a month and follower, once per clientmsgid, results by event."""

from __future__ import annotations

import pytest

W1, W2 = "oNuanju_W1", "oNuanju_W2"


def send_all(desk, **more: object) -> dict:
    told = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "雨季到了"}, **more}
    return desk.api("cgi-bin/message/mass/sendall", told)


def test_followers_get_it_and_the_result_comes_from_the_platform(desk, hook):
    told = send_all(desk)
    assert told["errcode"] == 0
    assert [m["via"] for m in desk.phone(W2)] == ["mass"]
    assert desk.phone(W1) == []
    desk.wait_for(lambda: bool(hook.pushes))
    finish = hook.pushes[-1]
    assert (finish["Event"], finish["MsgID"]) == ("MASSSENDJOBFINISH", str(told["msg_id"]))
    assert (finish["Status"], finish["SentCount"], finish["ErrorCount"]) == ("send success", "1", "0")
    assert finish["FromUserName"] not in (W1, W2)
    assert desk.api("cgi-bin/message/mass/get", {"msg_id": told["msg_id"]})["msg_status"] == "SEND_SUCCESS"


def test_the_fifth_in_a_beijing_month_reaches_nobody_and_the_next_month_does(desk):
    desk.control("time", {"at": "2027-01-31T23:00:00+08:00"})
    for _ in range(5):
        assert send_all(desk)["errcode"] == 0
    assert len(desk.phone(W2)) == 4
    desk.control("time", {"at": "2027-02-01T00:01:00+08:00"})
    send_all(desk)
    assert len(desk.phone(W2)) == 5


def test_a_clientmsgid_is_sent_once_a_day(desk):
    first = send_all(desk, clientmsgid="spring-1")
    again = send_all(desk, clientmsgid="spring-1")
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert len(desk.phone(W2)) == 1
    assert send_all(desk, clientmsgid="x" * 33)["errcode"] == 45067
    desk.control("time", {"advance": 86401})
    assert send_all(desk, clientmsgid="spring-1")["errcode"] == 0


def test_a_tag_chooses_and_a_missing_filter_is_refused(desk):
    tag = desk.api("cgi-bin/tags/create", {"tag": {"name": "完工"}})["tag"]["id"]
    chosen = {"is_to_all": False, "tag_id": tag}
    send_all(desk, filter=chosen)
    assert desk.phone(W2) == []
    desk.api("cgi-bin/tags/members/batchtagging", {"tagid": tag, "openid_list": [W2]})
    send_all(desk, filter=chosen)
    assert len(desk.phone(W2)) == 1
    assert send_all(desk, filter={})["errcode"] == 40035
    assert send_all(desk, filter={"tag_id": 999})["errcode"] == 45159


@pytest.mark.parametrize(("openids", "expected"), [([W2], 40032), ("x", 40032), ([W2, W1], 0), ([W2] * 10_001, 40032)])
def test_a_list_has_two_to_ten_thousand(desk, openids, expected):
    told = {"touser": openids, "msgtype": "text", "text": {"content": "x"}}
    assert desk.api("cgi-bin/message/mass/send", told)["errcode"] == expected


def test_bodies_and_speed_and_taking_back(desk):
    assert send_all(desk, text={"content": ""})["errcode"] == 44004
    assert send_all(desk, msgtype="poem")["errcode"] == 40008
    number = send_all(desk)["msg_id"]
    assert desk.api("cgi-bin/message/mass/delete", {"msg_id": number})["errcode"] == 40008
    assert desk.api("cgi-bin/message/mass/get", {"msg_id": 1})["errcode"] == 40035
    speeds = [desk.api("cgi-bin/message/mass/speed/set", told)["errcode"] for told in ({"speed": 3}, {"speed": 5}, {})]
    assert speeds == [0, 45083, 45084]
    assert desk.api("cgi-bin/message/mass/speed/get", {})["realspeed"] == 30


def test_a_preview_counts_nowhere(desk):
    for _ in range(6):
        told = {"touser": W2, "msgtype": "text", "text": {"content": "看看"}}
        assert desk.api("cgi-bin/message/mass/preview", told)["errcode"] == 0
    assert len(desk.phone(W2)) == 6
    assert desk.control(f"phone/{W2}")["person"]["mass"] == {}
