"""Passive replies of every kind as the phone shows them, and files that people send."""

from __future__ import annotations

import base64

import pytest

from sandbox.samples import picture
from tests.sandbox.conftest import seal

W2 = "oNuanju_W2"


def reply(push, kind: str, inner: str) -> str:
    xml = (
        f"<xml><ToUserName>{push['FromUserName']}</ToUserName><FromUserName>{push['ToUserName']}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{kind}</MsgType>{inner}</xml>"
    )
    return seal(xml, push.query["nonce"])


def articles(count: int) -> str:
    items = "".join(f"<item><Title>案例{n}</Title><Url>http://127.0.0.1/{n}</Url></item>" for n in range(count))
    return f"<ArticleCount>{count}</ArticleCount><Articles>{items}</Articles>"


@pytest.mark.parametrize(
    ("kind", "inner", "body"),
    [
        ("image", "<Image><MediaId>M1</MediaId></Image>", {"media_id": "M1"}),
        ("voice", "<Voice><MediaId>M1</MediaId></Voice>", {"media_id": "M1"}),
        ("video", "<Video><MediaId>M1</MediaId><Title>完工</Title></Video>", {"title": "完工"}),
        ("music", "<Music><Title>歌</Title><ThumbMediaId>M1</ThumbMediaId></Music>", {"title": "歌"}),
    ],
)
def test_each_kind_is_shown(desk, hook, kind, inner, body):
    hook.answer = lambda push: reply(push, kind, inner)
    desk.push(W2, text="在吗")
    shown = desk.phone(W2)[-1]
    assert (shown["from"], shown["type"]) == ("account", kind)
    assert {key: shown[key] for key in body} == body


@pytest.mark.parametrize(
    ("kind", "inner"),
    [
        ("image", ""),
        ("image", "<Image></Image>"),
        ("music", "<Music><Title>歌</Title></Music>"),
        ("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"),
        ("poem", ""),
    ],
)
def test_a_kind_that_lacks_a_part_is_excused(desk, hook, kind, inner):
    hook.answer = lambda push: reply(push, kind, inner)
    assert desk.push(W2, text="在吗")["status"] == "invalid"


def test_one_article_after_a_message_and_eight_after_an_event(desk, hook):
    hook.answer = lambda push: reply(push, "news", articles(10))
    assert len(desk.push(W2, text="案例")["replies"][0]["articles"]) == 1
    assert len(desk.push(W2, "click", key="cases")["replies"][0]["articles"]) == 8


def test_an_event_cannot_be_transferred(desk, hook):
    hook.answer = lambda push: reply(push, "transfer_customer_service", "")
    assert desk.push(W2, "click", key="human")["status"] == "invalid"


def test_a_compatible_account_may_answer_either_way_and_a_plain_one_only_plain(start, hook):
    def plain(push):
        inner = "<Content>hi</Content>"
        return (
            f"<xml><ToUserName>{push['FromUserName']}</ToUserName><FromUserName>{push['ToUserName']}</FromUserName>"
            f"<CreateTime>1</CreateTime><MsgType>text</MsgType>{inner}</xml>"
        )

    def sealed(push):
        return reply(push, "text", "<Content>hi</Content>")

    outcomes = {}
    for mode in ("compatible", "plain", "secure"):
        desk = start(mode=mode)
        for name, answer in (("plain", plain), ("sealed", sealed)):
            hook.answer = answer
            outcomes[mode, name] = desk.push(W2, text="在吗")["status"]
    assert [key for key, status in outcomes.items() if status != "ok"] == [("plain", "sealed"), ("secure", "plain")]


def test_own_photos_are_sent_as_they_are(desk, hook):
    data = picture("tile")
    desk.push(W2, "image", data=base64.b64encode(data).decode())
    uploaded = desk.http.post(f"{desk.base}/control/media", data=data).json()["media_id"]
    desk.push(W2, "image", media_id=uploaded)
    for shown in (m for m in desk.phone(W2) if m["type"] == "image"):
        assert desk.http.get(desk.base + shown["media_url"]).content == data
    assert hook.pushes[-1]["MediaId"] == uploaded


@pytest.mark.parametrize("told", [{"data": "###"}, {"sample": "cat"}, {"media_id": "gone"}])
def test_photos_that_are_none_are_refused(desk, hook, told):
    assert desk.push(W2, "image", **told)["http"] == 400
    assert hook.pushes == []


def test_only_pictures_can_be_put_on_a_phone(desk):
    assert desk.http.post(f"{desk.base}/control/media", data=b"<script>").status_code == 400
    assert desk.control("media/gone")["http"] == 404


def test_the_platform_speaks_for_itself(desk, hook):
    told = desk.push("", "event", event="MASSSENDJOBFINISH", fields={"MsgID": 7})
    assert (told["status"], hook.pushes[-1]["MsgID"]) == ("ok", "7")
    assert hook.pushes[-1]["FromUserName"] not in ("", W2)
    desk.push(W2, "event", event="annual_renew", from_platform=True)
    assert hook.pushes[-1]["FromUserName"] != W2
    assert desk.phone(W2) == []
