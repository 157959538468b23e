"""What happens to a house and its household, done by the verbs of the desk; and what holds for every message."""

import datetime as dt
from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.schedule import TIMETABLE
from models import Complaint, Customer, Follower, GreetingRule, Outgoing, Phase, Project, Recipient
from models.actors import SYSTEM, By
from models.desk import checks
from models.desk.delivery import ladder
from models.desk.house import building
from models.desk.house.phases import Dates
from models.desk.marketing import campaigns, greeting_rules
from models.desk.marketing.campaigns import Plan
from models.desk.repair import repairs, visits
from models.desk.repair.repairs import Report
from models.houses import Crew
from models.outbound import TOUCHES
from models.staff import Staff
from models.upkeep import CheckRun, Finding
from models.work import Repair
from models.worktime import SHANGHAI
from tests.stories.scene import Person, Scene

EVERYBODY = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["zh"]}]}]}


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 5) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def lives(scene: Scene, *moments: dt.datetime) -> None:
    """The clock stands at each of these moments, and the jobs run twice."""
    for moment in moments:
        scene.travel(moment)
        scene.run_jobs()
        scene.run_jobs()


def phase(scene: Scene, name: str, *, planned: dt.date | None = None, finished: dt.date | None = None) -> None:
    """The office writes down a day of the one house."""
    with scene.desk() as session:
        one = session.scalars(select(Phase).where(Phase.name == name)).one()
        dates = Dates(planned or one.planned_on, finished)
        building.record(session, one, dates, by=SYSTEM, now=scene.now())


def is_built(scene: Scene, wu: Person) -> None:
    """Spring: three control points; before the acceptance in the middle she wrote, and hears of it ahead."""
    scene.travel(at(2027, 2, 25))
    phase(scene, "中期验收", planned=dt.date(2027, 4, 20))
    phase(scene, "竣工验收", planned=dt.date(2027, 5, 31))
    scene.travel(at(2027, 3, 10, 16))
    phase(scene, "材料进场", finished=dt.date(2027, 3, 10))
    lives(scene, at(2027, 3, 10, 16, 30), at(2027, 3, 11))
    scene.travel(at(2027, 4, 17, 20))
    wu.says("你好")
    lives(scene, at(2027, 4, 17, 23, 30), at(2027, 4, 18, 9, 30))
    scene.travel(at(2027, 4, 20, 14))
    wu.says("你好")
    phase(scene, "中期验收", finished=dt.date(2027, 4, 20))
    lives(scene, at(2027, 4, 20, 17, 30), at(2027, 4, 21))


def leaks(scene: Scene, wu: Person) -> None:
    """12 October: a repair under the warranty, done by the crew in an afternoon, asked about and praised."""
    scene.travel(at(2027, 10, 12))
    wu.says("你好")
    with scene.desk() as session:
        crew = Crew(name="王师傅", trades=["水"], lead=session.scalars(select(Staff).filter_by(name="赵工")).one())
        session.add(crew)
        session.flush()
        she = session.scalars(select(Follower).filter_by(openid=wu.openid)).one()
        report = Report("厨房水龙头滴水", project=session.scalars(select(Project)).one(), category="水")
        repairs.open_repair(session, she, report, by=SYSTEM, now=scene.now())
    for hour, step, more in ((11, visits.accept, {}), (14, visits.arrive, {}), (15, visits.finish, {"note": "换阀芯"})):
        lives(scene, at(2027, 10, 12, hour))
        with scene.desk() as session:
            repair = session.scalars(select(Repair)).one()
            step(session, repair, by=By("crew", repair.crew_id, "王师傅"), now=scene.now(), **more)
    lives(scene, at(2027, 10, 12, 15, 5), at(2027, 10, 12, 15, 40))
    wu.says("5")
    lives(scene, at(2027, 10, 12, 16, 0))
    assert scene.repair().state == "closed"


def invites(scene: Scene, name: str) -> None:
    """A campaign to everybody, approved, from now on for two days."""
    with scene.desk() as session:
        now, plan = scene.now(), Plan(name, body="周六有讲座。", audience=EVERYBODY)
        campaign = campaigns.make(session, plan, by=SYSTEM, now=now)
        for state in ("checked", "approved", "scheduled"):
            campaign.move(state, by=SYSTEM, now=now)
        campaign.starts_at, campaign.ends_at = now, now + dt.timedelta(days=2)
    lives(scene, scene.now() + dt.timedelta(minutes=10))


