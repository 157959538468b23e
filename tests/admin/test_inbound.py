"""Pushes that nobody could read: listed, said in words, masked, escaped, and only for whom they are."""

import datetime as dt

import pytest

from models import Inbound
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # the row is written on both databases in tests/bot

RAW = (
    "<xml><FromUserName><![CDATA[oOwner]]></FromUserName><MsgType><![CDATA[text]]></MsgType>"
    f"<Content><![CDATA[漏水<script>alert(1)</script>，打{builders.PHONE}]]></Content></xml>"
)


@pytest.fixture
def kept(session, now):
    """`kept(raw, reason)` stores a push as the webhook does; returns its row's id."""
    count = iter(range(100))

    def keep(raw: str = RAW, reason: str = "bug: ValueError", at: dt.datetime = now, state: str = "unreadable") -> int:
        row = Inbound(
            dedupe_key=f"raw:{next(count)}", kind="unreadable", state=state, received_at=at,
            fields={"reason": reason, "raw": raw},
        )  # fmt: skip
        session.add(row)
        session.commit()
        return row.id

    return keep


def page(person, number: int) -> str:
    return person.get(f"/admin/inbound/details/?id={number}").get_data(as_text=True)


def test_what_was_lost_is_said_in_words_with_the_way_to_the_person(as_role, desk, kept):
    shown = page(as_role("manager"), kept())
    assert "客户的一条消息没有进会话" in shown and "交给开发" in shown and "bug: ValueError" in shown
    assert f"/admin/conversations/{desk.conversation.id}" in shown


@pytest.mark.parametrize(("raw", "reason", "words"), [
    ("<xml><MsgType>event</MsgType></xml>", "no usable FromUserName", "一次操作"),
    ("<xml><Encrypt>abc</Encrypt></xml>", "no EncodingAESKey of ours opens this push", "内容解不开"),
    ("\\xff\\xfe", "not a push: ExpatError", "不合规范"),
])  # fmt: skip
def test_each_kind_says_its_own(as_role, desk, kept, raw, reason, words):
    assert words in page(as_role("manager"), kept(raw, reason))


def test_the_bytes_are_escaped_and_phones_masked(as_role, desk, kept):
    shown = page(as_role("manager"), kept())
    assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown
    assert builders.PHONE not in shown and "138****8000" in shown


def test_who_reads_no_conversations_gets_no_way_into_one(as_role, desk, kept):
    assert "/admin/conversations/" not in page(as_role("admin"), kept())


def test_a_push_that_was_read_cannot_be_opened_here(as_role, desk, kept):
    assert builders.PHONE[-4:] not in page(as_role("manager"), kept(state="answered"))
    assert "没有没读懂的推送" in as_role("manager").get("/admin/inbound/").get_data(as_text=True)


def test_home_says_it_for_a_day_to_those_who_may_see_it(as_role, desk, kept, now):
    manager = as_role("manager")
    assert "没读懂，客户的话" not in manager.get("/admin/").get_data(as_text=True)
    kept(at=now - dt.timedelta(hours=25))
    assert "没读懂，客户的话" not in manager.get("/admin/").get_data(as_text=True)
    kept(at=now - dt.timedelta(hours=23))
    assert "有 1 条推送没读懂" in manager.get("/admin/").get_data(as_text=True)
    assert manager.get("/admin/pulse").json["badges"]["inbound"] == 1
    assert "没读懂，客户的话" not in as_role("agent").get("/admin/").get_data(as_text=True)
