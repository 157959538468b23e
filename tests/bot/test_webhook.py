"""What WeChat is told: the answer, success, a refusal, or to ask again. Nothing sent here ends in a page of HTML."""

import io
import json
import logging
import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot import health, webhook
from bot.inbox import Busy, Inbox
from bot.nudge import nudge
from bot.turn import Answer
from bot.webhook import MOST_BYTES, Door
from bot.wechat import Codec
from models import Conversation, Follower, Inbound, Message
from models.db import make_engine, make_sessions
from templates import Texts
from tests.bot.test_codec import envelope
from tests.bot.test_read import event, xml

NOW = datetime(2026, 11, 21, 6, 20, tzinfo=UTC)
TEXTS = Texts()
QUERY = ["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"]


class Desk:
    """Stands where the inbox stands: remembers what it was asked and answers or fails as told."""

    def __init__(self, reply="您好", nudge=False):
        self.pushes, self.kept, self.nudged = [], [], []
        self.said, self.trouble, self.full = Answer(reply, nudge), None, None

    def answer(self, push, *, now):
        self.pushes.append(push)
        if self.trouble:
            raise self.trouble
        return self.said

    def keep(self, raw, reason, *, now):
        if self.full:
            raise self.full
        self.kept.append((raw, reason))

    def nudge(self, redis):
        self.nudged.append(redis)
        if isinstance(redis, Exception):
            raise redis


class WeChat:
    """Signs and posts as the platform does, with wechatpy as its hand."""

    def __init__(self, settings, client, clock):
        self.settings, self.client, self.clock = settings, client, clock

    def sign(self, *parts):
        signer = WeChatSigner()
        signer.add_data(self.settings.wechat_token, *parts)
        return signer.signature

    def post(self, body, at=None, **changes):
        """Push this XML in the mode of the settings; `changes` replace parts of the query."""
        stamp, nonce = str(int((at or self.clock()).timestamp())), "7301"
        query = {"timestamp": stamp, "nonce": nonce, "signature": self.sign(stamp, nonce), "openid": "oA1"}
        if self.settings.wechat_mode != "plain":
            sealed = self.crypto.encrypt_message(body, nonce, stamp).partition("<Encrypt><![CDATA[")[2]
            encrypt = sealed.partition("]]>")[0]
            query |= {"encrypt_type": "aes", "msg_signature": self.sign(stamp, nonce, encrypt)}
            body = envelope(encrypt)
        query |= changes
        return self.client.post("/wechat", query_string={k: v for k, v in query.items() if v is not None}, data=body)

    @property
    def crypto(self):
        account = self.settings
        return WeChatCrypto(account.wechat_token, account.wechat_encoding_aes_key, account.wechat_app_id)

    def opened(self, response):
        """The XML of an encrypted answer, its signature checked by wechatpy."""
        sealed = response.get_data(as_text=True)
        signature = sealed.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
        stamp = sealed.partition("<TimeStamp>")[2].partition("<")[0]
        return self.crypto.decrypt_message(sealed, signature, stamp, "7301")


def built(settings, desk, clock, *, engine=None, redis=None):
    app = Flask("tests")
    app.extensions["nuanju"] = Door(
        settings=settings, engine=engine, sessions=engine and make_sessions(engine), redis=redis, clock=clock,
        codec=Codec(settings), texts=TEXTS, nudge=desk.nudge, answer=desk.answer, keep=desk.keep)
    app.register_blueprint(webhook.blueprint)
    app.register_blueprint(health.blueprint)
    return app


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


def asking_again(response):
    return (response.status_code, response.data) == (500, b"")


def success(response):
    return (response.status_code, response.data) == (200, b"success")


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


