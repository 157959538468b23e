"""The clock was down for two days: what waited comes one a day, what presses at once, what is too late says so."""

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import select

from models import (
    Callback,
    Campaign,
    Customer,
    Follower,
    Greeting,
    GreetingRule,
    Outgoing,
    Phase,
    Project,
    Repair,
    Survey,
)
from models.actors import SYSTEM, By
from models.desk import care
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.marketing import campaigns, greeting_rules
from models.desk.marketing.campaigns import Plan
from models.desk.repair import repairs
from models.desk.repair.repairs import Report
from models.outbound import TOUCHES
from models.staff import Staff
from models.worktime import SHANGHAI
from tests.stories.life import EVERYBODY, lives

pytestmark = pytest.mark.sqlite_only  # what is said does not depend on the database
DAY, H = dt.timedelta(days=1), dt.timedelta(hours=1)


def at(day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def slept(scene, cast):
    """Monday evening she writes and the clock stops; Wednesday at half past eight in the evening it goes on.

    Meanwhile there fell due: her birthday on Tuesday; on Tuesday a campaign for the week and one for that day alone;
    the question about a phase; a word of follow-up that was of use until Tuesday evening; and a pipe burst.
    """
    lives(scene, at(23, 9))
    with scene.desk() as session:
        she = session.scalars(select(Customer).where(Customer.name == "林晓")).one()
        she.birth_month, she.birth_day = 11, 24
        lin, zhou = (session.scalars(select(Staff).filter_by(name=name)).one() for name in ("小林", "周经理"))
        rule = session.scalars(select(GreetingRule).filter_by(key="birthday")).one()
        greeting_rules.submit(rule, by=By("staff", lin.id, lin.name), now=scene.now())
        greeting_rules.approve(rule, by=By("staff", zhou.id, zhou.name), now=scene.now())
        for name, ends in (("周讲座", at(27, 20)), ("当天讲座", at(24, 20))):
            campaign = campaigns.make(session, Plan(name, body=name, audience=EVERYBODY), by=SYSTEM, now=scene.now())
            for state in ("checked", "approved", "scheduled"):
                campaign.move(state, by=SYSTEM, now=scene.now())
            campaign.starts_at, campaign.ends_at = at(24, 11), ends
        session.scalars(select(Project)).one().stage = "building"
    scene.travel(at(23, 21))
    cast.homeowner.says("你好")
    scene.run_jobs()
    cast.homeowner.reads()
    with scene.desk() as session:
        house = session.scalars(select(Project)).one()
        session.add(Phase(project=house, name="中期验收", position=5, actual_on=dt.date(2026, 11, 24)))
        who = session.scalars(select(Follower).where(Follower.openid == cast.homeowner.openid)).one()
        for key, ends in (("late", at(24, 18)), ("later", at(27, 18))):
            letter = Letter(body=f"跟进 {key}")
            outbox.post(session, f"follow:{key}", to=who, letter=letter, now=scene.now(), purpose="follow_up",
                        not_before=at(24, 10), not_after=ends)  # fmt: skip
    scene.travel(at(25, 20, 20))
    with scene.desk() as session:
        who = session.scalars(select(Follower).where(Follower.openid == cast.homeowner.openid)).one()
        report = Report("水管爆了", project=session.scalars(select(Project)).one(), category="水", urgent=True)
        repairs.open_repair(session, who, report, by=SYSTEM, now=scene.now())
    scene.travel(at(25, 20, 30))
    return cast


def touched(scene) -> Counter:
    """How many touches she had on which day."""
    with scene.sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.state == "sent", Outgoing.purpose.in_(TOUCHES)))
        return Counter(row.settled_at.astimezone(SHANGHAI).day for row in rows)


def lies(scene, purpose: str) -> dict[str, str]:
    with scene.sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.purpose == purpose).order_by(Outgoing.id))
        return {row.body or row.facts.get("words", row.text_key): f"{row.state} {row.reason}".strip() for row in rows}


def test_waking_up_floods_nobody_and_hides_nothing(scene, slept):
    scene.run_jobs()
    scene.run_jobs()
    urgent = [row for row in scene.letters(urgent=True) if row.purpose in ("service", "staff")]
    assert urgent and {row.state for row in urgent} == {"sent"}, "what presses goes at once"
    assert any("加急" in text for text in slept.crew.reads())
    assert touched(scene) == {}, "a burst pipe in the house: nothing unasked"
    # What is too late says so where it stands.
    with scene.sessions() as session:
        wish = session.scalars(select(Greeting).where(Greeting.kind == "birthday")).one()
        assert (wish.campaign.state, wish.campaign.reason, wish.campaign.expected) == ("cancelled", "too_late", 1)
        over = session.scalars(select(Campaign).where(Campaign.name == "当天讲座")).one()
        assert over.state == "done"
    assert lies(scene, "follow_up") == {"跟进 late": "expired too_late", "跟进 later": "queued urgent_open"}
    with scene.desk() as session:
        case = session.scalars(select(Repair)).one()
        care.cancel(session, case, reason="关了总阀", by=SYSTEM, now=scene.now())
    # She writes every evening, so that her window is open; nobody hears more than one thing a day.
    for day in (25, 26, 27, 28, 29, 30):
        scene.travel(at(day, 20, 40))
        slept.homeowner.says("你好")
        lives(scene, at(day, 23, 45), *(at(day, 0) + DAY + hour * H for hour in (9, 10, 12, 15, 18, 20)))
    days = touched(scene)
    assert days and max(days.values()) == 1, days
    assert len(days) >= 2, "it is made up for, one by one"
    with scene.sessions() as session:
        waits = session.scalars(select(Outgoing).where(Outgoing.purpose.in_(TOUCHES))).all()
        ended = {row.dedupe_key: (row.state, row.reason) for row in waits if row.state != "sent"}
        assert all(state == "expired" and reason == "too_late" or state == "queued" and reason
                   for state, reason in ended.values()), ended  # fmt: skip
        call = session.scalars(select(Callback).where(Callback.purpose == "control_point")).one()
        assert session.scalars(select(Survey).where(Survey.callback_id == call.id)).one().state in ("asked", "phone")
