"""The doctor's look at the records: what waits too long, what nobody could read, which holidays are missing."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.inbox import Inbox
from models.db import make_engine
from models.desk.account import people
from models.outbound import Outgoing
from models.upkeep import Backup
from models.upkeep import Finding as Standing
from models.worktime import schedule_loaded
from ops import doctor_rows
from ops.findings import BAD, GOOD, WARNING
from templates import Texts


@pytest.fixture
def found(engine, now):
    """The findings by subject."""
    return lambda at=now: {each.about: each for each in doctor_rows.examine(engine, at)}


@pytest.fixture
def waiting(sessions, now):
    """A message that should have gone out so long ago."""

    def add(ago, state="queued"):
        with sessions.begin() as session:
            follower = people.find_or_add(session, "o1", now=now)
            session.flush()
            session.add(
                Outgoing(dedupe_key=f"{state} {ago}", follower_id=follower.id, purpose="service", state=state,
                         body="好", created_at=now, not_before=now - ago, next_try_at=now - ago)
            )  # fmt: skip

    return add


def test_what_is_not_due_or_has_just_become_so_is_fine(found, waiting):
    waiting(timedelta(hours=-8))
    waiting(timedelta(seconds=30))
    waiting(timedelta(days=3), "held")
    assert found()["待发消息"].mark == GOOD


@pytest.mark.parametrize(("minutes", "mark"), [(5, WARNING), (40, BAD)])
def test_the_oldest_due_message_tells_how_long_nothing_has_gone_out(found, waiting, minutes, mark):
    waiting(timedelta(minutes=minutes))
    waiting(timedelta(minutes=1))
    assert found()["待发消息"].mark == mark
    assert f"2 条到点没有发出，最久的等了 {minutes} 分钟" in found()["待发消息"].words


def test_pushes_that_nobody_could_read_are_told_for_a_day(found, engine, now):
    assert found()["收到的推送"].mark == GOOD
    inbox = Inbox(engine, Texts())
    inbox.keep_unreadable(b"<xml>1", "no EncodingAESKey of ours", now=now - timedelta(minutes=7))
    inbox.keep_unreadable(b"<xml>2", "no EncodingAESKey of ours", now=now - timedelta(hours=25))
    told = found()["收到的推送"]
    assert told.mark == WARNING and "有 1 条" in told.words and "7 分钟前" in told.words
    assert found(now + timedelta(days=1))["收到的推送"].mark == GOOD


def last_loaded():
    """The last year whose schedule is known, as the library stands today."""
    return max(year for year in range(2020, 2060) if schedule_loaded(year))


@pytest.mark.sqlite_only  # about the calendar, not about the database
@pytest.mark.parametrize(("years", "month", "mark"), [(0, 9, GOOD), (0, 10, WARNING), (-1, 12, GOOD), (1, 2, WARNING)])
def test_next_years_holidays_are_asked_for_from_october_on(found, years, month, mark):
    year = last_loaded() + years
    told = found(datetime(year, month, 2, tzinfo=UTC))["节假日"]
    assert told.mark == mark and (mark == GOOD or f"{max(year, last_loaded() + 1)} 年" in told.words)


def test_an_unreadable_database_leaves_the_calendar():
    away = make_engine("postgresql+psycopg://nobody:hush-hush@127.0.0.1:1/none")
    assert [each.about for each in doctor_rows.examine(away, datetime(2025, 3, 1, tzinfo=UTC))] == ["节假日"]
    away.dispose()


@pytest.mark.sqlite_only  # two counts
def test_an_old_backup_and_what_the_nights_found_are_told(found, sessions, now):
    assert found()["备份"].mark == WARNING and "还没有备份过" in found()["备份"].words
    assert found()["每晚检查"].mark == GOOD
    seen = {"rule": "case_silent", "record_type": "ticket", "first_seen_at": now, "last_seen_at": now}
    with sessions.begin() as session:
        for kind, state, hours in (("backup", "done", 5), ("backup", "failed", 1), ("rehearsal", "done", 2)):
            at = now - timedelta(hours=hours)
            session.add(Backup(kind=kind, state=state, began_at=at, ended_at=at))
        session.add_all([Standing(record_id=1, **seen), Standing(record_id=2, resolved_at=now, **seen)])
    assert found()["备份"].mark == GOOD and "5 小时前" in found()["备份"].words
    assert found(now + timedelta(days=1))["备份"].mark == WARNING
    assert found()["每晚检查"].mark == WARNING and "有 1 处不对" in found()["每晚检查"].words