@pytest.mark.parametrize("changes", [
    {"signature": "0" * 40, "msg_signature": "0" * 40}, {"signature": None, "msg_signature": None}, {"timestamp": "17"},
    {"nonce": "8"}, {"nonce": None}, {"timestamp": None},
])
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
    "turn taken": Busy(), "pool": PoolTimeout("words"),
    "locked": sqlite_error(sqlite3.SQLITE_BUSY), "locked by a snapshot": sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "full": sqlite_error(sqlite3.SQLITE_FULL), "no file": sqlite_error(sqlite3.SQLITE_CANTOPEN),
    "wrapped": OperationalError("sql", {"text": "words"}, sqlite_error(sqlite3.SQLITE_BUSY)),
    "server gone": psycopg.OperationalError("words"), "closed": psycopg.InterfaceError("words"),
    "deadlock": OperationalError("sql", {}, psycopg.errors.DeadlockDetected("words")),
}
LASTING = {
    "type": TypeError("words"), "key": KeyError("words"), "recursion": RecursionError("words"),
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
    assert "test_webhook.py" in caplog.text  # the place is named
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


# From here on the real inbox and a real database.


@pytest.fixture
def live(make_settings, engine, clock):
    settings, inbox = make_settings(), Inbox(engine, TEXTS)
    real = SimpleNamespace(answer=inbox.answer, keep=inbox.keep_unreadable, nudge=Desk().nudge)
    return WeChat(settings, built(settings, real, clock, engine=engine).test_client(), clock)


def count(session, table):
    return len(session.scalars(select(table)).all())


def test_the_same_push_again_gets_the_same_answer_and_changes_nothing(live, session):
    body = xml(Content="<![CDATA[厨房水槽下面漏水]]>", MsgId="42", at=int(live.clock().timestamp()))
    answers = {live.opened(live.post(body)) for _ in range(3)}
    assert len(answers) == 1
    assert "<Content>" in answers.pop()
    assert (count(session, Inbound), count(session, Follower), count(session, Conversation)) == (1, 1, 1)
    assert sorted(session.scalars(select(Message.direction))) == ["in", "out"]


def test_every_event_and_unknown_kind_is_stored_with_its_fields(live, session):
    names = ("subscribe", "CLICK", "MASSSENDJOBFINISH", "LOCATION", "event_of_next_year", "x" * 200)
    for number, name in enumerate(names):
        assert live.post(event(name, EventKey=f"k{number}")).status_code == 200
    live.post(xml("sticker", MsgId="9", Shiny="yes"))
    rows = session.scalars(select(Inbound).order_by(Inbound.id)).all()
    assert [row.fields.get("EventKey") for row in rows] == ["k0", "k1", "k2", "k3", "k4", "k5", None]
    assert rows[-1].fields["Shiny"] == "yes"


def test_a_forged_push_leaves_nothing(live, session):
    assert live.post(xml(Content="x", MsgId="1"), msg_signature="0" * 40).status_code == 403
    for table in (Inbound, Follower, Conversation, Message):
        assert count(session, table) == 0


def test_an_unreadable_push_leaves_its_bytes_once(live, session):
    for _ in range(2):
        assert success(live.post(b"<xml>\xff\x00nonsense"))
    row = session.scalars(select(Inbound)).one()
    assert row.state == "unreadable"
    assert "nonsense" in row.fields["raw"]


@pytest.mark.sqlite_only("the lock of one writer is SQLite's")
def test_a_locked_database_means_send_again_and_then_the_message_is_there(live, engine, session, make_settings):
    impatient = create_engine(engine.url, connect_args={"timeout": 0.1})
    inbox = Inbox(impatient, TEXTS)
    desk = SimpleNamespace(answer=inbox.answer, keep=inbox.keep_unreadable, nudge=Desk().nudge)
    again = WeChat(make_settings(), built(make_settings(), desk, live.clock).test_client(), live.clock)
    body = xml(Content="漏水", MsgId="42")
    with engine.connect() as writer, writer.begin():
        writer.execute(text("UPDATE follower SET turn = turn"))
        assert asking_again(again.post(body))
    assert live.post(body).status_code == 200
    impatient.dispose()
    assert count(session, Inbound) == 1


def test_health_says_when_wechat_last_reached_us(make_settings, engine, clock, redis):
    settings, inbox = make_settings(), Inbox(engine, TEXTS)
    real = SimpleNamespace(answer=inbox.answer, keep=inbox.keep_unreadable, nudge=nudge)
    wechat = WeChat(settings, built(settings, real, clock, engine=engine, redis=redis).test_client(), clock)
    first = wechat.client.get("/healthz")
    assert (first.status_code, first.json["status"], first.json["last_inbound_seconds"]) == (200, "ok", None)
    wechat.post(xml(Content="hi", MsgId="1"))
    clock.advance(seconds=35)
    assert wechat.client.get("/healthz").json == {
        "status": "ok", "database": "ok", "redis": "ok", "last_inbound_seconds": 35, "problems": []}


@pytest.fixture
def nowhere():
    return Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))


def test_health_without_redis_is_a_problem_but_serves(make_settings, engine, clock, desk, nowhere):
    response = built(make_settings(), desk, clock, engine=engine, redis=nowhere).test_client().get("/healthz")
    assert (response.status_code, response.json["status"], response.json["database"]) == (200, "degraded", "ok")
    assert "Redis" in response.json["redis"]
    assert response.json["problems"] == [response.json["redis"]]


@pytest.mark.parametrize("url, words", [
    ("postgresql+psycopg://127.0.0.1:1/x", "数据库连不上"), ("sqlite:///{folder}/empty.db", "migrate"),
])
def test_health_without_database_or_tables_says_so(make_settings, clock, desk, nowhere, tmp_path, url, words):
    engine = make_engine(url.format(folder=tmp_path))
    response = built(make_settings(), desk, clock, engine=engine, redis=nowhere).test_client().get("/healthz")
    engine.dispose()
    assert (response.status_code, response.json["status"]) == (503, "down")
    assert words in response.json["database"]
    assert len(response.json["problems"]) == 2
    assert "127.0.0.1" not in json.dumps(response.json)
