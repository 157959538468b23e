"""Who belongs to a house: by contract without a hint, by an owner's code, gone without a trace of news afterwards."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BindingCode, BindTry, Customer, Follower, HouseEvent, Outgoing, Phase, ProjectMember, Survey
from models.actors import By
from models.desk.account import binding, household, people
from models.desk.callback import callbacks, surveys
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.house import building
from models.desk.house.phases import Dates
from models.desk.repair import notices
from models.desk.talk import conversations
from models.errors import NotFound, TooManyTries, WrongCode
from models.worktime import local_day
from tests.models.builders import House, house, repair, told

DAY = dt.timedelta(days=1)
PHONE, CONTRACT = "13800138000", "HT-1"


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


@pytest.fixture
def stranger(session: Session, now: dt.datetime) -> Follower:
    return people.find_or_add(session, "o-stranger", now=now)


def joined(session: Session, who: House, openid: str, now: dt.datetime) -> Follower:
    """Another WeChat that used a code of the owner."""
    follower = people.find_or_add(session, openid, now=now)
    code = binding.invite(session, who.homeowner, who.project, label="老婆", now=now)
    people.bind(session, follower, code.code, now=now)
    return follower


@pytest.mark.parametrize("typed", ["HT-1", "ht 1", "ＨＴ－１", "HT1"])
def test_phone_and_contract_bind_the_person_of_the_record(session, who, stranger, now, typed) -> None:
    assert binding.by_contract(session, stranger, "+86 138 0013 8000", typed, now=now) is who.project
    assert stranger.customer is who.customer
    assert len(session.scalars(select(ProjectMember)).all()) == 1


@pytest.mark.parametrize(("phone", "contract"), [
    ("13800138001", CONTRACT), (PHONE, "HT-2"), ("13900139000", "HT-9"), (PHONE, ""), ("", CONTRACT),
])  # fmt: skip
def test_every_wrong_pair_is_refused_alike_and_tells_nobody(session, who, stranger, now, phone, contract) -> None:
    with pytest.raises(binding.WrongPair) as refusal:
        binding.by_contract(session, stranger, phone, contract, now=now)
    assert refusal.value.facts == {"tries_left": 4}
    assert stranger.customer is None
    assert session.scalars(select(Outgoing)).all() == [] and session.scalars(select(HouseEvent)).all() == []
    assert [row.tries for row in session.scalars(select(BindTry))] == [1]


def test_five_wrong_pairs_shut_the_door_until_tomorrow_together_with_codes(session, who, stranger, now) -> None:
    with pytest.raises(WrongCode):
        people.bind(session, stranger, "000000", now=now)
    for left in (3, 2, 1, 0):
        with pytest.raises(binding.WrongPair) as wrong:
            binding.by_contract(session, stranger, "13900139000", CONTRACT, now=now)
        assert wrong.value.facts["tries_left"] == left
    with pytest.raises(TooManyTries):
        binding.by_contract(session, stranger, PHONE, CONTRACT, now=now)
    binding.by_contract(session, stranger, PHONE, CONTRACT, now=now + DAY)
    assert stranger.customer is who.customer


def test_many_wechats_cannot_try_one_contract_all_day(session, who, now) -> None:
    for number in range(binding.CONTRACT_TRIES):
        guesser = people.find_or_add(session, f"o-guess{number}", now=now)
        with pytest.raises(binding.WrongPair):
            binding.by_contract(session, guesser, "13900139000", "HT 1", now=now)
    late = people.find_or_add(session, "o-late", now=now)
    with pytest.raises(binding.WrongPair):
        binding.by_contract(session, late, PHONE, CONTRACT, now=now)
    binding.by_contract(session, late, PHONE, CONTRACT, now=now + DAY)


def test_the_owner_is_told_masked_who_came(session, who, stranger, now) -> None:
    binding.by_contract(session, stranger, PHONE, CONTRACT, now=now)
    letter = session.scalars(select(Outgoing)).one()
    assert (letter.follower_id, letter.text_key) == (who.homeowner.id, "household.joined")
    assert letter.facts == {"house": "翡翠城8幢1602", "who": "陈**", "tail": "8000"}


def test_somebody_with_a_house_of_their_own_keeps_their_file(session, who, stranger, now) -> None:
    own = Customer(name="周桂芳", created_at=now)
    other = house_beside(session, who, now)
    session.add(ProjectMember(project=other, customer=own, role="owner"))
    stranger.customer = own
    session.flush()
    binding.by_contract(session, stranger, PHONE, CONTRACT, now=now)
    assert stranger.customer is own
    assert [p.number for p in people.houses_of(session, own)] == ["HT-2", "HT-1"]
    assert household.member_of(session, who.project, own).role == "family"


def house_beside(session: Session, who: House, now: dt.datetime):
    other = type(who.project)(number="HT-2", estate=who.project.estate, building="9幢", room="101", created_at=now)
    session.add(other)
    session.flush()
    return other


def test_an_owners_code_lets_one_person_in_as_family_within_a_day(session, who, stranger, now) -> None:
    code = binding.invite(session, who.homeowner, who.project, label="老婆", now=now)
    with pytest.raises(WrongCode):
        people.bind(session, people.find_or_add(session, "o-late", now=now), code.code, now=now + DAY + DAY)
    people.bind(session, stranger, code.code, now=now + DAY / 2)
    assert household.member_of(session, who.project, stranger.customer).role == "family"
    with pytest.raises(WrongCode):
        people.bind(session, people.find_or_add(session, "o-second", now=now), code.code, now=now)
    letter = session.scalars(select(Outgoing).where(Outgoing.follower_id == who.homeowner.id)).one()
    assert letter.facts == {"house": "翡翠城8幢1602", "label": "老婆"}


def test_a_new_code_voids_the_one_before_and_five_a_day_are_enough(session, who, now) -> None:
    codes = [binding.invite(session, who.homeowner, who.project, label="", now=now) for _ in range(5)]
    assert [row.expires_at > now for row in codes] == [False, False, False, False, True]
    with pytest.raises(binding.TooManyCodes):
        binding.invite(session, who.homeowner, who.project, label="", now=now)
    binding.invite(session, who.homeowner, who.project, label="", now=now + DAY + DAY)


def test_family_and_strangers_may_let_nobody_in(session, who, stranger, now) -> None:
    wife = joined(session, who, "o-wife", now)
    with pytest.raises(household.OnlyOwner):
        binding.invite(session, wife, who.project, label="", now=now)
    with pytest.raises(NotFound):
        binding.invite(session, stranger, who.project, label="", now=now)
    assert len(session.scalars(select(BindingCode)).all()) == 1


def test_whoever_was_taken_out_hears_nothing_more_about_the_house(session, who, now) -> None:
    wife = joined(session, who, "o-wife", now)
    case = repair(session, who, now)
    case.follower = wife
    session.add(Survey(ticket=case, follower=wife, planned_at=now))
    waiting = outbox.post(session, "w", to=wife, letter=Letter(body="x"), now=now, ticket=case)
    session.flush()
    member = household.member_of(session, who.project, wife.customer)
    household.take_out(session, member, by=By("customer", who.homeowner.id), now=now)

    session.refresh(waiting)
    assert (waiting.state, waiting.reason) == ("cancelled", "left_house")
    assert case.follower is who.homeowner and session.scalars(select(Survey)).one().follower is who.homeowner
    before = told(session, wife)
    notices.tell_customer(session, case, "arrived", now=now)
    assert outbox.post(session, "later", to=wife, letter=Letter(body="x"), now=now, ticket=case) is None
    assert told(session, wife) == before
    assert told(session, who.homeowner)[-1] == "notice.arrived"
    assert [(e.name, e.follower_id) for e in session.scalars(select(HouseEvent))] == [
        ("joined", wife.id), ("left", wife.id),
    ]  # fmt: skip
    assert people.houses_of(session, wife.customer) == []


def test_news_and_questions_about_the_house_go_to_who_remains(session, who, now) -> None:
    wife = joined(session, who, "o-wife", now)
    phase = Phase(project=who.project, position=1, name="水电验收", planned_on=local_day(now + DAY))
    session.add(phase)
    who.project.stage = "building"
    household.member_of(session, who.project, wife.customer).role = "owner"
    session.flush()
    building.record(session, phase, Dates(local_day(now + 3 * DAY)), by=who.by_staff, now=now, reason="缺料")
    call = callbacks.ask(session, "building", about=who.project, now=now, follower=wife, customer=wife.customer)
    asked = surveys.plan_for(session, call, now=now)
    theirs = outbox.post(session, "own", to=wife, letter=Letter(body="x"), now=now)
    household.leave(session, wife, who.project, now=now)

    rows = session.scalars(select(Outgoing).where(Outgoing.follower_id == wife.id)).all()
    assert {(row.text_key, row.state) for row in rows if row.text_key in ("building.moved", "question.building")} == {
        ("building.moved", "cancelled"), ("question.building", "cancelled"),
    }  # fmt: skip
    assert (theirs.state, call.follower, asked.follower) == ("queued", who.homeowner, who.homeowner)
    assert (call.customer, call.phone, call.is_open) == (who.customer, PHONE, True)
    moved = session.scalars(select(Outgoing).where(Outgoing.text_key == "building.moved")).all()
    assert {(row.follower_id == wife.id, row.state) for row in moved} == {(True, "cancelled"), (False, "queued")}


@pytest.mark.parametrize(("phone", "given", "then"), [
    ("13700137000", "", "13700137000"), ("", "", ""), ("", "13600136000", "13600136000"),
])  # fmt: skip
def test_whoever_left_is_not_called_about_a_case_that_goes_on(session, who, now, phone, given, then) -> None:
    """The new contact's phone, or they are asked for one; a tenant's that was given for the case stays."""
    wife = joined(session, who, "o-wife", now)
    wife.customer.phone, wife.customer.name = phone, "周敏"
    case = repair(session, who, now)
    case.contact_phone = given or case.contact_phone
    assert case.contact_phone
    household.leave(session, who.homeowner, who.project, now=now)
    assert (case.follower, case.contact_phone) == (wife, then)
    assert case.contact == ("周敏" if not given else who.customer.call)
    assert ("household.phone" in told(session, wife)) == (not then)


def test_after_the_last_owner_whoever_came_first_hears_the_dates_and_may_let_others_in(session, who, now) -> None:
    gone, wife, son = (joined(session, who, openid, now) for openid in ("o-gone", "o-wife", "o-son"))
    gone.subscribed = False
    phase = Phase(project=who.project, position=1, name="水电验收", planned_on=local_day(now + DAY))
    session.add(phase)
    who.project.stage = "building"
    household.leave(session, who.homeowner, who.project, now=now)
    roles = {one.customer_id: one.role for one in household.household(session, who.project)}
    assert roles == {gone.customer_id: "family", wife.customer_id: "owner", son.customer_id: "family"}
    assert told(session, wife).count("household.owner") == 1 and "household.owner" not in told(session, son)
    event = session.scalars(select(HouseEvent).where(HouseEvent.name == "owner")).one()
    assert (event.customer_id, event.actor_kind) == (wife.customer_id, "customer")
    building.record(session, phase, Dates(local_day(now + 3 * DAY)), by=who.by_staff, now=now, reason="缺料")
    assert "building.moved" in told(session, wife)
    assert binding.invite(session, wife, who.project, label="妈", now=now).code


def test_words_of_a_colleague_still_reach_somebody_who_left(session, who, now) -> None:
    case = repair(session, who, now)
    household.take_out(session, who.project.members[0], by=who.by_staff, now=now)
    talk = conversations.of(session, who.homeowner)
    assert conversations.say(session, talk, who.agent, "您好", now=now, ticket=case) is not None


def test_without_anybody_left_open_cases_stay_with_the_office(session, who, now) -> None:
    case = repair(session, who, now)
    household.leave(session, who.homeowner, who.project, now=now)
    assert case.follower is None and case.is_open
    assert case.events[-1].name == "handed_on"
    with pytest.raises(NotFound):
        household.leave(session, who.homeowner, who.project, now=now)


def test_one_of_two_wechats_of_a_person_leaves_one_of_two_houses(session, who, stranger, now) -> None:
    other = house_beside(session, who, now)
    session.add(ProjectMember(project=other, customer=who.customer, role="owner"))
    stranger.customer = who.customer
    session.flush()
    household.leave(session, stranger, who.project, now=now)
    assert [p.number for p in people.houses_of(session, stranger.customer)] == ["HT-2"]
    assert [p.number for p in people.houses_of(session, who.homeowner.customer)] == ["HT-2", "HT-1"]
    assert told(session, who.homeowner) == ["household.left"] and told(session, stranger) == []


def test_coming_back_opens_the_ear_again(session, who, now) -> None:
    case = repair(session, who, now)
    household.leave(session, who.homeowner, who.project, now=now)
    people.bind(session, who.homeowner, people.issue_code(session, who.project, now=now).code, now=now)
    assert outbox.post(session, "k", to=who.homeowner, letter=Letter(body="x"), now=now, ticket=case) is not None
