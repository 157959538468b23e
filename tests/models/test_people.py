"""Who a WeChat is: bound by a one-time code with limited tries, following and leaving, saying no and yes again."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Consent, Customer, CustomerTag, Follower, Outgoing, ProjectMember
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.errors import DomainError, TooManyTries, WrongCode
from tests.models.builders import House, house

DAY = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


@pytest.fixture
def stranger(session: Session, now: dt.datetime) -> Follower:
    return people.find_or_add(session, "o-stranger", now=now)


def test_a_code_of_the_house_makes_a_second_person_family(session, who, stranger, now) -> None:
    code = people.issue_code(session, who.project, now=now)
    people.bind(session, stranger, code.code, now=now)
    assert people.houses_of(session, stranger.customer) == [who.project]
    roles = session.scalars(select(ProjectMember.role).order_by(ProjectMember.id)).all()
    assert roles == ["owner", "family"]


def test_a_code_for_a_known_person_binds_their_file_and_joins_once(session, who, stranger, now) -> None:
    code = people.issue_code(session, who.project, customer=who.customer, now=now)
    people.bind(session, stranger, code.code, now=now)
    assert stranger.customer is who.customer
    assert len(session.scalars(select(ProjectMember)).all()) == 1


def test_codes_make_crews_and_staff(session, who, stranger, now) -> None:
    people.bind(session, stranger, people.issue_code(session, who.other_crew, now=now).code, now=now)
    assert stranger.crew_id == who.other_crew.id
    people.bind(session, stranger, people.issue_code(session, who.agent, now=now).code, now=now)
    assert stranger.staff_id == who.agent.id


def test_a_code_works_once_and_not_after_thirty_days(session, who, stranger, now) -> None:
    used, old = (people.issue_code(session, who.project, now=now).code for _ in range(2))
    people.bind(session, who.homeowner, used, now=now)
    for code, moment in ((used, now), (old, now + 31 * DAY), ("nonsense", now)):
        with pytest.raises(WrongCode):
            people.bind(session, stranger, code, now=moment)
    assert stranger.customer is None


def test_five_wrong_codes_shut_the_door_until_tomorrow_even_for_the_right_one(session, who, stranger, now) -> None:
    right = people.issue_code(session, who.project, now=now).code
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as wrong:
            people.bind(session, stranger, "wrong", now=now)
        assert wrong.value.facts["tries_left"] == left
    with pytest.raises(TooManyTries):
        people.bind(session, stranger, right, now=now)
    people.bind(session, stranger, right, now=now + DAY)
    assert stranger.customer is not None


def test_leaving_cancels_what_waits_and_shuts_the_windows(session, who, now) -> None:
    person = who.homeowner
    person.reply_until, person.reply_left = now + DAY, 5
    for key, state in (("a", "queued"), ("b", "held"), ("c", "sent")):
        outbox.post(session, key, to=person, letter=Letter(body="x"), now=now).state = state
    session.flush()
    assert people.unfollow(session, person, now=now) == 2
    states = session.scalars(select(Outgoing.state).order_by(Outgoing.dedupe_key)).all()
    assert states == ["cancelled", "cancelled", "sent"]
    assert (person.subscribed, person.reply_left) == (False, 0)
    people.follow(session, person, scene="late", now=now + DAY)
    assert person.subscribed and person.unsubscribed_at is None


def test_saying_no_stops_marketing_only_and_is_on_record_like_the_yes(session, who, now) -> None:
    for key, purpose in (("a", "marketing"), ("b", "service")):
        outbox.post(session, key, to=who.homeowner, letter=Letter(body="x"), now=now, purpose=purpose)
    people.opt_out(session, who.homeowner, words="退订", now=now)
    assert who.homeowner.opted_out_at == now
    states = session.scalars(select(Outgoing.state).order_by(Outgoing.dedupe_key)).all()
    assert states == ["cancelled", "queued"]
    people.opt_in(session, who.homeowner, words="恢复", now=now + DAY)
    assert who.homeowner.opted_out_at is None
    assert [(row.given, row.words) for row in session.scalars(select(Consent))] == [(False, "退订"), (True, "恢复")]


@pytest.mark.parametrize(
    ("given", "clean", "masked"),
    [
        ("138 0013 8000", "13800138000", "138****8000"),
        ("+86-138-0013-8000", "13800138000", "138****8000"),
        ("0571-88886666", "057188886666", "057****6666"),
        ("12", "12", "***12"),
        ("", "", ""),
    ],
)
def test_phones(given: str, clean: str, masked: str) -> None:
    assert people.clean_phone(given) == clean
    assert people.mask_phone(clean) == masked


def test_a_phone_names_the_file_with_a_house_before_a_chats_and_no_number_names_nobody(session, who, stranger, now):
    """Somebody chatted with a wrong number long before: a colleague who types it means who lives there."""
    chat = people.know(session, stranger, now=now, phone="13700137000")
    wife = Customer(name="周敏", phone="13700137000", created_at=now)
    session.add_all([wife, ProjectMember(project=who.project, customer=wife, role="family")])
    session.flush()
    told = {"name": "陈明", "form": "先生", "stage": "likely", "now": now}
    assert chat.id < wife.id and people.by_phone(session, "+86 137-0013-7000", **told) is wife
    new = people.by_phone(session, "13900139000", **told | {"form": "阁下"})
    assert (new.name, new.form, new.phone, new.stage) == ("陈明", "", "13900139000", "likely")
    for nothing in ("", "陈先生", "123"):
        with pytest.raises(DomainError):
            people.by_phone(session, nothing, **told)


def test_a_number_typed_in_a_chat_opens_no_house_to_whoever_typed_it(session, stranger, now):
    """A stranger gave somebody's number, right or mistyped; the contract of that somebody is not theirs to read."""
    chat = people.know(session, stranger, now=now, name="王", phone="13700137000")
    signs = people.by_phone(session, "13700137000", name="周敏", form="女士", stage="signed", now=now)
    assert signs is not chat and signs.name == "周敏"
    assert people.houses_of(session, stranger.customer) == []
    assert people.by_phone(session, "13700137000", name="周敏", form="女士", stage="signed", now=now) is signs


def test_tags_are_words_without_repetition(session, now):
    customer = Customer(name="陈", created_at=now)
    session.add(customer)
    customer.tag_words = ["a", "b", "a"]
    session.flush()
    customer.tag_words = ["b", "c"]
    session.flush()
    assert [tag.word for tag in session.scalars(select(CustomerTag).order_by(CustomerTag.id))] == ["b", "c"]
