"""One person, one lead: won by the contract that another file got, and joined where two WeChats of theirs asked."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select

from models import Customer, Enquiry, Outgoing, Referral, Signing
from models.desk.account import people
from models.desk.sales import enquiries, onefile, signing
from models.desk.sales.enquiries import Wish
from models.desk.sales.signing import Deal
from models.worktime import local_day
from tests.models.builders import house, told

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def who(session, now):
    return house(session, now)


@pytest.fixture
def deal(now) -> Deal:
    today = local_day(now)
    return Deal("HT-9", "江南里", "5幢", "301", 18_600_000, 5_580_000, today - DAY, today, area=118)


def asks(session, who, now, openid: str, **wish):
    row = people.find_or_add(session, openid, now=now)
    return enquiries.ask(session, row, Wish(**({"asked": "89平多少钱"} | wish)), by=who.by_staff, now=now)


def signed_elsewhere(session, who, deal, now):
    """A colleague types the contract with a file of its own; the WeChat is bound to it by code afterwards."""
    file = Customer(name="李雷", phone="13900139000", stage="likely", created_at=now)
    session.add(file)
    session.flush()
    row = signing.sign(session, file, deal, by=who.by_staff, now=now)
    code = people.issue_code(session, row.project, now=now, customer=file)
    return row, code.code


def test_a_lead_on_another_file_is_won_once_its_wechat_is_bound_to_the_contract(session, who, deal, now):
    lead = asks(session, who, now, "o-li")
    session.add(Referral(introducer=who.homeowner, newcomer=lead.follower, at=now))
    contract, code = signed_elsewhere(session, who, deal, now + HOUR)
    assert onefile.run(session, now=now + HOUR) == 0, "nothing says that they are one"
    people.bind(session, lead.follower, code, now=now + 2 * HOUR)
    assert (onefile.run(session, now=now + 2 * HOUR), onefile.run(session, now=now + 2 * HOUR)) == (1, 0)
    assert (lead.state, lead.customer, lead.close_reason) == ("won", contract.customer, "HT-9")
    assert (contract.enquiry, contract.introducer) == (lead, who.homeowner)
    assert told(session, who.homeowner).count("referral.signed") == 1


@pytest.mark.sqlite_only  # plain rows
def test_a_lead_that_came_after_the_contract_is_another_wish(session, who, deal, now):
    contract, code = signed_elsewhere(session, who, deal, now)
    row = people.find_or_add(session, "o-li", now=now)
    people.bind(session, row, code, now=now)
    lead = asks(session, who, now + DAY, "o-li", asked="爸妈那套也想装")
    assert onefile.run(session, now=now + DAY) == 0 and lead.state == "new"


def test_two_leads_of_one_file_are_one_and_the_later_word_lands_on_it(session, who, now):
    first = asks(session, who, now, "o-a", area=89)
    second = asks(session, who, now, "o-b", asked="多久能装好", style="现代简约")
    file = first.follower.customer
    assert onefile.run(session, now=now) == 0, "two people, as far as anybody knows"
    second.follower.customer = file
    session.flush()
    assert (onefile.run(session, now=now), onefile.run(session, now=now)) == (1, 0)
    kept, over = (first, second) if first.is_open else (second, first)
    assert (kept.area, kept.style, over.state) == (89, "现代简约", "lost")
    assert "89平多少钱" in kept.asked and "多久能装好" in kept.asked and over.close_reason.endswith(kept.number)
    again = asks(session, who, now + HOUR, over.follower.openid, asked="那先量房吧")
    assert again is kept and "那先量房吧" in kept.asked
    assert session.query(Enquiry).count() == 2


@pytest.mark.sqlite_only  # plain rows
def test_a_second_contract_from_the_same_lead_is_a_contract_of_its_own(session, who, deal, now):
    lead = asks(session, who, now, "o-li", name="李雷")
    first = signing.sign(session, lead.customer, deal, enquiry=lead, by=who.by_staff, now=now)
    other = dataclasses.replace(deal, number="HT-10", room="302")
    second = signing.sign(session, lead.customer, other, enquiry=lead, by=who.by_staff, now=now)
    assert (first.enquiry, second.enquiry, second.came_back) == (lead, None, True)
    assert len(session.scalars(select(Signing)).all()) == 2
    assert session.scalars(select(Outgoing).where(Outgoing.text_key == "referral.signed")).all() == []
