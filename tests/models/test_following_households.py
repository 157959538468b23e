"""Following a household up: when the one who is written to leaves it goes on with another, no step said twice."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select

from models import Callback, Customer, Enrolment, Outgoing, ProjectMember
from models.actors import SYSTEM
from models.desk.account import household, people
from models.desk.followup import joining, releasing, sequences
from tests.models.following import DAY, HOUR, OPEN, at, handed_over, home, person, runs, steps

pytestmark = pytest.mark.sqlite_only  # rules; races and statements run on both in tests/jobs/test_sequences.py
MONDAY = at(23)


def one(session) -> Enrolment:
    return session.scalars(select(Enrolment)).one()


def with_family(session, now, **facts):
    """翡翠城8幢1602, handed over in thirty days, each step for everybody; returns (house, husband, wife)."""
    runs(session, now - HOUR)
    plan = sequences.current(session, "handover")
    always = [dataclasses.replace(step, condition="always") for step in sequences.plan_of(plan).steps]
    sequences.revise(session, plan, sequences.Plan(plan.name, "handover", tuple(always)), by=SYSTEM, now=now - HOUR)
    house = home(session, now)
    husband = house.members[0].customer.followers[0]
    wife = person(session, "o-wife", now, **facts)
    wife.customer = Customer(name="林晓", form="女士", created_at=now)
    session.add(ProjectMember(project=house, customer=wife.customer, role="family"))
    handed_over(session, dt.date(2026, 12, 23))
    session.flush()
    return house, husband, wife


def said_to(session, follower) -> list[tuple[str, str]]:
    rows = session.scalars(select(Outgoing).where(Outgoing.follower_id == follower.id, Outgoing.purpose == "follow_up"))
    return [(row.text_key, row.state) for row in rows]


def test_a_household_goes_on_with_who_still_follows_and_hears_no_step_twice(session) -> None:
    _, husband, wife = with_family(session, MONDAY)
    runs(session, MONDAY)
    assert said_to(session, husband) == [("follow.keys_30", "queued")] and said_to(session, wife) == []
    session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up")).one().state = "sent"
    people.unfollow(session, husband, now=MONDAY + HOUR)
    for hours in (4, 5):
        runs(session, MONDAY + hours * HOUR)
    enrolment = one(session)
    assert (enrolment.is_running, enrolment.follower, enrolment.customer) == (True, wife, wife.customer)
    assert [event.name for event in enrolment.events] == ["joined", "handed_on"]
    assert said_to(session, wife) == [], "the household has heard this step"
    runs(session, at(8, month=12))
    assert said_to(session, wife) == [("follow.keys_15", "queued")]


def test_what_had_not_left_when_the_speaker_left_is_said_to_the_other_once(session) -> None:
    _, husband, wife = with_family(session, MONDAY)
    runs(session, MONDAY)
    people.unfollow(session, husband, now=MONDAY + HOUR)
    for hours in (4, 5):
        runs(session, MONDAY + hours * HOUR)
    assert said_to(session, husband) == [("follow.keys_30", "cancelled")]
    assert said_to(session, wife) == [("follow.keys_30", "queued")]


def test_who_left_the_house_hears_no_step_of_it_any_more(session) -> None:
    house, husband, wife = with_family(session, MONDAY)
    runs(session, MONDAY)
    household.leave(session, husband, house, now=MONDAY + HOUR)
    runs(session, MONDAY + 4 * HOUR)
    assert said_to(session, husband) == [("follow.keys_30", "cancelled")]
    assert said_to(session, wife) == [("follow.keys_30", "queued")]
    household.leave(session, wife, house, now=MONDAY + 5 * HOUR)
    runs(session, MONDAY + 6 * HOUR)
    assert (one(session).state, one(session).reason) == ("stopped", "left_house")
    assert said_to(session, wife) == [("follow.keys_30", "cancelled")]


def test_who_left_the_house_is_called_about_no_step_of_it_either(session) -> None:
    runs(session, MONDAY - HOUR)
    house = home(session, MONDAY, "", created_at=MONDAY - 99 * DAY)
    house.completed_on = MONDAY.date()
    session.flush()
    runs(session, MONDAY + HOUR)
    assert one(session).is_running and one(session).follower is None
    household.take_out(session, house.members[0], by=SYSTEM, now=MONDAY + 2 * HOUR)
    runs(session, at(3, 10, 1, month=12))
    assert (one(session).state, one(session).reason) == ("stopped", "left_house")
    assert (
        session.scalars(select(Callback).where(Callback.purpose == "follow_up", Callback.state == "open")).all() == []
    )


def test_a_step_that_found_nobody_is_said_to_the_other(session) -> None:
    _, husband, wife = with_family(session, MONDAY)
    joining.run(session, sequences.current(session, "handover"), now=MONDAY)
    people.unfollow(session, husband, now=MONDAY)
    releasing.release(session, OPEN, now=MONDAY)  # before anybody noticed that he left
    assert steps(session)[0] == (-30, "skipped", "not_following")
    runs(session, MONDAY + HOUR)
    assert said_to(session, wife) == [("follow.keys_30", "queued")]


@pytest.mark.parametrize(("phone", "called"), [("13700137000", "林晓"), ("", "陈明")])
def test_a_step_for_the_telephone_rings_the_very_person_who_is_asked_for(session, phone, called) -> None:
    """She is written to, for he does not follow; her name never stands beside his number."""
    runs(session, MONDAY - HOUR)
    house, husband, wife = with_family(session, MONDAY)
    husband.subscribed, house.created_at = False, MONDAY - 99 * DAY
    husband.customer.phone, wife.customer.phone = "13800138000", phone
    house.completed_on = MONDAY.date()
    session.flush()
    runs(session, MONDAY + HOUR)
    for now in (at(26, 10, 1), at(3, 10, 1, month=12)):
        runs(session, now)
    call = session.scalars(select(Callback).where(Callback.purpose == "follow_up")).one()
    assert (call.customer.name, call.phone) == (called, phone or "13800138000")


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_may_have_arrived_is_not_said_again(session, state) -> None:
    _, husband, wife = with_family(session, MONDAY)
    runs(session, MONDAY)
    session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up")).one().state = state
    people.unfollow(session, husband, now=MONDAY + HOUR)
    runs(session, MONDAY + 2 * HOUR)
    assert one(session).follower is wife and said_to(session, wife) == []


@pytest.mark.parametrize("why", ["opted_out", "left", "removed"])
def test_it_ends_where_nobody_else_of_the_household_wants_it(session, why) -> None:
    house, husband, wife = with_family(session, MONDAY)
    runs(session, MONDAY)
    if why == "opted_out":
        people.opt_out(session, wife, words="退订", now=MONDAY)
    elif why == "left":
        people.unfollow(session, wife, now=MONDAY)
    else:
        session.delete(next(row for row in house.members if row.customer is wife.customer))
    people.unfollow(session, husband, now=MONDAY + HOUR)
    session.flush()
    runs(session, MONDAY + 2 * HOUR)
    assert (one(session).state, one(session).reason) == ("stopped", "not_following") and said_to(session, wife) == []
