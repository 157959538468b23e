"""Who left a house has peace: what is on their file alone goes on with who remains, by telephone where nobody chats."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Customer, ProjectMember, TicketEvent
from models.actors import SYSTEM, By
from models.desk.account import household, people
from models.desk.callback import callbacks, slips
from models.desk.personal import traces, whose
from models.desk.repair import notices, repairs, watchers
from tests.models.builders import House, house, repair, told

pytestmark = pytest.mark.sqlite_only  # plain rows
DAY = dt.timedelta(days=1)


@pytest.fixture
def who(session, now) -> House:
    return house(session, now)


@pytest.fixture
def wife(session, who, now) -> Customer:
    """On the contract, written down by a colleague; she is not on WeChat."""
    customer = Customer(name="周敏", form="女士", phone="13700137000", created_at=now)
    session.add_all([customer, ProjectMember(project=who.project, customer=customer, role="family")])
    session.flush()
    return customer


def out(session, who, now) -> None:
    household.take_out(session, household.member_of(session, who.project, who.customer), by=who.by_staff, now=now)


@pytest.mark.parametrize("chats", [True, False])
def test_the_one_who_left_is_called_about_nothing_of_the_house(session, who, wife, now, chats):
    """Their case, their slip and every call to come, also of somebody who never was on WeChat or stopped following."""
    case = repair(session, who, now)
    if not chats:
        case.follower, who.homeowner.subscribed = None, False
    slip = slips.raise_(session, case, "没修好", by=SYSTEM, now=now)
    ours = callbacks.ask(session, "aftercare", about=who.project, now=now, key="month")
    theirs = callbacks.ask(session, "repair_done", about=case, now=now)
    tenant = callbacks.ask(session, "repair_long", about=case, now=now, phone="13600136000")
    assert {one.customer for one in (case, slip, ours, theirs, tenant)} == {who.customer}
    out(session, who, now)
    assert {one.customer for one in (case, slip, ours, theirs, tenant)} == {wife}
    assert {one.follower for one in (case, slip, ours, theirs, tenant)} == {None}
    assert (case.contact_name, case.contact_phone) == ("周女士", wife.phone)
    assert (ours.phone, theirs.phone, tenant.phone) == (wife.phone, wife.phone, "13600136000")
    asked = slips.answer(session, slip, "明天换", promised_at=now + DAY, by=who.by_staff, now=now)
    assert (asked.customer, asked.phone) == (wife, wife.phone)


def test_the_file_of_another_house_is_not_touched(session, who, wife, now):
    case = repair(session, who, now)
    case.project = None
    call = callbacks.ask(session, "repair_done", about=case, now=now)
    out(session, who, now)
    assert (case.customer, call.customer, call.phone) == (who.customer, who.customer, case.contact_phone)
    assert case.follower is who.homeowner


def test_one_of_two_wechats_leaves_and_the_file_keeps_its_calls(session, who, now):
    """The person still lives there with the other one."""
    second = people.find_or_add(session, "o-second", now=now)
    second.customer = who.customer
    by_phone = callbacks.ask(session, "aftercare", about=who.project, now=now, follower=None)
    household.leave(session, second, who.project, now=now)
    assert (by_phone.customer, by_phone.events[-1].name) == (who.customer, "asked")


def test_whoever_watched_a_case_has_it_and_hears_each_step_once_and_who_left_watches_none(session, who, now):
    second, son = (people.find_or_add(session, f"o-{name}", now=now) for name in ("second", "son"))
    for one in (second, son):
        one.customer = Customer(name="", created_at=now)
        session.add(ProjectMember(project=who.project, customer=one.customer, role="family"))
    case = repair(session, who, now)
    for one in (second, son):
        watchers.join(session, case, one, words="也漏了", by=who.by_staff, now=now)
    household.leave(session, son, who.project, now=now)
    assert not watchers.belongs(session, case, son) and [one.follower for one in case.watchers] == [second]
    household.leave(session, who.homeowner, who.project, now=now)
    notices.tell_customer(session, case, "arrived", now=now)
    assert (case.follower, told(session, second).count("notice.arrived")) == (second, 1)
    assert "notice.arrived" not in told(session, who.homeowner) + told(session, son)


def test_what_they_said_of_a_case_that_goes_on_is_erased_with_them(session, who, wife, now):
    case, theirs = repair(session, who, now), By("customer", who.homeowner.id, "陈先生")
    repairs.chase(session, case, "还没来", by=theirs, now=now)
    repairs.chase(session, case, "快点", by=By("customer", 9999, "林女士"), now=now)
    out(session, who, now)
    gone = whose.person(session, who.homeowner, None)
    rows = session.scalars(select(TicketEvent.reason).where(traces.rows("ticket_event", gone, now))).all()
    assert "还没来" in rows and "快点" not in rows
