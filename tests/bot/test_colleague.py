"""Colleagues in their own WeChat: what waits for them, taken over by a word; whoever has left is a customer again."""

import pytest
from sqlalchemy import Engine, select

from bot.inbox import Inbox
from models import Escalation, Follower, Repair, Staff
from models.desk import escalations
from models.desk.account import people
from tests.bot.pushes import a_push
from tests.bot.test_inbox import TEXTS
from tests.models.builders import house, repair


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, TEXTS)


@pytest.fixture
def matter(sessions, now) -> str:
    """A matter of 小林's with a phone in its words; another one is nobody else's business. Their openid."""
    with sessions.begin() as session:
        who = house(session, now)
        case = repair(session, who, now)
        words = "师傅没来，打我老公电话13912345678"
        row = escalations.raise_(session, "chased", case, words=words, now=now, cause="1")
        other = escalations.raise_(session, "chased", case, words="别人的事", now=now, cause="2")
        row.owner, other.owner = who.agent, who.engineer
        people.find_or_add(session, "o-lin", now=now).staff = who.agent
    return "o-lin"


def test_a_colleague_sees_what_is_theirs_and_takes_it_and_no_phone_in_clear(box, sessions, matter, now) -> None:
    listed = box.answer(a_push(now, "今天的单", who=matter), now=now).reply
    taken = box.answer(a_push(now, "接手", who=matter), now=now).reply
    assert "师傅没来" in listed and "别人的事" not in listed and "小林" in taken
    assert "13912345678" not in listed + taken and "139****5678" in listed and "139****5678" in taken
    with sessions() as session:
        states = {row.words[:3]: row.state for row in session.scalars(select(Escalation))}
    assert states == {"师傅没": "taken", "别人的": "open"}


def test_whoever_has_left_the_company_is_served_like_everybody(box, sessions, matter, now) -> None:
    with sessions.begin() as session:
        session.scalars(select(Staff).where(Staff.name == "小林")).one().active = False
    said = box.answer(a_push(now, "卧室门关不上", who=matter), now=now).reply
    assert "后台" not in said and "哪一套" in said


def test_so_is_whoever_belonged_to_a_crew_that_works_no_more(box, sessions, matter, now) -> None:
    with sessions.begin() as session:
        foreman = session.scalars(select(Follower).where(Follower.crew_id.is_not(None))).first()
        openid, foreman.crew.active = foreman.openid, False
    for words in ("卧室门关不上", "江南里5幢1101", "随时", "13800138009", "是的"):
        said = box.answer(a_push(now, words, who=openid), now=now).reply
    with sessions() as session:
        case = session.scalars(select(Repair).order_by(Repair.id.desc())).first()
        assert case.number in said and case.house == "江南里5幢1101"
        assert [event.actor_kind for event in case.events][:1] == ["customer"]
