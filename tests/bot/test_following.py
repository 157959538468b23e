"""Pushes overtake each other: whether somebody follows is decided by what they did last, by the platform's clock."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from bot.inbox import Inbox
from models import Follower, Message, Outgoing
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from templates import Texts
from tests.bot.pushes import a_push, an_event

S = dt.timedelta(seconds=1)


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, Texts())


def follows(sessions) -> bool:
    with sessions() as session:
        return session.scalars(select(Follower)).one().subscribed


@pytest.mark.parametrize(("before", "words"), [(2, "你好"), (0, "你好"), (2, "厨房漏水，明天下午在家")])
def test_a_text_that_arrives_after_the_leaving_it_was_written_before_brings_nobody_back(
    box, sessions, now, before, words
) -> None:
    box.answer(an_event(now, "subscribe", EventKey=""), now=now)
    box.answer(an_event(now + 9 * S, "unsubscribe", EventKey=""), now=now + 9 * S)
    box.answer(a_push(now + (9 - before) * S, words), now=now + 10 * S)
    assert follows(sessions) is False
    with sessions() as session:
        assert words in session.scalars(select(Message.text).where(Message.direction == "in")).all()
    box.answer(a_push(now + 20 * S, "在"), now=now + 20 * S)
    assert follows(sessions) is True, "what is written later shows that they are there"


def test_an_old_leaving_takes_nobody_away_who_came_back(box, sessions, now) -> None:
    box.answer(an_event(now + 9 * S, "subscribe", EventKey=""), now=now + 9 * S)
    with sessions.begin() as session:
        person = session.scalars(select(Follower)).one()
        outbox.post(session, "k", to=person, letter=Letter(body="您好"), now=now)
    box.answer(an_event(now, "unsubscribe", EventKey=""), now=now + 10 * S)
    assert follows(sessions) is True
    with sessions() as session:
        assert session.scalars(select(Outgoing)).one().state == "queued"
    box.answer(an_event(now + 9 * S, "unsubscribe", EventKey=""), now=now + 11 * S)
    assert follows(sessions) is False, "in one second the later to arrive counts"
