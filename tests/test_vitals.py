"""The figures of the house: asked on real servers, None for what cannot be known, judged by table."""

import datetime as dt

import pytest
from redis import Redis
from rq import Queue, Worker
from sqlalchemy import text

import vitals
from bot.token import Tokens
from jobs import schedule
from models import Finding, Inbound, Outgoing
from models.desk.account import people
from models.upkeep import Backup, CheckRun


@pytest.fixture
def busy(session, now) -> None:
    """A house in which something of everything has happened."""
    who = people.find_or_add(session, "o1", now=now)
    session.flush()
    for key, state, minutes in (("a", "queued", 5), ("b", "queued", -5), ("c", "unknown", 0), ("d", "sent", 9)):
        at = now - dt.timedelta(minutes=minutes)
        session.add(Outgoing(dedupe_key=key, follower=who, purpose="service", state=state, body="好", created_at=now,
                             not_before=at, next_try_at=at))  # fmt: skip
    for key, seconds in (("1", 30), ("2", 90)):
        session.add(Inbound(dedupe_key=key, kind="text", received_at=now - dt.timedelta(seconds=seconds)))
    for state, hours in (("done", 3), ("failed", 1)):
        at = now - dt.timedelta(hours=hours)
        session.add(Backup(kind="backup", state=state, began_at=at, ended_at=at))
    seen = {"rule": "case_silent", "record_type": "ticket", "first_seen_at": now, "last_seen_at": now}
    session.add_all([Finding(record_id=1, **seen), Finding(record_id=2, resolved_at=now, **seen)])
    session.add(CheckRun(rule="case_silent", ran_at=now - dt.timedelta(hours=2)))
    session.commit()


def test_the_records_say_how_it_stands_on_both_databases(session, redis, settings, busy, now):
    figures = vitals.take(session, redis, settings, now=now)
    expected = {
        "database": 1, "redis": 1, "inbound": 30, "pushes": 1, "letters": 1, "letters_waited": 300, "unknown": 1,
        "findings": 1, "checked": 7200, "backup": 10800, "rehearsal": None, "mass_month": 0, "migrations": 0,
    }  # fmt: skip
    assert {name: figures[name] for name in expected} == expected
    assert figures["size"] > 100_000 and figures["disk"] > 0 and figures["version"].count(".") == 2
    session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": vitals.known()[-3]})
    assert vitals.pending(session) == list(vitals.known()[-2:])


def test_the_queue_says_who_works_what_waits_and_how_old_the_token_is(redis, settings):
    assert vitals.queue(redis, settings) == {
        "redis": 1, "workers": 0, "clock": None, "queued": 0, "oldest": None, "failed": 0, "token": None,
        "custom": 0, "template": 0, "mass": 0, "jobs": {},
    }  # fmt: skip
    schedule.register(redis).enqueue_jobs()
    Worker([Queue(vitals.QUEUE, connection=redis)], connection=redis).register_birth()
    tokens = Tokens(redis, f"{settings.wechat_app_id} {settings.wechat_api_base}", lambda _force: ("t", 7200))
    tokens.current()
    vitals.done(redis, "deliver")
    figures = vitals.queue(redis, settings)
    assert figures["workers"] == 1 and figures["queued"] == len(schedule.TIMETABLE)
    assert figures["clock"] < 5 and figures["oldest"] < 5 and figures["jobs"]["deliver"] < 5
    assert 7000 < figures["token"] <= 7080


def test_with_redis_away_everything_of_it_is_unknown(settings):
    gone = vitals.queue(Redis(host="127.0.0.1", port=1), settings)
    assert gone.pop("redis") == 0 and gone.pop("jobs") == {} and set(gone.values()) == {None}
    assert vitals.queue(None, settings)["redis"] == 0


WELL = {
    "database": 1, "redis": 1, "workers": 2, "clock": 3, "queued": 4, "oldest": None, "failed": 0,
    "letters_waited": None, "custom": 10, "template": 0, "mass": 0, "disk": 9 * 2**30, "backup": 3600,
    "rehearsal": 86_400, "migrations": 0, "findings": 0,
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "tone"), [
    ("database", 0, "late"), ("redis", 0, "late"), ("workers", 0, "late"), ("clock", None, "late"),
    ("clock", 40, "near"), ("clock", 200, "late"), ("queued", 101, "near"), ("oldest", 61, "near"),
    ("oldest", 601, "late"), ("failed", 1, "near"), ("letters_waited", 130, "near"), ("letters_waited", 1000, "late"),
    ("custom", 410_000, "near"), ("mass", 96, "late"), ("disk", 300 * 2**20, "near"), ("disk", 2**20, "late"),
    ("backup", None, "near"), ("backup", 27 * 3600, "near"), ("backup", 4 * 86_400, "late"),
    ("rehearsal", None, "near"), ("migrations", 1, "late"), ("findings", 1, "near"),
])  # fmt: skip
def test_each_figure_is_judged_by_itself(name, value, tone):
    assert vitals.troubles(WELL) == {}
    assert vitals.troubles(WELL | {name: value}) == {name: tone}


def test_every_figure_that_can_be_judged_is_taken(session, redis, settings, now):
    assert set(vitals.JUDGES) <= set(vitals.take(session, redis, settings, now=now))
