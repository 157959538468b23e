"""One customer from the first question to two years after completion, and everything that was said to her unasked.

Beside her two who asked the same day: one has had enough, one leaves. Nobody hears anything twice, at night, after
opting out or leaving, or while a complaint is open.
"""

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import select

from models import (
    Appointment,
    Building,
    Callback,
    Complaint,
    Customer,
    Enquiry,
    Enrolment,
    Estate,
    Follower,
    Outgoing,
    Project,
)
from models.actors import SYSTEM, By
from models.desk import promises
from models.desk.account import people
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from models.desk.house import buildings
from models.desk.sales import enquiries, signing
from models.desk.sales.enquiries import Wish
from models.desk.sales.signing import Deal
from models.desk.staff import roles
from models.outbound import TOUCHES
from models.staff import Staff
from models.worktime import SHANGHAI
from tests.stories.life import (
    at,
    every_duty_was_done,
    every_message_was_right,
    has_a_birthday,
    invites,
    is_built,
    leaks,
    left_out,
    lives,
    phase,
)
from tests.stories.scene import Person, Scene

pytestmark = pytest.mark.sqlite_only  # what is said does not depend on the database


@pytest.fixture
def wu(scene: Scene) -> Person:
    """Monday morning: three people ask. Mrs Wu is the one whose life this is."""
    lives(scene, at(2026, 11, 23, 9))
    with scene.desk() as session:
        promises.ensure_policies(session)
        role = roles.plant(session)
        for name, title in (("agent", "小林"), ("engineer", "赵工"), ("manager", "周经理"), ("designer", "林设计")):
            session.add(Staff(username=name, name=title, role=role[name]))
    scene.travel(at(2026, 11, 23, 10, 0))
    names = {"oLife_wu": "吴倩", "oLife_enough": "郑磊", "oLife_gone": "丁一"}
    phones = {openid: scene.person(openid, name) for openid, name in names.items()}
    for openid, phone in phones.items():
        phone.says("你好")
        with scene.desk() as session:
            who = people.find_or_add(session, openid, now=scene.now())
            name = "吴倩" if openid == "oLife_wu" else ""
            wish = Wish(asked="89平多少钱", area=89, style="现代简约", name=name, form="女士")
            enquiries.ask(session, who, wish, by=By("customer", who.id), now=scene.now())
    lives(scene, at(2026, 11, 23, 13, 40))
    scene.travel(at(2026, 11, 23, 13, 45))
    assert phones["oLife_enough"].says("退订")
    phones["oLife_gone"].leaves()
    return phones["oLife_wu"]


def said(scene: Scene, openid: str) -> list[tuple[str, str, str]]:
    """(text, by which rung, day in China) of everything that reached a person unasked."""
    with scene.sessions() as session:
        query = select(Outgoing).join(Follower).where(Follower.openid == openid, Outgoing.purpose.in_(TOUCHES))
        rows = session.scalars(query.where(Outgoing.state == "sent").order_by(Outgoing.settled_at)).all()
        return [(row.text_key, row.rung, f"{row.settled_at.astimezone(SHANGHAI):%m-%d}") for row in rows]


def plans(scene: Scene, openid: str) -> dict[str, tuple[str, str]]:
    """Plan -> how it ended for a person."""
    with scene.sessions() as session:
        rows = session.scalars(select(Enrolment).join(Follower).where(Follower.openid == openid)).all()
        return {row.sequence.series: (row.state, row.reason) for row in rows}


