"""Template and subscription notices: fields, doubles, consent, and the events that tell how it went."""

from __future__ import annotations

import pytest

W1, W2 = "oNuanju_W1", "oNuanju_W2"
TEMPLATE = "SANDBOX-SERVICE-NOTICE"
DATA = {
    "character_string1": {"value": "BX20261121-0007"},
    "thing2": {"value": "师傅已出发😊"},
    "time3": {"value": "2026年11月22日 14:00"},
}


def send(desk, openid: str = W2, **more: object) -> dict:
    return desk.api("cgi-bin/message/template/send", {"touser": openid, "template_id": TEMPLATE, "data": DATA, **more})


def events(hook, name: str) -> list:
    return [push for push in list(hook.pushes) if push["Event"] == name]


def test_a_notice_stands_on_the_phone_without_any_window_and_reports_later(desk, hook):
    told = send(desk, url="http://127.0.0.1:1/x")
    assert told["errcode"] == 0
    shown = desk.phone(W2)[-1]
    assert (shown["type"], shown["title"], shown["url"]) == ("template", "服务进度通知", "http://127.0.0.1:1/x")
    assert shown["rows"][1] == {"label": "进度", "value": "师傅已出发"}, "emoji are stripped"
    desk.wait_for(lambda: bool(events(hook, "TEMPLATESENDJOBFINISH")))
    finish = events(hook, "TEMPLATESENDJOBFINISH")[0]
    assert (finish["MsgID"], finish["Status"], finish["FromUserName"]) == (str(told["msgid"]), "success", W2)
    assert finish["MsgId"] is None


def test_the_same_client_msg_id_is_sent_once_in_ten_minutes(desk):
    first = send(desk, client_msg_id="a")["msgid"]
    assert send(desk, client_msg_id="a")["msgid"] == first
    assert send(desk, client_msg_id="b")["msgid"] != first
    assert len(desk.phone(W2)) == 2
    desk.control("time", {"advance": 601})
    assert send(desk, client_msg_id="a")["msgid"] != first
    assert len(desk.phone(W2)) == 3


def test_a_person_who_takes_nothing_is_reported_as_a_block(desk, hook):
    desk.control("people", {"openid": W2, "accepts": False})
    assert send(desk)["errcode"] == 0
    desk.wait_for(lambda: bool(events(hook, "TEMPLATESENDJOBFINISH")))
    assert events(hook, "TEMPLATESENDJOBFINISH")[0]["Status"] == "failed:user block"
    assert desk.phone(W2) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"template_id": "unknown"}, 40037),
        ({"data": {}}, 47003),
        ({"data": None}, 47003),
        ({"data": {**DATA, "thing2": {"value": ""}}}, 47003),
        ({"data": {**DATA, "thing2": {"value": "字" * 21}}}, 47003),
        ({"data": {**DATA, "thing2": {"value": "一\n二"}}}, 47003),
        ({"touser": W1}, 43004),
        ({"touser": "oNobody_00000"}, 40003),
    ],
)
def test_notices_are_refused_by_their_code(desk, change, expected):
    assert send(desk, **change)["errcode"] == expected


def test_new_templates_can_be_owned(desk):
    desk.control("templates", {"id": "T2", "title": "预约", "content": "时间:{{time1.DATA}}"})
    listed = desk.api("cgi-bin/template/get_all_private_template")["template_list"]
    assert {one["template_id"] for one in listed} == {TEMPLATE, "SANDBOX-SUBSCRIBE-NOTICE", "T2"}
    assert send(desk, template_id="T2", data={"time1": {"value": "14:00"}})["errcode"] == 0


def test_one_consent_is_one_notice(desk, hook):
    def bizsend() -> int:
        told = {"touser": W2, "template_id": TEMPLATE, "data": DATA}
        return desk.api("cgi-bin/message/subscribe/bizsend", told)["errcode"]

    assert bizsend() == 43101
    desk.control("consent", {"openid": W2, "template_id": TEMPLATE})
    popup = hook.pushes[-1].xml.find("SubscribeMsgPopupEvent/List")
    assert (popup.findtext("TemplateId"), popup.findtext("SubscribeStatusString")) == (TEMPLATE, "accept")
    assert [bizsend(), bizsend()] == [0, 43101]
    desk.wait_for(lambda: bool(events(hook, "subscribe_msg_sent_event")))
    desk.control("consent", {"openid": W2, "template_id": TEMPLATE, "count": 2})
    desk.control("consent", {"openid": W2, "template_id": TEMPLATE, "count": 0})
    assert hook.pushes[-1]["Event"] == "subscribe_msg_change_event"
    assert bizsend() == 43101
