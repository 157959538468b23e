"""What WeChat is told: the answer, success, a refusal, or to ask again. Nothing sent here ends in a page of HTML."""

import io
import logging
import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import webhook
from bot.inbox import Busy
from bot.inbox.turn import Answer
from bot.webhook import MOST_BYTES
from tests.bot.door import Desk, WeChat, asking_again, built, success
from tests.bot.test_read import xml

QUERY = ["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture(params=["plain", "compatible", "secure"])
def mode(request):
    return request.param


@pytest.fixture
def wechat(make_settings, desk, clock, mode):
    settings = make_settings(wechat_mode=mode)
    return WeChat(settings, built(settings, desk, clock).test_client(), clock)


@pytest.fixture
def secure(make_settings, desk, clock):
    settings = make_settings()
    return WeChat(settings, built(settings, desk, clock).test_client(), clock)


def test_a_message_is_answered_in_the_way_it_came(wechat, desk, mode):
    response = wechat.post(xml(Content="<![CDATA[漏水]]>", MsgId="1"))
    assert response.status_code == 200
    answer = response.get_data(as_text=True) if mode == "plain" else wechat.opened(response)
    assert "<Content><![CDATA[您好]]></Content>" in answer
    assert "<ToUserName><![CDATA[oA1]]></ToUserName>" in answer
    assert desk.pushes[0].text == "漏水"


def test_silence_is_success(wechat, desk):
    desk.said = Answer(None)
    assert success(wechat.post(xml(Content="x", MsgId="1")))


def test_the_platforms_check_is_echoed(secure):
    query = {"timestamp": "1", "nonce": "2", "signature": secure.sign("1", "2"), "echostr": "<b>4375</b>"}
    response = secure.client.get("/wechat", query_string=query)
    assert (response.status_code, response.data) == (200, b"<b>4375</b>")
    assert response.mimetype == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert secure.client.get("/wechat", query_string=query | {"signature": "0" * 40}).status_code == 403
    assert secure.client.get("/wechat").status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "0" * 40, "msg_signature": "0" * 40},
        {"signature": None, "msg_signature": None},
        {"timestamp": "17"},
        {"nonce": "8"},
        {"nonce": None},
        {"timestamp": None},
    ],
)
def test_a_forged_push_gets_403_and_reaches_nobody(wechat, desk, changes):
    response = wechat.post(xml(Content="x", MsgId="1"), **changes)
    assert (response.status_code, response.data) == (403, b"")
    assert (desk.pushes, desk.kept) == ([], [])


@pytest.mark.parametrize("seconds, status", [(-301, 403), (-299, 200), (299, 200), (301, 403)])
def test_a_push_from_another_time_is_forged(wechat, clock, seconds, status):
    at = datetime.fromtimestamp(clock().timestamp() + seconds, UTC)
    assert wechat.post(xml(Content="x", MsgId="1"), at=at).status_code == status


def test_what_cannot_be_read_is_kept_and_called_a_success(wechat, desk):
    assert success(wechat.post(b"<xml><MsgType>text"))
    assert desk.kept[0][0] == b"<xml><MsgType>text"
    assert "ExpatError" in desk.kept[0][1]
    assert desk.pushes == []


def test_what_no_key_opens_is_kept_as_it_came(secure, desk, make_settings, clock):
    other = make_settings(wechat_encoding_aes_key="B" * 43)
    stranger = WeChat(other, secure.client, clock)
    assert success(stranger.post(xml(Content="x", MsgId="1")))
    assert b"<Encrypt>" in desk.kept[0][0]


def test_what_cannot_even_be_kept_is_asked_for_again(secure, desk):
    desk.full = OSError("disk full")
    assert asking_again(secure.post(b"nonsense"))


def sqlite_error(code):
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    return error


PASSING = {
    "turn taken": Busy(),
    "pool": PoolTimeout("words"),
    "locked": sqlite_error(sqlite3.SQLITE_BUSY),
    "locked by a snapshot": sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "full": sqlite_error(sqlite3.SQLITE_FULL),
    "no file": sqlite_error(sqlite3.SQLITE_CANTOPEN),
    "wrapped": OperationalError("sql", {"text": "words"}, sqlite_error(sqlite3.SQLITE_BUSY)),
    "server gone": psycopg.OperationalError("words"),
    "closed": psycopg.InterfaceError("words"),
    "deadlock": OperationalError("sql", {}, psycopg.errors.DeadlockDetected("words")),
}
LASTING = {
    "type": TypeError("words"),
    "key": KeyError("words"),
    "recursion": RecursionError("words"),
    "no table": sqlite_error(sqlite3.SQLITE_ERROR),
    "wrong sql": ProgrammingError("sql", {}, psycopg.ProgrammingError("words")),
    "too long": DatabaseError("sql", {}, psycopg.errors.StringDataRightTruncation("words")),
    "no table there": ProgrammingError("sql", {}, psycopg.errors.UndefinedTable("words")),
}