def before_signing(scene: Scene, wu: Person) -> None:
    """Two weeks of a lead: she writes now and then, and comes to the showroom."""
    lives(scene, at(2026, 11, 24))
    scene.travel(at(2026, 11, 25, 20, 0))
    wu.says("你好")
    lives(
        scene,
        at(2026, 11, 25, 23, 30),
        at(2026, 11, 26),
        at(2026, 11, 27),
        at(2026, 11, 28),
        at(2026, 11, 29),
        at(2026, 11, 30),
    )
    assert [text for text, *_ in said(scene, "oLife_wu")] == ["follow.asked", "follow.asked_3"], "her window was shut"
    scene.travel(at(2026, 11, 30, 14, 0))
    wu.says("你好")
    # She is writing: what waited for her words comes three hours later.
    lives(scene, at(2026, 11, 30, 14, 30), at(2026, 11, 30, 17, 10), at(2026, 12, 1))
    scene.travel(at(2026, 12, 2, 13, 40))
    wu.says("你好")
    with scene.desk() as session:
        lead = session.scalars(select(Enquiry).join(Follower).where(Follower.openid == "oLife_wu")).one()
        visit = Appointment(
            number="YY1", visit="showroom", enquiry=lead, follower=lead.follower, customer=lead.customer, moved=0,
            opened_at=at(2026, 12, 1), start_at=at(2026, 12, 2, 14), end_at=at(2026, 12, 2, 15), _state="booked",
        )  # fmt: skip
        session.add(visit)
        visit.move("done", by=SYSTEM, now=at(2026, 12, 2, 15))
        visit.closed_at = at(2026, 12, 2, 15)
    lives(scene, at(2026, 12, 2, 15, 30), at(2026, 12, 3, 9), at(2026, 12, 3))


def signs(scene: Scene) -> None:
    """Friday: the contract, on a house of a building that is handed over on 20 January."""
    scene.travel(at(2026, 12, 4, 11))
    day = dt.date(2026, 12, 4)
    with scene.desk() as session:
        customer = session.scalars(select(Customer).where(Customer.name == "吴倩")).one()
        deal = Deal("HT-9", "翡翠城", "8幢", "1602", 20_000_000, 6_000_000, day, day)
        signing.sign(session, customer, deal, by=SYSTEM, now=scene.now())
        building = Building(estate=session.scalars(select(Estate)).one(), name="8幢")
        session.add(building)
        buildings.set_handover(session, building, dt.date(2027, 1, 20), by=SYSTEM, now=scene.now())
    lives(scene, at(2026, 12, 4, 11, 30), at(2026, 12, 21), at(2026, 12, 23, 9), at(2027, 1, 5), at(2027, 1, 18))


def is_finished(scene: Scene, wu: Person) -> None:
    """31 May: the house is done; from 1 to 8 June the household has a complaint, and her window is open meanwhile."""
    lives(scene, at(2027, 5, 31))
    phase(scene, "竣工验收", finished=dt.date(2027, 5, 31))
    with scene.sessions() as session:
        house = session.scalars(select(Project)).one()
        assert (house.completed_on, house.stage) == (dt.date(2027, 5, 31), "in_warranty")
    lives(scene, at(2027, 6, 1))
    with scene.desk() as session:
        customer = session.scalars(select(Customer).where(Customer.name == "吴倩")).one()
        number = complaints.register(session, customer, Grievance("阳台门关不严"), by=SYSTEM, now=scene.now()).id
    scene.travel(at(2027, 6, 2, 20))
    wu.says("你好")
    lives(scene, at(2027, 6, 3))
    invites(scene, "六月讲座")
    assert left_out(scene, "六月讲座") == {
        "oLife_wu": "complaint_open", "oLife_enough": "opted_out", "oLife_gone": "not_following",
    }  # fmt: skip
    lives(scene, at(2027, 6, 4), at(2027, 6, 7), at(2027, 6, 8))
    with scene.desk() as session:
        complaints.withdraw(session, session.get_one(Complaint, number), "修好了", by=SYSTEM, now=scene.now())
    lives(scene, at(2027, 6, 9), at(2027, 6, 10), at(2027, 6, 11))


