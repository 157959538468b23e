"""Enquiries: opened once, filled in, graded by rule and by people, every arrow and every refused one."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Customer, Enquiry, Escalation, Follower, Outgoing, Promise, Staff
from models.actors import By
from models.desk import promises, watch
from models.desk.account import people
from models.desk.sales import enquiries
from models.desk.sales.enquiries import Wish
from models.desk.staff import roles
from models.errors import IllegalMove, Missing
from models.states import ENQUIRY
from tests.models.builders import told

AGENT = By("staff", 1, "小林")


@pytest.fixture
def lin(session: Session, now: dt.datetime) -> Staff:
    """A designer who has bound her WeChat."""
    staff = Staff(username="lin", name="林设计", role=roles.plant(session)["designer"])
    session.add(staff)
    session.flush()
    people.find_or_add(session, "o-lin", now=now).staff_id = staff.id
    session.flush()
    return staff


@pytest.fixture
def stranger(session: Session, now: dt.datetime) -> Follower:
    return people.find_or_add(session, "o-stranger", now=now)


def asked(session: Session, who: Follower, now: dt.datetime, **wish) -> Enquiry:
    return enquiries.ask(session, who, Wish(**({"asked": "装修多少钱"} | wish)), by=By("customer", who.id), now=now)


def owed(session: Session, enquiry: Enquiry) -> Promise | None:
    return promises.find(session, "enquiry.contact", enquiry)


def test_the_first_question_opens_an_enquiry_and_a_file(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now)
    assert enquiry.number == "ZX20261121-0001" and enquiry.state == "new"
    assert (enquiry.grade, enquiry.grade_cause) == ("D", "只问了一句")
    assert enquiry.owner is lin and enquiry.customer is stranger.customer
    assert stranger.customer.stage == "potential" and stranger.customer.source == "公众号"
    assert told(session, session.scalars(select(Follower).where(Follower.staff_id == lin.id)).one()) == [
        "staff.enquiry_new"
    ]


def test_a_person_has_one_open_enquiry_and_one_file_however_often_they_ask(session, stranger, lin, now) -> None:
    first = asked(session, stranger, now)
    again = asked(session, stranger, now, asked="有北欧风的吗", style="北欧", phone="138 0013 8000", name="陈明")
    assert again is first and len(session.scalars(select(Customer)).all()) == 1
    assert (first.style, first.contact_phone, first.asked) == ("北欧", "13800138000", "装修多少钱\n有北欧风的吗")
    assert stranger.customer.name == "陈明"
    enquiries.lost(session, first, reason="去别家了", by=AGENT, now=now)
    assert asked(session, stranger, now) is not first


def test_a_stronger_fact_raises_the_grade_with_its_cause_and_tells_the_owner(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now)
    assert owed(session, enquiry) is None
    asked(session, stranger, now, area=89)
    assert (enquiry.grade, owed(session, enquiry)) == ("C", None)
    asked(session, stranger, now, keys_on=now.date() + dt.timedelta(days=20))
    assert enquiry.grade == "B" and "三个月内拿房" in enquiry.grade_cause
    assert stranger.customer.stage == "likely" and owed(session, enquiry).urgent is False
    graded = [event for event in enquiry.events if event.name == "graded"]
    assert [(e.data["before"], e.data["grade"], e.reason) for e in graded] == [
        ("D", "C", "面积已知"), ("C", "B", "三个月内拿房，面积已知"),
    ]  # fmt: skip
    keys = session.scalars(select(Outgoing.dedupe_key).order_by(Outgoing.id)).all()
    assert keys == [f"enquiry:{enquiry.id}:{step}" for step in ("new", "grade:C", "grade:B")]


def test_a_colleagues_grade_stands_until_something_new_is_known(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now, area=89, keys_on=now.date())
    assert enquiry.grade == "B"
    enquiries.set_grade(session, enquiry, "D", reason="只是比价", by=AGENT, now=now)
    assert owed(session, enquiry) is None  # nobody is chased for a faint lead
    asked(session, stranger, now, asked="还有别的吗")
    assert (enquiry.grade, enquiry.grade_cause) == ("D", "只是比价")
    asked(session, stranger, now, decided=True)
    assert enquiry.grade == "A" and "签约" in enquiry.grade_cause
    assert enquiry.events[-1].actor_kind == "system"


@pytest.mark.parametrize(("grade", "reason"), [("A", " "), ("S", "好"), ("", "好")])
def test_a_grade_needs_a_letter_and_a_reason(session, stranger, lin, now, grade, reason) -> None:
    enquiry = asked(session, stranger, now)
    with pytest.raises(Missing):
        enquiries.set_grade(session, enquiry, grade, reason=reason, by=AGENT, now=now)
    assert enquiry.grade == "D" and not [event for event in enquiry.events if event.name == "graded"]


def test_calling_keeps_the_promise_and_a_late_call_leaves_its_mark(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now, decided=True)
    promise = owed(session, enquiry)
    # Saturday: the clock of office hours begins on Monday at nine.
    assert promise.due_at == dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC) or promise.due_at.weekday() == 0
    assert enquiry.next_due_at == promise.due_at
    late = promise.due_at + dt.timedelta(minutes=1)
    watch.run(session, now=late)
    (matter,) = session.scalars(select(Escalation)).all()
    assert (matter.kind, matter.owner, matter.words) == ("promise_missed", lin, "咨询首次联系")
    enquiries.contacted(session, enquiry, words="约了下周再聊", by=AGENT, now=late)
    assert (enquiry.state, promise.kept, promise.met_at) == ("contacted", False, late)
    assert enquiry.next_due_at is None and enquiry.last_touch_at == late


def test_the_owner_is_warned_before_the_call_is_late(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now, decided=True, area=89)
    watch.run(session, now=owed(session, enquiry).warn_at)
    letter = session.scalars(select(Outgoing).where(Outgoing.text_key == "staff.promise_near")).one()
    assert letter.facts["number"] == enquiry.number and letter.facts["promise"] == "咨询首次联系"


def test_a_call_needs_a_word_about_it_and_a_second_one_is_only_noted(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now)
    with pytest.raises(Missing):
        enquiries.contacted(session, enquiry, words=" ", by=AGENT, now=now)
    for words in ("没接", "接了，周末来"):
        enquiries.contacted(session, enquiry, words=words, by=AGENT, now=now)
    assert enquiry.state == "contacted"
    assert [e.name for e in enquiry.events if e.actor_kind == "staff"] == ["contacted", "called"]


def test_winning_makes_a_customer_and_losing_needs_a_reason(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now)
    with pytest.raises(Missing):
        enquiries.lost(session, enquiry, reason="", by=AGENT, now=now)
    enquiries.won(session, enquiry, by=AGENT, now=now)
    assert stranger.customer.stage == "signed" and not enquiry.is_open and enquiry.closed_at == now
    with pytest.raises(IllegalMove):
        enquiries.learn(session, enquiry, Wish(area=120), by=AGENT, now=now)
    with pytest.raises(IllegalMove):
        enquiries.contacted(session, enquiry, words="在吗", by=AGENT, now=now)


def test_a_lost_lead_that_comes_back_is_open_again(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now)
    enquiries.lost(session, enquiry, reason="太贵", by=AGENT, now=now)
    enquiries.contacted(session, enquiry, words="又来问了", by=AGENT, now=now)
    assert enquiry.state == "contacted" and enquiry.closed_at is None and enquiry.close_reason == ""


@pytest.mark.parametrize("before", ENQUIRY)
@pytest.mark.parametrize("to", ENQUIRY)
def test_every_arrow_and_every_refused_arrow(session, stranger, lin, now, before, to) -> None:
    enquiry = asked(session, stranger, now)
    enquiry._state = before
    count = len(enquiry.events)
    if to in ENQUIRY[before]:
        event = enquiry.move(to, by=AGENT, now=now, reason="因为")
        assert (enquiry.state, event.from_state, event.to_state) == (to, before, to)
    else:
        with pytest.raises(IllegalMove):
            enquiry.move(to, by=AGENT, now=now)
        assert (enquiry.state, len(enquiry.events)) == (before, count)


def test_the_lead_goes_to_the_designer_with_the_fewest_and_to_an_agent_when_there_is_none(
    session, stranger, now
) -> None:
    known = roles.plant(session)
    agent = Staff(username="a", name="小林", role=known["agent"])
    session.add(agent)
    session.flush()
    assert asked(session, stranger, now).owner is agent
    busy, idle = (Staff(username=n, name=n, role=known["designer"]) for n in ("busy", "idle"))
    session.add_all([busy, idle])
    session.flush()
    owners = [asked(session, people.find_or_add(session, f"o{n}", now=now), now).owner for n in range(4)]
    assert sorted(owner.name for owner in owners) == ["busy", "busy", "idle", "idle"]


def test_a_lead_that_is_given_to_another_colleague_takes_its_promise_along(session, stranger, lin, now) -> None:
    enquiry = asked(session, stranger, now, decided=True)
    other = Staff(username="wu", name="吴设计", role=lin.role)
    session.add(other)
    session.flush()
    people.find_or_add(session, "o-wu", now=now).staff_id = other.id
    session.flush()
    enquiries.given_to(session, enquiry, other, by=AGENT, now=now)
    assert enquiry.owner is other and owed(session, enquiry).owner is other
    assert told(session, session.scalars(select(Follower).where(Follower.staff_id == other.id)).one()) == [
        "staff.enquiry_new"
    ]
