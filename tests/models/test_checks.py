"""The nightly checks: each finds exactly its own rows; what is found is a record, what is gone is resolved."""

import datetime as dt

import pytest
from sqlalchemy import inspect, select

from admin import words
from models import CheckRun, Escalation, Finding
from models.desk import checks
from models.desk.demo import company as demo
from tests.models.wrong_rows import Wrong


@pytest.fixture
def wrong(session, now) -> Wrong:
    return Wrong(session, now)


def look(session, now) -> dict[str, list[int]]:
    """Every check looks and writes down what it saw."""
    seen = {}
    for name in checks.NAMES:
        found = checks.look(session, name, now=now)
        checks.keep(session, name, found, now=now)
        seen[name] = sorted([*found.still, *found.new])
    session.flush()
    return seen


def standing(session, name: str) -> list[Finding]:
    query = select(Finding).where(Finding.rule == name, Finding.resolved_at.is_(None)).order_by(Finding.record_id)
    return session.scalars(query).all()


def test_every_check_finds_its_own_rows_and_no_decoy(session, wrong, now):
    expected = {name: sorted(inspect(row).identity[0] for row in rows) for name, rows in wrong.rows.items()}
    assert set(expected) == set(checks.NAMES), "a check without a wrong row is not tested"
    seen = look(session, now)
    assert {name: (seen[name], ids) for name, ids in expected.items() if seen[name] != ids} == {}
    kept = {(row.rule, row.record_id) for row in session.scalars(select(Finding))}
    assert kept == {(name, one) for name, ids in expected.items() for one in ids}
    again = look(session, now + dt.timedelta(minutes=1))
    assert again == seen and len(session.scalars(select(Finding)).all()) == len(kept)


@pytest.mark.sqlite_only  # what follows is arithmetic over what the first test found on both databases
def test_what_is_mended_is_resolved_and_what_comes_back_is_another_finding(session, wrong, now):
    look(session, now)
    wrong.mend()
    later = now + dt.timedelta(days=1)
    look(session, later)
    assert standing(session, "case_silent") == standing(session, "audit_broken") == []
    (left,) = standing(session, "escalation_nobodys")
    assert (left.first_seen_at, left.last_seen_at) == (now, later)
    session.get(Escalation, wrong.rows["escalation_nobodys"][0].id).owner = None
    session.flush()
    look(session, later + dt.timedelta(days=1))
    rows = session.scalars(select(Finding).where(Finding.rule == "escalation_nobodys")).all()
    assert sorted((row.resolved_at is None, row.first_seen_at.day) for row in rows) == [
        (False, now.day), (True, now.day), (True, later.day + 1),
    ]  # fmt: skip


@pytest.mark.sqlite_only  # about the number of rows
def test_a_mistake_that_made_many_rows_does_not_fill_the_table(session, wrong, now):
    for _ in range(checks.MOST + 50):
        wrong.escalation("open", None)
    look(session, now)
    look(session, now + dt.timedelta(days=1))
    rows = standing(session, "escalation_nobodys")
    assert len(rows) == checks.MOST and rows[0].record_id == wrong.rows["escalation_nobodys"][0].id
    assert session.get(CheckRun, "escalation_nobodys").found == checks.MOST


@pytest.mark.sqlite_only  # about the clock
def test_each_check_is_due_once_a_night_from_three_in_beijing(session, now):
    assert checks.due(session, now=now) == list(checks.NAMES)
    look(session, now)
    assert checks.due(session, now=now + dt.timedelta(hours=16, minutes=59)) == []  # ten in the morning, until 2:59
    assert checks.due(session, now=now + dt.timedelta(hours=17)) == list(checks.NAMES)


@pytest.mark.sqlite_only  # one company is as good as another
def test_a_company_at_work_has_nothing_wrong(session, now):
    demo.plant(session, now)
    session.flush()
    assert {name: ids for name, ids in look(session, now).items() if ids} == {}


def test_every_check_has_words_and_a_next_step_in_both_languages():
    keys = {f"check.{name}.{part}" for name in checks.NAMES for part in ("title", "means", "next")}
    for lang in words.LANGS:
        assert keys <= set(words.catalogue(lang))


def test_a_name_that_is_no_check_is_refused(session, now):
    with pytest.raises(KeyError):
        checks.look(session, "nonsense", now=now)
