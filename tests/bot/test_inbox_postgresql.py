"""What the inbox owes to PostgreSQL alone: a read that is planned once, and colleagues who write at the same moment."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from bot.app import create_app
from bot.inbox import Answer, Inbox
from models import Escalation, Inbound, Repair
from models.db import make_engine
from tests.bot.test_inbox import TEXTS, a_push, box
from tests.models.builders import house
from tests.models.builders import repair as a_repair

__all__ = ["box"]


@pytest.mark.postgresql_only  # only there a statement is planned apart
@pytest.mark.parametrize("fresh_seconds", [3600, 0], ids=["busy", "a message now and then"])
def test_the_read_of_a_turn_is_planned_once(engine, make_settings, redis, clock, now, fresh_seconds) -> None:
    """A ROLLBACK on its connection would make the driver forget what it has prepared; each turn would plan it anew.

    Nor do the reads beside it end in one: what every turn needs, read each time in a quiet house; health and figures.
    """
    box = Inbox(engine, TEXTS, fresh_seconds=fresh_seconds)
    settings = make_settings(metrics_token="a-token-for-tests")
    web = create_app(settings, engine=engine, redis=redis, clock=clock).test_client()
    watcher = {"Authorization": f"Bearer {settings.metrics_token}"}

    def prepared() -> bool:
        with engine.begin() as connection:
            plans = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS conversation_id%'")
            return connection.execute(plans).scalar_one() > 0

    assert not prepared()
    for _ in range(12):  # the driver prepares what it has run five times
        box.answer(a_push(now, "你好"), now=now)
        assert web.get("/healthz", headers=watcher).json["database"] == "ok"
    assert prepared() and engine.pool.checkedin() == 1, "one connection served all of it"
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))  # and is rolled back
    assert not prepared()


@pytest.mark.postgresql_only  # SQLite is in our own process
def test_a_plain_turn_goes_to_the_database_and_back_twice(engine, box, now, tmp_path) -> None:
    """Once to read and once to write; what the pool and the driver ask on the way would be as much again."""
    for _ in range(12):
        box.answer(a_push(now, "你好"), now=now)
    with (tmp_path / "trace").open("w+b") as trace:
        pooled = engine.raw_connection()
        wire = pooled.driver_connection.pgconn
        pooled.close()
        wire.trace(trace.fileno())
        box.answer(a_push(now, "你好"), now=now)
        wire.untrace()
        trace.seek(0)
        sent = [line.split() for line in trace.read().decode().splitlines() if "\tF\t" in line]
    assert engine.pool.checkedin() == 1, "the turn went over the connection that was watched"
    assert len([words for words in sent if words[-1] == "Sync" or "Query" in words]) == 2


@pytest.mark.postgresql_only  # as above
def test_whom_the_server_put_out_meanwhile_opens_the_door_anew(engine, box, sessions, now, database_url) -> None:
    assert box.answer(a_push(now, "你好"), now=now).reply and engine.pool.checkedin() == 1
    others = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    outside = make_engine(database_url)
    with outside.begin() as connection:
        assert connection.execute(others).scalars().all() == [True]
    outside.dispose()
    assert box.answer(a_push(now, "厨房漏水"), now=now).reply
    with sessions() as session:
        assert len(session.scalars(select(Inbound)).all()) == 2
        assert session.scalars(select(Escalation)).all() == []


@pytest.mark.postgresql_only  # on SQLite the turn begins only when the colleague has committed
def test_a_colleague_who_changes_the_same_case_meanwhile_is_no_trouble(box, sessions, now) -> None:
    with sessions.begin() as session:
        known = house(session, now)
        case = a_repair(session, known, now).id
    with sessions() as colleague:
        held = colleague.get_one(Repair, case)
        held.urgent = True
        colleague.flush()  # the row is theirs until they commit
        answers: list[Answer] = []
        turn = threading.Thread(
            target=lambda: answers.append(box.answer(a_push(now, "怎么还没来", "o-homeowner"), now=now))
        )
        turn.start()
        _until_waiting(sessions)
        colleague.commit()
        turn.join(20)
    with sessions() as session:
        assert answers and "没处理好" not in answers[0].reply
        assert session.get_one(Repair, case).chased == 1
        assert session.scalars(select(Escalation).where(Escalation.kind == "trouble")).all() == []


def _until_waiting(sessions: sessionmaker[Session]) -> None:
    """Until somebody waits for a lock in this database; a turn that never waits is the test's mistake."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(200):
        with sessions() as session:  # a transaction sees the activity as it was at its first look
            if session.execute(waits).scalar_one():
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waited")
