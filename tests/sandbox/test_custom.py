"""Customer-service messages: whom, what, how many, how long."""

from __future__ import annotations

import pytest

from sandbox.samples import picture, video, voice

W1, W2 = "oNuanju_W1", "oNuanju_W2"
SEND = "cgi-bin/message/custom/send"


def message(kind: str, part: object, **more: object) -> dict:
    return {"touser": W2, "msgtype": kind, kind: part, **more}


@pytest.fixture
def open_desk(desk):
    """W2 has just written, so five messages may follow."""
    desk.push(W2, text="在吗")
    return desk


def test_a_text_stands_on_the_phone(open_desk):
    assert open_desk.say(W2, "在的")["errcode"] == 0
    last = open_desk.phone(W2)[-1]
    assert (last["from"], last["via"], last["text"]) == ("account", "custom", "在的")


@pytest.mark.parametrize(
    ("openid", "expected"), [("", 40003), ("nonsense", 40003), ("oForeign_00001", 40003), (W1, 43004), (None, 40003)]
)
def test_people_who_cannot_be_written_to(open_desk, openid, expected):
    assert open_desk.say(openid, "在吗")["errcode"] == expected
    assert open_desk.phone(W1) == []


def test_a_cancelled_account_a_blocked_and_an_unwilling_person(open_desk):
    for change, expected in (({"gone": True}, 46004), ({"gone": False, "accepts": False}, 48002)):
        open_desk.control("people", {"openid": W2, **change})
        assert open_desk.say(W2, "在吗")["errcode"] == expected
    open_desk.control("people", {"openid": W2, "accepts": True})
    open_desk.api("cgi-bin/tags/members/batchblacklist", {"openid_list": [W2]})
    assert open_desk.say(W2, "在吗")["errcode"] == 43019
    open_desk.api("cgi-bin/tags/members/batchunblacklist", {"openid_list": [W2]})
    assert open_desk.say(W2, "在吗")["errcode"] == 0


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (message("text", {"content": ""}), 44004),
        (message("text", {"content": " \n"}), 44004),
        (message("text", {}), 44004),
        (message("text", {"content": "长" * 682 + "ab"}), 0),
        (message("text", {"content": "长" * 683}), 45002),
        (message("text", "x"), 40035),
        (message("image", {"media_id": "gone"}), 40007),
        (message("poem", {"content": "x"}), 40008),
        (message("news", {"articles": [{"title": "a"}, {"title": "b"}]}), 45008),
        (message("news", {"articles": []}), 40035),
        (message("news", {"articles": [{"title": "完工案例", "url": "http://127.0.0.1/"}]}), 0),
        (message("msgmenu", {"head_content": "满意吗", "list": []}), 44004),
        (message("msgmenu", {"head_content": "满意吗", "list": [{"id": "1"}]}), 40035),
    ],
)
def test_bodies_are_refused_by_their_code(open_desk, told, expected):
    assert open_desk.api(SEND, told)["errcode"] == expected


def test_escaped_characters_and_broken_json_are_refused(open_desk):
    url, args = f"{open_desk.base}/{SEND}", {"access_token": open_desk.stable()["access_token"]}

    def post(body: bytes) -> int:
        return open_desk.http.post(url, params=args, data=body).json()["errcode"]

    head = b'{"touser":"oNuanju_W2","msgtype":"text","text":{"content":"'
    assert post(head + b'\\u5728"}}') == 40033
    assert post(head + b'C:\\\\u5728"}}') == 0, "an escaped backslash is no escape of a character"
    assert post(b"{nonsense") == 47001
    assert post(b"[1]") == 47001
    assert post(b"") == 44002


def test_media_of_the_right_kind_can_be_sent(open_desk):
    image = open_desk.upload("image", picture("leak"))["media_id"]
    sound = open_desk.upload("voice", voice(1), "a.amr")["media_id"]
    film = open_desk.upload("video", video(), "a.mp4")["media_id"]
    thumb = open_desk.upload("thumb", picture("leak"))["thumb_media_id"]
    assert open_desk.api(SEND, message("image", {"media_id": image}))["errcode"] == 0
    assert open_desk.api(SEND, message("voice", {"media_id": sound}))["errcode"] == 0
    assert open_desk.api(SEND, message("video", {"media_id": film, "thumb_media_id": thumb}))["errcode"] == 0
    assert open_desk.api(SEND, message("image", {"media_id": sound}))["errcode"] == 40007
    shown = open_desk.phone(W2)[-3]
    assert open_desk.http.get(open_desk.base + shown["media_url"]).content == picture("leak")


