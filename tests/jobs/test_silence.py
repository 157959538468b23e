"""Silence in the middle of a report: one reminder, one kind end, whoever runs it and however often."""

import datetime as dt

import pytest
from sqlalchemy import select

from jobs import silence
from models import Dialog, Follower, Outgoing
from models.desk.talk import conversations
from tests.jobs.test_duties import at_once


@pytest.fixture
def draft(sessions, clock, person) -> int:
    """Somebody left a report open just now, and others left what nobody is reminded of."""
    people = {"W5": "repair", "W6": "survey", "W7": ""}
    ids = {name: person(name) for name in people}
    with sessions.begin() as session:
        for name, script in people.items():
            conversations.of(session, session.get(Follower, ids[name]))
            session.add(Dialog(follower_id=ids[name], script=script, step="time", state="{}", updated_at=clock()))
    return ids["W5"]


def said(sessions) -> list[tuple[int, str]]:
    with sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.text_key.like("form.%")).order_by(Outgoing.id))
        return [(row.follower_id, row.text_key) for row in rows]


def test_two_words_and_never_a_third(world, sessions, clock, draft) -> None:
    clock.advance(minutes=19)
    assert silence.run(world) == 0
    clock.advance(minutes=1)
    assert sum(at_once(silence.run, world)) == 1
    clock.advance(minutes=100)
    assert silence.run(world) == 1
    clock.advance(hours=30)
    assert silence.run(world) == 0
    assert said(sessions) == [(draft, "form.waiting"), (draft, "form.rests")]


def test_whoever_goes_on_is_not_reminded_of_the_old_silence(world, sessions, clock, draft) -> None:
    clock.advance(minutes=15)
    with sessions.begin() as session:
        session.get(Dialog, draft).updated_at = clock()
    clock.advance(minutes=10)
    assert silence.run(world) == 0


def test_nobody_is_reminded_while_a_colleague_serves_them_or_after_leaving(world, sessions, clock, draft) -> None:
    with sessions.begin() as session:
        conversations.of(session, session.get(Follower, draft)).owner = "agent"
    clock.advance(minutes=21)
    assert silence.run(world) == 0


def test_a_worker_that_slept_says_nothing_out_of_nowhere(world, sessions, clock, draft) -> None:
    clock.now += dt.timedelta(hours=9)
    assert silence.run(world) == 0 and said(sessions) == []
