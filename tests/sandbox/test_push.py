"""Pushes: sealed as the platform seals them, tried three times, answered on the phone."""

from __future__ import annotations

import threading
import time

import pytest

from sandbox.replies import EXCUSE
from tests.sandbox.conftest import TOKEN, seal, sha, text_reply

W1, W2 = "oNuanju_W1", "oNuanju_W2"


def test_a_secure_push_opens_with_an_independent_decoder(desk, hook):
    began = int(time.time())
    told = desk.push(W2, text="厨房漏水 ]]> <b>&")
    assert told["status"] == "ok"
    push = hook.pushes[-1]
    assert push["Content"] == "厨房漏水 ]]> <b>&"
    assert push["MsgType"] == "text"
    assert push["FromUserName"] == W2 == push.query["openid"]
    assert push["MsgId"] == str(told["msg_id"])
    assert began <= int(push["CreateTime"]) <= time.time()
    assert b"Content" not in push.body


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_other_modes_show_the_plain_fields(start, hook, mode):
    start(mode=mode).push(W2, text="在吗")
    assert "在吗" in hook.pushes[-1].body.decode()
    assert (b"<Encrypt>" in hook.pushes[-1].body) == (mode == "compatible")
    query = hook.pushes[-1].query
    assert query["signature"] == sha(TOKEN, query["timestamp"], query["nonce"])


def test_the_passive_reply_stands_on_that_phone_only(desk, hook):
    hook.answer = lambda push: text_reply(push, "您好，这里是暖居。")
    told = desk.push(W2, text="你好")
    assert [r["text"] for r in told["replies"]] == ["您好，这里是暖居。"]
    assert [(m["from"], m["via"], m["text"]) for m in desk.phone(W2)] == [
        ("person", "push", "你好"),
        ("account", "passive", "您好，这里是暖居。"),
    ]
    assert desk.phone(W1) == []


def test_a_dead_webhook_is_tried_three_times_and_excused(start):
    desk = start(webhook="http://127.0.0.1:9/wechat")
    told = desk.push(W2, text="在吗")
    assert (told["status"], told["tries"]) == ("failed", 3)
    assert desk.phone(W2)[-1]["text"] == EXCUSE
    assert desk.phone(W2)[0]["failed"] is True


def test_a_slow_webhook_is_asked_again_with_the_same_number(start, hook):
    asked_again = threading.Event()

    def late_once(push):
        if len(hook.pushes) == 1:
            asked_again.wait(30)
        asked_again.set()
        return text_reply(push, "来了")

    hook.answer = late_once
    desk = start(push_timeout=1.0)
    told = desk.push(W2, text="在吗")
    assert told["tries"] == 2
    assert [r["text"] for r in told["replies"]] == ["来了"]
    assert len({push["MsgId"] for push in hook.pushes}) == 1
    assert len({push.query["nonce"] for push in hook.pushes}) == 2


@pytest.mark.parametrize("status", [500, 403, 302])
def test_http_errors_are_tried_again(desk, hook, status):
    hook.answer = lambda _push: (status, "oops")
    assert desk.push(W2, text="在吗")["tries"] == 3


@pytest.mark.parametrize("body", ["success", ""])
def test_success_and_nothing_show_nothing(desk, hook, body):
    hook.answer = lambda _push: body
    told = desk.push(W2, text="在吗")
    assert (told["status"], told["replies"]) == ("ok", [])


BROKEN = {
    "json": lambda p: '{"text": "hi"}',
    "unsealed": lambda p: "<xml><ToUserName>x</ToUserName></xml>",
    "empty content": lambda p: text_reply(p, ""),
    "too long": lambda p: text_reply(p, "长" * 683),
    "wrong app": lambda p: seal("<xml/>", p.query["nonce"], app_id="wxother"),
    "wrong nonce": lambda p: seal("<xml/>", "1"),
    "bad signature": lambda p: text_reply(p, "hi").replace("<MsgSignature>", "<MsgSignature>0"),
    "not swapped": lambda p: seal(
        f"<xml><ToUserName>{p['ToUserName']}</ToUserName><FromUserName>{p['FromUserName']}</FromUserName>"
        "<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content></xml>",
        p.query["nonce"],
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_reply_the_platform_cannot_show_is_excused_at_once(desk, hook, kind):
    hook.answer = BROKEN[kind]
    told = desk.push(W2, text="在吗")
    assert (told["status"], told["tries"]) == ("invalid", 1)
    assert [r["text"] for r in told["replies"]] == [EXCUSE]
