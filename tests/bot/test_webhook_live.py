"""The webhook with the real inbox on real databases, and what /healthz says of them."""

import json
from types import SimpleNamespace

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, select, text

from bot.inbox import Inbox
from bot.nudge import nudge
from models import Conversation, Follower, Inbound, Message
from models.db import make_engine
from tests.bot.door import TEXTS, Desk, WeChat, asking_again, built, success
from tests.bot.test_read import EVENTS, MESSAGES, event, xml


@pytest.fixture
def desk():
    return Desk()


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


def test_every_event_and_every_kind_is_stored_with_its_fields(live, session):
    names = [*EVENTS, "x" * 200]
    for number, name in enumerate(names):
        assert live.post(event(name, EventKey=f"k{number}")).status_code == 200
    for number, (kind, fields) in enumerate([*MESSAGES.items(), ("sticker", {"Shiny": "yes"})]):
        assert live.post(xml(kind, MsgId=str(number + 1), **fields)).status_code == 200
    rows = session.scalars(select(Inbound).order_by(Inbound.id)).all()
    # Where somebody is every five seconds is kept nowhere; everything else is (docs/privacy.md).
    kept = {name: f"k{number}" for number, name in enumerate(names) if name != "LOCATION"}
    events, messages = rows[: len(kept)], rows[len(kept) :]
    assert [(row.fields["Event"], row.fields["EventKey"]) for row in events] == list(kept.items())
    for row, (kind, fields) in zip(messages, [*MESSAGES.items(), ("sticker", {"Shiny": "yes"})], strict=True):
        bare = {name: value.removeprefix("<![CDATA[").removesuffix("]]>") for name, value in fields.items()}
        assert row.fields["MsgType"] == kind and bare.items() <= row.fields.items()


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
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "last_inbound_seconds": 35,
        "problems": [],
    }


@pytest.fixture
def nowhere():
    return Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))


def test_health_without_redis_is_a_problem_but_serves(make_settings, engine, clock, desk, nowhere):
    response = built(make_settings(), desk, clock, engine=engine, redis=nowhere).test_client().get("/healthz")
    assert (response.status_code, response.json["status"], response.json["database"]) == (200, "degraded", "ok")
    assert "Redis" in response.json["redis"]
    assert response.json["problems"] == [response.json["redis"]]


@pytest.mark.parametrize(
    "url, words",
    [
        ("postgresql+psycopg://127.0.0.1:1/x", "数据库连不上"),
        ("sqlite:///{folder}/empty.db", "migrate"),
    ],
)
def test_health_without_database_or_tables_says_so(make_settings, clock, desk, nowhere, tmp_path, url, words):
    engine = make_engine(url.format(folder=tmp_path))
    response = built(make_settings(), desk, clock, engine=engine, redis=nowhere).test_client().get("/healthz")
    engine.dispose()
    assert (response.status_code, response.json["status"]) == (503, "down")
    assert words in response.json["database"]
    assert len(response.json["problems"]) == 2
    assert "127.0.0.1" not in json.dumps(response.json)
