"""Gifts: one a household and holiday, let go by amount and budget, given back, handed over against a receipt."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Customer, Estate, Gift, GiftApplication, Outgoing, Project, ProjectMember, Staff
from models.actors import By
from models.desk.account import people
from models.desk.marketing import gifts
from models.desk.marketing.gifts import Receipt, Wish
from models.errors import DomainError, IllegalMove, Missing
from models.states import GIFT
from models.worktime import local_day
from tests.models.builders import House, house, told

DAY = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    made = house(session, now)
    made.agent.role.gift_limit, made.agent.role.gift_budget = 5_000, 40_000
    made.manager.role.gift_limit = 200_000
    session.flush()
    return made


@pytest.fixture
def cakes(session: Session) -> Gift:
    row = Gift(name="月饼礼盒", value=26_800, stock=2)
    session.add(row)
    session.flush()
    return row


def wish(now: dt.datetime, **changed) -> Wish:
    plain = {
        "occasion": "mid_autumn",
        "due_on": local_day(now) + DAY,
        "reason": "介绍了两户",
        "what": "水果",
        "value": 4_000,
    }
    return Wish(**plain | changed)


def family(session: Session, who: House, now: dt.datetime) -> Customer:
    row = Customer(name="陈太太", phone="13800138001", created_at=now)
    session.add_all([row, ProjectMember(project=who.project, customer=row, role="family")])
    session.flush()
    return row


def test_within_ones_own_limit_it_is_let_go_at_once(session, who, now) -> None:
    row = gifts.ask(session, who.customer, wish(now), staff=who.agent, now=now)
    assert (row.state, row.decided_by, row.month, row.project) == ("approved", who.agent, "2026-11", who.project)
    assert [step.name for step in row.steps] == ["asked", "approved"]


def test_beyond_it_somebody_whose_limit_reaches_decides_and_both_are_told(session, who, cakes, now) -> None:
    for one in (who.agent, who.manager):
        people.find_or_add(session, f"o-{one.username}", now=now).staff = one
    session.flush()
    row = gifts.ask(session, who.customer, wish(now, gift=cakes), staff=who.agent, now=now)
    assert (row.state, cakes.stock, gifts.approvers(session, row)) == ("asked", 2, [who.manager])
    with pytest.raises(gifts.NotYourself):
        gifts.approve(session, row, staff=who.agent, now=now)
    gifts.approve(session, row, staff=who.manager, now=now)
    assert (row.state, cakes.stock) == ("approved", 1)
    keys = session.scalars(select(Outgoing.text_key).order_by(Outgoing.id)).all()
    assert keys == ["staff.gift_asked", "staff.gift_approved"]


def test_a_colleague_whose_limit_does_not_reach_is_refused(session, who, cakes, now) -> None:
    other = Staff(username="g2", name="小张", role=who.agent.role)
    session.add(other)
    row = gifts.ask(session, who.customer, wish(now, gift=cakes), staff=who.agent, now=now)
    with pytest.raises(gifts.AboveLimit):
        gifts.approve(session, row, staff=other, now=now)


def test_one_household_has_one_gift_a_holiday_whoever_of_it_is_named(session, who, now) -> None:
    first = gifts.ask(session, who.customer, wish(now), staff=who.agent, now=now)
    wife = family(session, who, now)
    with pytest.raises(gifts.HolidayTaken):
        gifts.ask(session, wife, wish(now), staff=who.manager, now=now)
    assert gifts.ask(session, wife, wish(now, occasion="spring"), staff=who.agent, now=now).holds.startswith("spring:")
    assert gifts.ask(session, wife, wish(now, occasion="apology"), staff=who.agent, now=now).holds is None
    for person in (who.customer, wife):
        gifts.ask(session, person, wish(now, occasion="birthday"), staff=who.agent, now=now)
    gifts.give_up(session, first, reason="出国了", staff=who.agent, now=now)
    assert gifts.ask(session, wife, wish(now), staff=who.agent, now=now).state == "approved"


def other_home(session: Session, now: dt.datetime) -> tuple[Project, Customer]:
    """A household of its own, in a house that is older by its number."""
    wife = Customer(name="李芳", created_at=now)
    home = Project(number="HT-0", estate=Estate(name="城西公馆"), created_at=now)
    session.add_all([wife, home, ProjectMember(project=home, customer=wife)])
    session.flush()
    return home, wife


@pytest.mark.sqlite_only  # what is read does not depend on the database
@pytest.mark.parametrize("whose", ["his", "hers", "nobody's house"])
def test_two_who_become_one_household_have_one_gift_of_a_holiday(session, who, now, whose) -> None:
    home, wife = other_home(session, now)
    single = Customer(name="陈老", created_at=now)
    session.add(single)
    session.flush()
    first = {"his": who.customer, "hers": wife, "nobody's house": single}[whose]
    gifts.ask(session, first, wish(now), staff=who.agent, now=now)
    for person, house_ in ((wife, who.project), (single, who.project), (who.customer, home)):
        session.add(ProjectMember(project=house_, customer=person))
    session.flush()
    for person in (who.customer, wife, single):
        with pytest.raises(gifts.HolidayTaken):
            gifts.ask(session, person, wish(now), staff=who.agent, now=now)


@pytest.mark.sqlite_only  # what is read does not depend on the database
def test_asked_for_apart_and_become_one_the_second_is_neither_let_go_nor_handed_over(session, who, cakes, now) -> None:
    _, wife = other_home(session, now)
    mine, hers = (gifts.ask(session, one, wish(now), staff=who.agent, now=now) for one in (who.customer, wife))
    dear = gifts.ask(session, wife, wish(now, gift=cakes, occasion="spring"), staff=who.agent, now=now)
    gifts.ask(session, who.customer, wish(now, occasion="spring"), staff=who.agent, now=now)
    session.add(ProjectMember(project=who.project, customer=wife))
    session.flush()
    with pytest.raises(gifts.HolidayTaken):
        gifts.approve(session, dear, staff=who.manager, now=now)
    receipt = Receipt("陈太太", local_day(now))
    gifts.hand_over(session, mine, receipt, staff=who.agent, now=now)
    with pytest.raises(gifts.HolidayTaken):
        gifts.hand_over(session, hers, receipt, staff=who.agent, now=now)
    gifts.give_up(session, hers, reason="已成一家", staff=who.agent, now=now)
    assert (mine.state, hers.state, dear.state) == ("handed", "cancelled", "asked")


@pytest.mark.sqlite_only  # arithmetic
def test_a_gift_before_new_years_day_is_one_of_the_new_year(session, who, now) -> None:
    eve, day, next_ = dt.date(2026, 12, 30), dt.date(2027, 1, 2), dt.date(2027, 12, 31)
    first = gifts.ask(session, who.customer, wish(now, occasion="new_year", due_on=eve), staff=who.agent, now=now)
    assert first.holds.startswith("new_year:2027:")
    with pytest.raises(gifts.HolidayTaken):
        gifts.ask(session, who.customer, wish(now, occasion="new_year", due_on=day), staff=who.agent, now=now)
    assert gifts.ask(session, who.customer, wish(now, occasion="new_year", due_on=next_), staff=who.agent, now=now)


def test_the_months_budget_is_the_teams_and_comes_back_with_what_is_given_up(session, who, now) -> None:
    who.agent.role.gift_budget = 10_000
    rows = [
        gifts.ask(session, who.customer, wish(now, occasion="apology"), staff=who.agent, now=now) for _ in range(2)
    ]  # fmt: skip
    with pytest.raises(gifts.NoBudget) as refusal:
        gifts.ask(session, who.customer, wish(now, occasion="visit"), staff=who.agent, now=now)
    assert refusal.value.facts["left"] == 20
    session.rollback()
    assert len(rows) == 2


def test_next_month_begins_anew_and_no_budget_counts_nothing(session, who, now) -> None:
    who.agent.role.gift_budget = 4_000
    gifts.ask(session, who.customer, wish(now), staff=who.agent, now=now)
    assert gifts.budget_left(session, who.agent.role, "2026-11") == 0
    assert gifts.budget_left(session, who.agent.role, "2026-12") == 4_000
    who.agent.role.gift_budget = None
    assert gifts.budget_left(session, who.agent.role, "2026-11") is None


def test_the_last_one_in_the_cupboard_is_given_once_and_put_back(session, who, cakes, now) -> None:
    cakes.stock, cakes.value = 1, 5_000
    session.flush()
    row = gifts.ask(session, who.customer, wish(now, gift=cakes), staff=who.agent, now=now)
    assert cakes.stock == 0
    gifts.give_up(session, row, reason="不在家", staff=who.agent, now=now)
    assert (cakes.stock, row.month) == (1, "")
    gifts.ask(session, who.customer, wish(now, gift=cakes), staff=who.agent, now=now)
    with pytest.raises(gifts.NoStock):
        gifts.ask(session, who.customer, wish(now, gift=cakes, occasion="visit"), staff=who.agent, now=now)


def test_a_refusal_says_why_and_frees_the_holiday(session, who, cakes, now) -> None:
    people.find_or_add(session, "o-agent", now=now).staff = who.agent
    row = gifts.ask(session, who.customer, wish(now, gift=cakes), staff=who.agent, now=now)
    with pytest.raises(Missing):
        gifts.refuse(session, row, reason=" ", staff=who.manager, now=now)
    gifts.refuse(session, row, reason="太贵", staff=who.manager, now=now)
    assert (row.state, row.holds) == ("refused", None)
    assert "staff.gift_refused" in told(session, session.scalars(select(Outgoing)).one().follower)


def test_the_receipt_says_who_has_it_and_since_when(session, who, now) -> None:
    row = gifts.ask(session, who.customer, wish(now), staff=who.agent, now=now)
    for wrong in (Receipt(" ", local_day(now)), Receipt("陈太太", local_day(now) + DAY)):
        with pytest.raises(DomainError):
            gifts.hand_over(session, row, wrong, staff=who.agent, now=now)
    gifts.hand_over(session, row, Receipt("陈太太", local_day(now)), staff=who.agent, now=now)
    assert (row.state, row.received_by, row.handed_by) == ("handed", "陈太太", who.agent)
    with pytest.raises(IllegalMove):
        gifts.give_up(session, row, reason="算错", staff=who.agent, now=now)


@pytest.mark.parametrize(
    "changed", [{"reason": ""}, {"occasion": "monday"}, {"what": ""}, {"value": 0}, {"due_on": dt.date(2026, 1, 1)}]
)
def test_what_is_no_application_leaves_nothing(session, who, now, changed) -> None:
    with pytest.raises(DomainError):
        gifts.ask(session, who.customer, wish(now, **changed), staff=who.agent, now=now)
    assert session.scalars(select(GiftApplication)).all() == []


@pytest.mark.sqlite_only  # the machine knows no database
def test_every_other_arrow_is_refused(session, who, now) -> None:
    row = gifts.ask(session, who.customer, wish(now), staff=who.agent, now=now)
    by = By("staff", who.agent.id, "小林")
    for state, after in GIFT.items():
        for to in GIFT:
            row._state = state
            if to in after:
                row.move(to, by=by, now=now)
            else:
                with pytest.raises(IllegalMove):
                    row.move(to, by=by, now=now)


@pytest.mark.postgresql_only  # SQLite lets one writer in at a time anyway
def test_two_who_approve_at_once_do_not_spend_the_same_money(session, sessions, who, now) -> None:
    who.agent.role.gift_budget, who.agent.role.gift_limit = 10_000, 0
    rows = [gifts.ask(session, who.customer, wish(now, occasion="visit", value=6_000), staff=who.agent, now=now)
            for _ in range(2)]  # fmt: skip
    ids, manager, start, refused = [row.id for row in rows], who.manager.id, threading.Barrier(2), []
    session.commit()

    def decide(number: int) -> None:
        start.wait()
        try:
            with sessions.begin() as own:
                gifts.approve(own, own.get_one(GiftApplication, number), staff=own.get_one(Staff, manager), now=now)
        except gifts.NoBudget as why:
            refused.append(why)

    threads = [threading.Thread(target=decide, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.expire_all()
    assert len(refused) == 1 and sorted(row.state for row in session.scalars(select(GiftApplication))) == [
        "approved", "asked",
    ]  # fmt: skip