def left_out(scene: Scene, name: str) -> dict[str, str]:
    """Why whom a campaign did not write to; empty for whom it did."""
    with scene.sessions() as session:
        query = select(Follower.openid, Recipient.reason).join(Recipient, Recipient.follower_id == Follower.id)
        rows = session.execute(query.join(Recipient.campaign).where(campaigns.Campaign.name == name))
        return {openid: reason for openid, reason in rows}


def has_a_birthday(scene: Scene, wu: Person) -> None:
    """20 April 2028, wished for by a rule that two colleagues stand for; she wrote the evening before."""
    scene.travel(at(2028, 4, 19, 20))
    wu.says("你好")
    lives(scene, at(2028, 4, 19, 20, 10))
    with scene.desk() as session:
        she = session.scalars(select(Customer).where(Customer.name == "吴倩")).one()
        she.birth_month, she.birth_day = 4, 20
        lin, zhou = (session.scalars(select(Staff).filter_by(name=name)).one() for name in ("小林", "周经理"))
        rule = session.scalars(select(GreetingRule).filter_by(key="birthday")).one()
        greeting_rules.submit(rule, by=By("staff", lin.id, lin.name), now=scene.now())
        greeting_rules.approve(rule, by=By("staff", zhou.id, zhou.name), now=scene.now())
    lives(scene, at(2028, 4, 20, 7, 0), at(2028, 4, 20, 9, 40), at(2028, 4, 20, 9, 50))


def every_message_was_right(scene: Scene) -> None:
    """Each row to a customer: on their phone once; awake or urgent; nothing unasked to who had enough or was cross."""
    with scene.sessions() as session:
        customers = select(Outgoing).join(Follower).where(Follower.crew_id.is_(None), Follower.staff_id.is_(None))
        rows = session.scalars(customers.where(Outgoing.state == "sent")).all()
        assert {row.purpose for row in rows} >= {"service", "survey", "marketing", "greeting", "follow_up"}
        _on_their_phones_once(scene, rows)
        for row in rows:
            assert _may_be_heard(scene, row), (row.dedupe_key, row.settled_at)
            gone = row.follower.unsubscribed_at
            assert gone is None or row.settled_at < gone, row.dedupe_key
        for row in (row for row in rows if row.purpose in TOUCHES):
            enough = row.follower.opted_out_at
            assert enough is None or row.settled_at < enough, row.dedupe_key
            assert not _was_cross(session, row), row.dedupe_key
        assert not session.scalars(customers.where(Outgoing.state.in_(("sending", "unknown")))).all()


def every_duty_was_done(scene: Scene) -> None:
    """Whatever the timetable has ran to the end of this life, and nothing lies in a state that no rule leads to.

    Between the scenes no clock runs for months; what a night finds on waking up is mended by the next.
    """
    lives(scene, scene.now() + dt.timedelta(days=1))
    assert set(scene.ran) == {entry.name for entry in TIMETABLE}
    assert min(scene.ran.values()) == scene.now()
    with scene.sessions() as session:
        looked = {row.rule: row.ran_at for row in session.scalars(select(CheckRun))}
        assert set(looked) == set(checks.NAMES) and set(looked.values()) == {scene.now()}
        standing = select(Finding.rule, Finding.record_id).where(Finding.resolved_at.is_(None))
        found = [tuple(row) for row in session.execute(standing)]
        assert found == [], found


def _on_their_phones_once(scene: Scene, rows: list[Outgoing]) -> None:
    """What we call sent is what the platform brought by itself, message for message."""
    account = [one for one in scene.platform.world.bubbles if one.side == "account" and one.via != "passive"]
    assert Counter((one.openid, one.via) for one in account) == Counter((row.follower.openid, row.rung) for row in rows)


def _may_be_heard(scene: Scene, row: Outgoing) -> bool:
    """By day, or urgent, or the answer to words of half an hour ago."""
    if row.urgent or ladder.quiet_until(row.settled_at, scene.world.settings.quiet_times) is None:
        return True
    wrote = [
        one.at for one in scene.platform.world.bubbles if (one.openid, one.side) == (row.follower.openid, "person")
    ]
    now = row.settled_at.timestamp()
    return row.purpose not in TOUCHES and any(now - ladder.AWAKE.total_seconds() < moment <= now for moment in wrote)


def _was_cross(session: Session, row: Outgoing) -> bool:
    """Whether the household had an open complaint when the row was sent."""
    mine = select(Complaint).where(Complaint.customer_id == row.follower.customer_id)
    theirs = session.scalars(mine.where(Complaint.customer_id.is_not(None)))
    return any(one.opened_at <= row.settled_at < (one.closed_at or row.settled_at + ladder.AWAKE) for one in theirs)
