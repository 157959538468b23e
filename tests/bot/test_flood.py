"""Somebody who writes faster than anybody answers: kept, answered once, delaying nobody, and never unheard in need."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from bot.inbox import MOST_A_MINUTE, Inbox
from models import Dialog, Follower, Message, Outgoing, Repair
from models.desk.account import people
from templates import Texts
from tests.bot.test_inbox import a_push
from tests.models.builders import house

S = dt.timedelta(seconds=1)


@pytest.fixture
def box(engine) -> Inbox:
    return Inbox(engine, Texts())


def pours(box: Inbox, now: dt.datetime, count: int, text: str = "在吗", who: str = "o-flood") -> list[str | None]:
    """So many messages within half a minute; the replies."""
    return [box.answer(a_push(now, f"{text}{n}", who), now=now + n * S / 2).reply for n in range(count)]


def test_sixty_messages_are_all_kept_and_the_flood_is_answered_once(box, sessions, now) -> None:
    replies = pours(box, now, 60)
    held = replies[MOST_A_MINUTE:]
    assert "都收到了" in held[0] and not any(held[1:])
    with sessions() as session:
        assert session.scalar(select(func.count()).where(Message.direction == "in")) == 60
        assert session.scalar(select(func.count()).where(Message.direction == "out")) == MOST_A_MINUTE + 1


def test_somebody_else_is_answered_at_once(box, sessions, now) -> None:
    pours(box, now, 60)
    assert "暖居" in (box.answer(a_push(now, "你是谁", "o-other"), now=now + 30 * S).reply or "")


def test_a_burst_pipe_in_the_flood_opens_a_case(box, sessions, now) -> None:
    pours(box, now, 39)
    reply = box.answer(a_push(now, "厨房水管爆了，水喷得到处都是", "o-flood"), now=now + 25 * S).reply
    assert "BX" in reply
    assert not any(pours(box, now + 26 * S, 5))
    with sessions() as session:
        case = session.scalars(select(Repair)).one()
        assert case.urgent


def test_after_the_minute_it_goes_on_where_it_stood(box, sessions, now) -> None:
    box.answer(a_push(now, "主卧门关不严", "o-flood"), now=now)
    pours(box, now, 30, "哈")
    with sessions() as session:
        draft = session.scalars(select(Dialog)).one()
        assert draft.script == "repair"
    assert box.answer(a_push(now, "翡翠城8幢1602", "o-flood"), now=now + 61 * S).reply
    with sessions() as session:
        assert session.scalars(select(Follower)).one().flood_count == 1


def test_a_slow_talker_is_never_a_flood(box, now) -> None:
    replies = [box.answer(a_push(now, "在吗", "o-slow"), now=now + n * 4 * S).reply for n in range(40)]
    assert all(replies)


def test_a_crew_at_work_is_never_held_off(box, sessions, now) -> None:
    with sessions.begin() as session:
        who = house(session, now)
        openid = who.foreman.openid
        assert people.find_or_add(session, openid, now=now).crew is who.crew
    assert not any("都收到了" in (reply or "") for reply in pours(box, now, MOST_A_MINUTE + 5, "到场", openid))


def test_taps_and_scans_count_for_nothing(box, sessions, now) -> None:
    pours(box, now, 5)
    with sessions() as session:
        before = session.scalars(select(Follower)).one().flood_count
    event = a_push(now, who="o-flood", MsgType="event", Event="CLICK", EventKey="MENU_REPAIR")
    assert box.answer(event, now=now + 10 * S).reply
    with sessions() as session:
        assert session.scalars(select(Follower)).one().flood_count == before == 5
        assert session.scalar(select(func.count(Outgoing.id))) == 0