def test_a_tapped_menu_item_comes_back_as_text_with_its_id(open_desk, hook):
    part = {"head_content": "满意吗", "list": [{"id": "s5", "content": "很满意"}], "tail_content": "谢谢"}
    assert open_desk.api(SEND, message("msgmenu", part))["errcode"] == 0
    assert open_desk.phone(W2)[-1]["text"] == "满意吗\n很满意\n谢谢"
    open_desk.push(W2, text="很满意", bizmsgmenuid="s5")
    assert (hook.pushes[-1]["MsgType"], hook.pushes[-1]["bizmsgmenuid"]) == ("text", "s5")


def codes(desk, count: int) -> list[int]:
    return [desk.say(W2, str(n))["errcode"] for n in range(count)]


def test_without_any_act_nothing_may_be_sent(desk):
    assert codes(desk, 1) == [45015]


def test_five_messages_in_48_hours_after_a_message(open_desk):
    assert codes(open_desk, 6) == [0] * 5 + [45047]
    open_desk.push(W2, text="还在")
    assert codes(open_desk, 6) == [0] * 5 + [45047], "a new message opens a new window, it adds nothing"
    open_desk.push(W2, text="再来")
    open_desk.control("time", {"advance": 48 * 3600 - 60})
    assert codes(open_desk, 1) == [0]
    open_desk.control("time", {"advance": 61})
    assert codes(open_desk, 1) == [45015]


ACTS = [
    ("subscribe", {}),
    ("scan", {"scene": "7"}),
    ("click", {"key": "K"}),
    ("event", {"event": "scancode_push"}),
    ("event", {"event": "scancode_waitmsg"}),
]


@pytest.mark.parametrize(("kind", "told"), ACTS)
def test_three_messages_in_one_minute_after_other_acts(desk, kind, told):
    desk.push(W2, kind, **told)
    assert codes(desk, 4) == [0, 0, 0, 45047]
    desk.push(W2, kind, **told)
    desk.control("time", {"advance": 61})
    assert codes(desk, 1) == [45015]


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "pic_weixin", "TEMPLATESENDJOBFINISH"])
def test_other_events_open_no_window(desk, event):
    desk.push(W2, "event", event=event)
    assert codes(desk, 1) == [45015]


def test_the_minute_is_used_before_the_48_hours(open_desk):
    open_desk.push(W2, "click", key="K")
    assert codes(open_desk, 3) == [0] * 3
    left = {w["kind"]: w["left"] for w in open_desk.control(f"phone/{W2}")["person"]["windows"]}
    assert left == {"message": 5, "menu": 0}


def test_leaving_closes_every_window(open_desk):
    open_desk.push(W2, "unsubscribe")
    assert codes(open_desk, 1) == [43004]
    open_desk.control("people", {"openid": W2, "following": True})
    assert codes(open_desk, 1) == [45015]


def test_refused_bodies_cost_nothing(open_desk):
    for _ in range(8):
        open_desk.api(SEND, message("text", {"content": ""}))
    assert codes(open_desk, 6) == [0] * 5 + [45047]


def test_typing_needs_a_fresh_act_and_is_not_repeated(open_desk):
    def typing(command: str = "Typing") -> int:
        return open_desk.api("cgi-bin/message/custom/typing", {"touser": W2, "command": command})["errcode"]

    assert typing() == 0
    assert open_desk.control(f"phone/{W2}")["person"]["typing"] is True
    assert typing() == 45081
    assert typing("CancelTyping") == 0
    assert typing() == 0
    open_desk.say(W2, "在的")
    assert open_desk.control(f"phone/{W2}")["person"]["typing"] is False
    open_desk.control("time", {"advance": 31})
    assert typing() == 45080
