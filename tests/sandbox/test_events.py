"""Every message and event type with its fields; order, repetition and moments of pushes."""

from __future__ import annotations

import threading

import pytest

from sandbox.compose import BY_PLATFORM, EVENTS
from tests.sandbox.conftest import seal, text_reply

W1, W2 = "oNuanju_W1", "oNuanju_W2"


def transfer(push):
    xml = (
        f"<xml><ToUserName>{push['FromUserName']}</ToUserName><FromUserName>{push['ToUserName']}</FromUserName>"
        "<CreateTime>1</CreateTime><MsgType>transfer_customer_service</MsgType></xml>"
    )
    return seal(xml, push.query["nonce"])


MESSAGES = [
    ("text", {"text": "在吗"}, {"Content": "在吗"}),
    ("image", {}, {"PicUrl": None, "MediaId": None}),
    ("voice", {"recognition": "漏水"}, {"Format": "amr", "Recognition": "漏水", "MediaId16K": None}),
    ("video", {}, {"ThumbMediaId": None}),
    ("shortvideo", {}, {"ThumbMediaId": None}),
    ("location", {"lat": 30.5, "lon": 120.5, "label": "翡翠城"}, {"Location_X": "30.5", "Label": "翡翠城"}),
    ("link", {"title": "a", "url": "http://x/"}, {"Title": "a", "Url": "http://x/"}),
    ("file", {"title": "合同.pdf"}, {"Title": "合同.pdf"}),
]


@pytest.mark.parametrize(("kind", "told", "expected"), MESSAGES)
def test_each_message_type_has_its_fields(desk, hook, kind, told, expected):
    assert desk.push(W2, kind, **told)["status"] == "ok"
    push = hook.pushes[-1]
    assert push["MsgType"] == kind
    assert push["MsgId"].isdigit()
    for name, value in expected.items():
        assert push[name] == value if value is not None else push[name]
    assert desk.phone(W2)[-1]["type"] == kind


def test_a_voice_without_recognition_has_no_such_field(desk, hook):
    desk.push(W2, "voice")
    assert hook.pushes[-1]["Recognition"] is None


@pytest.mark.parametrize("event", [*EVENTS, "some_future_event"])
def test_each_event_has_its_fields_and_no_number(desk, hook, event):
    desk.push(W2, "event", event=event)
    push = hook.pushes[-1]
    assert (push["MsgType"], push["Event"], push["MsgId"]) == ("event", event, None)
    about = event.startswith(("user_info", "user_authorization"))
    assert (push["FromUserName"] == W2) is not (event.lower() in BY_PLATFORM or about)
    assert push["OpenID"] == (W2 if about else None)
    for name in EVENTS.get(event, {}):
        assert push.xml.find(name) is not None


def test_fields_of_an_event_may_be_told(desk, hook):
    row = [
        {"TemplateId": "A", "SubscribeStatusString": "accept"},
        {"TemplateId": "B", "SubscribeStatusString": "reject"},
    ]
    desk.push(W2, "event", event="subscribe_msg_popup_event", fields={"SubscribeMsgPopupEvent": {"List": row}})
    assert [one.text for one in hook.pushes[-1].xml.iter("TemplateId")] == ["A", "B"]


def test_following_and_leaving_change_the_person(desk, hook):
    desk.push(W1, "subscribe")
    assert desk.control(f"phone/{W1}")["person"]["following"] is True
    hook.answer = lambda push: text_reply(push, "再见")
    assert desk.push(W1, "unsubscribe")["replies"] == [], "nobody reads a reply to leaving"
    assert desk.control(f"phone/{W1}")["person"]["following"] is False


def test_a_stranger_cannot_write(desk, hook):
    told = desk.push(W1, text="在吗")
    assert (told["http"], told["code"]) == (409, "not_following")
    assert hook.pushes == []


@pytest.mark.parametrize(
    ("openid", "kind", "expected"), [("oNobody", "text", 404), (W2, "poem", 400), (W2, "text", 400), (W2, "event", 400)]
)
def test_nonsense_is_refused_without_a_push(desk, hook, openid, kind, expected):
    assert desk.push(openid, kind)["http"] == expected
    assert hook.pushes == []


def test_a_repeat_is_the_same_push_and_its_reply_is_shown_once(desk, hook):
    hook.answer = lambda push: text_reply(push, "收到")
    told = desk.push(W2, text="在吗", repeat=2)
    assert (told["tries"], len(told["replies"]), len(told["answers"])) == (3, 1, 3)
    desk.push(W2, "repeat")
    assert len({(p["MsgId"], p["CreateTime"]) for p in hook.pushes}) == 1
    assert len({p.query["nonce"] for p in hook.pushes}) == 4
    assert [m["text"] for m in desk.phone(W2)] == ["在吗", "收到"]


def test_repeats_may_overlap(desk, hook):
    together = threading.Barrier(3)

    def meet(_push):
        together.wait(timeout=4)
        return "success"

    hook.answer = meet
    told = desk.push(W2, text="在吗", repeat=2, overlap=True)
    assert (told["status"], told["tries"]) == ("ok", 3)


def test_one_persons_pushes_never_overtake_each_other(desk, hook):
    inside, most = [], []

    def busy(push):
        inside.append(push)
        most.append(len(inside))
        threading.Event().wait(0.03)
        inside.pop()
        return "success"

    hook.answer = busy
    http = [threading.Thread(target=desk.say_alone, args=(W2, str(n))) for n in range(6)]
    for one in http:
        one.start()
    for one in http:
        one.join()
    assert max(most) == 1
    shown = [m["text"] for m in desk.phone(W2)]
    assert [push["Content"] for push in hook.pushes] == shown


def test_a_moment_may_be_told_and_else_it_is_the_travelled_now(desk, hook):
    desk.push(W2, text="早", at="2026-01-13T10:00:00+08:00")
    assert hook.pushes[-1]["CreateTime"] == "1768269600"
    desk.control("time", {"at": "2027-05-01T09:00:00+08:00"})
    desk.push(W2, text="早")
    assert abs(int(hook.pushes[-1]["CreateTime"]) - 1809133200) < 5
    assert abs(int(hook.pushes[-1].query["timestamp"]) - 1809133200) < 5


def test_transfer_to_the_kf_console_keeps_messages_from_the_webhook(desk, hook):
    hook.answer = transfer
    desk.push(W2, text="人工")
    assert desk.control(f"phone/{W2}")["person"]["kf"] is True
    assert desk.push(W2, text="在吗")["status"] == "kf"
    assert len(hook.pushes) == 1
    desk.control("time", {"advance": 1801})
    hook.answer = lambda _push: "success"
    assert desk.push(W2, text="在吗")["status"] == "ok"