def lives_in_it(scene: Scene, wu: Person) -> None:
    """Two years of warranty: a talk she is invited to, a repair, a birthday, and months without anything."""
    lives(scene, at(2027, 7, 15))
    scene.travel(at(2027, 9, 14, 20))
    wu.says("你好")
    lives(scene, at(2027, 9, 15))
    invites(scene, "九月讲座")
    leaks(scene, wu)
    lives(scene, *(at(2027 + month // 12, month % 12 + 1, 15) for month in (10, 12, 14)))
    has_a_birthday(scene, wu)
    lives(scene, *(at(2027 + month // 12, month % 12 + 1, 15) for month in range(16, 30, 2)))


def nobody_else_hears_more(scene: Scene) -> None:
    """Who opted out and who left heard one thing each, before they did."""
    assert said(scene, "oLife_enough") == said(scene, "oLife_gone") == [("follow.asked", "custom", "11-23")]
    assert plans(scene, "oLife_enough") == {"enquiry": ("stopped", "opted_out")}
    assert plans(scene, "oLife_gone") == {"enquiry": ("stopped", "not_following")}


def nothing_is_said_twice_or_at_night(scene: Scene) -> None:
    """Of everything that reached anybody unasked, from first to last."""
    with scene.sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.state == "sent", Outgoing.purpose.in_(TOUCHES))).all()
        hours = {row.settled_at.astimezone(SHANGHAI).hour for row in rows}
        assert hours <= set(range(9, 18)), "office hours"
        days = Counter((row.follower_id, row.settled_at.astimezone(SHANGHAI).date()) for row in rows)
        assert set(days.values()) == {1}, "one a day"
        # On their phones: contents of half a year ago are cleared from the records.
        unasked = {(row.follower.openid, row.settled_at.timestamp()) for row in rows}
        phones = [one for one in scene.platform.world.bubbles if one.side == "account" and one.via != "passive"]
        read = Counter((one.openid, str(one.body)) for one in phones if (one.openid, one.at) in unasked)
        assert len(read) >= len(rows) and set(read.values()) == {1}
        # Leads without a word for two weeks cost them a grade; Mrs Wu has signed and keeps hers.
        query = select(Follower.openid, Enquiry.cooled_at).join(Enquiry, Enquiry.follower_id == Follower.id)
        assert {openid for openid, cooled in session.execute(query) if cooled} == {"oLife_enough", "oLife_gone"}


@pytest.mark.timeout(420)  # two years with every duty of the timetable
def test_a_life(scene: Scene, wu: Person) -> None:
    before_signing(scene, wu)
    assert plans(scene, "oLife_wu") == {"enquiry": ("stopped", "new_visit"), "visit": ("running", "")}
    nobody_else_hears_more(scene)
    signs(scene)
    assert plans(scene, "oLife_wu") == {
        "enquiry": ("stopped", "new_visit"), "visit": ("stopped", "signed"), "handover": ("finished", ""),
    }  # fmt: skip
    is_built(scene, wu)
    is_finished(scene, wu)
    lives_in_it(scene, wu)
    every_message_was_right(scene)
    every_duty_was_done(scene)
    nothing_is_said_twice_or_at_night(scene)

    assert said(scene, "oLife_wu") == [
        ("follow.asked", "custom", "11-23"), ("follow.asked_3", "custom", "11-26"),
        ("follow.asked_7", "custom", "11-30"), ("follow.visited", "custom", "12-03"),
        ("question.building", "custom", "04-18"), ("question.control_point", "custom", "04-20"),
        ("campaign.letter", "custom", "09-15"), ("campaign.letter", "custom", "04-20"),
    ]  # fmt: skip
    # What WeChat could not bring became a call: good wishes for the keys, two days late because four messages in thirty
    # days were enough for her, and how the house is doing.
    with scene.sessions() as session:
        points = session.scalars(select(Callback).where(Callback.purpose == "control_point").order_by(Callback.id))
        assert [(call.words, f"{call.asked_at.astimezone(SHANGHAI):%Y-%m-%d}") for call in points] == [
            ("材料进场", "2027-03-10"), ("中期验收", "2027-04-20"), ("竣工验收", "2027-06-01"),
        ]  # fmt: skip
        calls = session.scalars(select(Callback).where(Callback.purpose == "follow_up").order_by(Callback.id)).all()
        assert [(call.script, f"{call.asked_at.astimezone(SHANGHAI):%Y-%m-%d}") for call in calls] == [
            ("follow.keys_30", "2026-12-23"), ("", "2027-06-10"),
        ]  # fmt: skip
        ways = session.scalars(select(Enrolment).where(Enrolment.project_id.is_not(None)).order_by(Enrolment.id))
        kept = [[(touch.state, touch.reason) for touch in row.touches] for row in ways]
    assert kept == [
        [("done", "window_closed"), ("skipped", "unsigned"), ("skipped", "unsigned")],
        [("expired", "complaint_open"), ("done", "")],
    ]
