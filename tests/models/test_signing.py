"""签约: with the first payment the house stands and everybody who goes on with it is told, once."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Customer, Outgoing, Phase, Project, Referral, Signing, Staff
from models.desk.account import people
from models.desk.house import building, phases
from models.desk.house.phases import Dates
from models.desk.sales import enquiries, referrals, signing
from models.desk.sales.enquiries import Wish
from models.desk.sales.signing import Deal
from models.desk.staff import roles
from models.errors import DomainError, Missing
from models.worktime import local_day
from tests.models.builders import House, house, told

DAY = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


@pytest.fixture
def deal(now: dt.datetime) -> Deal:
    today = local_day(now)
    return Deal("HT-9", "江南里", "5幢", "301", 18_600_000, 5_580_000, today - DAY, today, area=118)


def bound(session: Session, staff: Staff, now: dt.datetime):
    row = people.find_or_add(session, f"o-{staff.username}", now=now)
    row.staff = staff
    session.flush()
    return row


@pytest.fixture
def newcomer(session: Session, who: House, now: dt.datetime):
    """Somebody whom the homeowner brought, with an open lead."""
    row = people.find_or_add(session, "o-new", now=now)
    session.add(Referral(introducer=who.homeowner, newcomer=row, at=now))
    session.flush()
    enquiries.ask(session, row, Wish(asked="118平", area=118, name="李雷", form="先生"), by=who.by_staff, now=now)
    return row


def test_engineering_finance_and_service_are_told_at_once_with_the_contract(session, who, newcomer, deal, now) -> None:
    clerk = Staff(username="clerk", name="钱会计", role=roles.plant(session)["finance"])
    session.add(clerk)
    session.flush()
    phones = [bound(session, one, now) for one in (who.agent, who.engineer, clerk)]
    boss = bound(session, who.admin, now)
    row = signing.sign(session, newcomer.customer, deal, by=who.by_staff, now=now)
    for phone in phones:
        (letter,) = session.scalars(
            select(Outgoing).where(Outgoing.follower_id == phone.id, Outgoing.text_key == "staff.signed")
        )
        assert (letter.facts["number"], letter.facts["first"], letter.facts["referred"]) == ("HT-9", 55800.0, True)
    assert "staff.signed" not in told(session, boss)
    assert told(session, newcomer)[-1] == "signing.welcome"
    call = session.scalars(select(Callback)).one()
    assert (call.purpose, call.project_id, call.customer) == ("signed", row.project_id, newcomer.customer)


def test_the_house_stands_with_its_phases_and_the_lead_is_won(session, who, newcomer, deal, now) -> None:
    lead = enquiries.of(session, newcomer)
    row = signing.sign(session, newcomer.customer, deal, enquiry=lead, by=who.by_staff, now=now)
    project = row.project
    assert (project.label, project.stage, project.area) == ("江南里5幢301", "building", 118)
    assert [one.name for one in project.phases][:3] == ["签约", "开工交底", "水电验收"]
    assert phases.standing(project.phases, local_day(now)).done.actual_on == deal.signed_on
    assert (lead.state, newcomer.customer.stage, row.enquiry) == ("won", "signed", lead)
    assert [(one.customer, one.role) for one in project.members] == [(newcomer.customer, "owner")]
    begun = project.phases[1]
    building.record(session, begun, Dates(None, local_day(now)), by=who.by_staff, now=now)
    assert newcomer.customer.stage == "building"


def test_who_brought_a_new_customer_is_credited_and_thanked_once(session, who, newcomer, deal, now) -> None:
    first = signing.sign(session, newcomer.customer, deal, by=who.by_staff, now=now)
    assert (first.introducer, first.came_back) == (who.homeowner, False)
    second = dataclasses.replace(deal, number="HT-10", room="302")
    again = signing.sign(session, newcomer.customer, second, by=who.by_staff, now=now)
    assert (again.introducer, again.came_back) == (None, True)
    assert told(session, who.homeowner).count("referral.signed") == 1


def test_what_became_of_the_people_who_were_brought(session, who, newcomer, deal, now) -> None:
    waits, guest = (people.find_or_add(session, name, now=now) for name in ("o-waits", "o-guest"))
    old = Customer(name="老客", phone="13900000008", created_at=now)
    guest.customer = old
    session.add(old)
    long_ago = now - 400 * DAY
    first = dataclasses.replace(deal, number="HT-1999", signed_on=local_day(long_ago), paid_on=local_day(long_ago))
    signing.sign(session, old, first, by=who.by_staff, now=long_ago)
    session.add_all(Referral(introducer=who.homeowner, newcomer=one, at=now) for one in (waits, guest))
    session.flush()
    rows = {row.newcomer.openid: row for row in session.scalars(select(Referral))}
    assert set(referrals.outcomes(session, rows.values()).values()) == {referrals.Outcome()}, "before is not since"
    later = now + DAY
    signing.sign(session, newcomer.customer, deal, by=who.by_staff, now=later)
    signing.sign(session, old, dataclasses.replace(deal, number="HT-12"), by=who.by_staff, now=later)
    found = referrals.outcomes(session, rows.values())
    assert {name: found[row.id] for name, row in rows.items()} == {
        "o-new": referrals.Outcome(deal.signed_on, True), "o-guest": referrals.Outcome(deal.signed_on, False),
        "o-waits": referrals.Outcome(),
    }  # fmt: skip
    assert {row.newcomer.openid for row in session.scalars(select(Referral).where(referrals.signed()))} == {
        "o-new", "o-guest",
    }  # fmt: skip


def test_a_household_that_we_built_for_before_is_a_returning_one(session, who, deal, now) -> None:
    assert signing.sign(session, who.customer, deal, by=who.by_staff, now=now).came_back
    fresh = Customer(name="王五", phone="13900000009", created_at=now)
    session.add(fresh)
    row = signing.sign(session, fresh, dataclasses.replace(deal, number="HT-11"), by=who.by_staff, now=now)
    assert (row.came_back, row.introducer, fresh.stage) == (False, None, "signed")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"first_payment": 0}, signing.WrongMoney), ({"first_payment": 18_600_001}, signing.WrongMoney),
        ({"number": " "}, Missing), ({"room": ""}, Missing), ({"number": "HT-1"}, signing.ContractTaken),
        ({"paid_on": dt.date(2027, 1, 1)}, DomainError),
    ],
)  # fmt: skip
def test_what_is_no_signing_leaves_nothing(session, who, newcomer, deal, now, change, error) -> None:
    with pytest.raises(error):
        signing.sign(session, newcomer.customer, dataclasses.replace(deal, **change), by=who.by_staff, now=now)
    assert session.scalars(select(Signing)).all() == [] and session.scalars(select(Project)).one() is who.project
    assert enquiries.of(session, newcomer) is not None and session.scalars(select(Phase)).all() == []