@pytest.mark.parametrize("name", PASSING)
def test_when_the_database_is_away_wechat_is_asked_to_send_again(secure, desk, name):
    desk.trouble = PASSING[name]
    assert asking_again(secure.post(xml(Content="x", MsgId="1")))
    assert desk.kept == []


@pytest.mark.parametrize("name", LASTING)
def test_a_bug_is_kept_for_a_person_and_not_asked_for_again(secure, desk, name):
    desk.trouble = LASTING[name]
    body = xml(Content="<![CDATA[漏水]]>", MsgId="1")
    assert success(secure.post(body))
    assert desk.kept[0][0] == body
    assert desk.kept[0][1].startswith("bug: ")


def test_a_bug_that_cannot_be_kept_is_asked_for_again(secure, desk):
    desk.trouble, desk.full = TypeError(), OperationalError("sql", {}, sqlite_error(sqlite3.SQLITE_BUSY))
    assert asking_again(secure.post(xml(Content="x", MsgId="1")))


def test_an_answer_that_cannot_be_said_is_a_success_for_it_is_committed(secure, desk):
    desk.said = SimpleNamespace(reply=object(), nudge=True)
    response = secure.post(xml(Content="x", MsgId="1"))
    assert success(response)
    response.close()
    assert len(desk.nudged) == 1


def test_workers_are_nudged_after_the_answer_is_out_and_only_when_needed(secure, desk):
    secure.post(xml(Content="x", MsgId="1")).close()
    assert desk.nudged == []
    desk.said = Answer("好", nudge=True)
    response = secure.post(xml(Content="x", MsgId="1"))
    assert desk.nudged == []
    response.close()
    assert desk.nudged == [None]


def test_a_nudge_that_fails_disturbs_nobody(make_settings, desk, clock):
    desk.said = Answer("好", nudge=True)
    settings = make_settings()
    client = built(settings, desk, clock, redis=RuntimeError("words")).test_client()
    response = WeChat(settings, client, clock).post(xml(Content="x", MsgId="1"))
    response.close()
    assert response.status_code == 200
    assert len(desk.nudged) == 1


def test_nothing_a_customer_said_gets_into_the_log(secure, desk, caplog):
    private = "13800138000"
    locked = OperationalError(private, {"x": private}, sqlite_error(sqlite3.SQLITE_BUSY))
    with caplog.at_level(logging.DEBUG):
        for trouble in (TypeError(private), locked):
            desk.trouble = trouble
            secure.post(xml(Content=private, MsgId="1", who=f"o{private}"))
        desk.trouble = None
        secure.post(f"<xml>{private}".encode())
        secure.post(xml(Content=private, who=f"o{private}"), signature=private, msg_signature=private)
    assert "TypeError" in caplog.text
    assert "door.py:" in caplog.text  # the place is named
    assert private not in caplog.text


def test_a_flood_of_forgeries_is_a_line_and_not_a_flood(secure, caplog):
    tally = webhook.Tally(3600)
    assert [tally.due() for _ in range(5)] == [1, 0, 0, 0, 0]
    with caplog.at_level(logging.DEBUG):
        for _ in range(30):
            secure.client.post("/wechat", data=b"x")
    assert len(caplog.records) <= 1


def test_a_clock_that_breaks_is_no_page_of_html(make_settings, desk):
    def broken():
        raise RuntimeError("words")

    response = built(make_settings(), desk, broken).test_client().post("/wechat", data=b"x")
    assert asking_again(response)


@pytest.mark.parametrize("size, status", [(MOST_BYTES, 403), (MOST_BYTES + 1, 413), (20 << 20, 413)])
def test_more_than_a_megabyte_is_not_taken(secure, desk, size, status):
    response = secure.client.post("/wechat", data=b"x" * size)
    assert (response.status_code, response.data) == (status, b"")
    assert desk.kept == []


def test_a_length_that_lies_and_a_missing_one_do_no_harm(secure):
    for length in ("-5", "many", "", "99"):
        environ = {"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"x")}
        response = secure.client.post("/wechat", environ_overrides=environ)
        assert response.status_code in (400, 403)
        assert b"<" not in response.data


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_no_accident(secure, method):
    assert getattr(secure.client, method)("/wechat").status_code == 405


@budget(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000), st.dictionaries(st.sampled_from(QUERY), st.text(max_size=50)))
def test_any_bytes_at_all_are_refused_without_an_accident(secure, desk, body, query):
    assert secure.client.post("/wechat", data=body, query_string=query).status_code == 403
    assert secure.client.get("/wechat", query_string=query).status_code == 403
    assert (desk.pushes, desk.kept) == ([], [])


@budget(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_any_bytes_at_all_in_a_good_envelope_are_answered_or_kept(wechat, desk, body):
    for raw in (body, xml(Content="@", MsgId="1").replace(b"@", body)):
        desk.pushes.clear()
        desk.kept.clear()
        assert wechat.post(raw).status_code == 200
        assert len(desk.pushes) + len(desk.kept) == 1
