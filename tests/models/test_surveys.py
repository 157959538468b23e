"""Satisfaction: one question a round, and what each answer leads to."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Escalation, Repair, Survey
from models.desk import care, conversations, escalations, promises, surveys, visits
from models.desk.surveys import Rating
from models.errors import IllegalMove
from tests.models.builders import House, house, repair, told

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def served(session: Session, who: House, now: dt.datetime) -> Repair:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now + M)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    visits.finish(session, case, note="换了角阀", by=who.by_crew, now=now + 2 * H)
    return case


def asked(session: Session, case: Repair, now: dt.datetime) -> Survey:
    survey = surveys.plan(session, case, now=now)
    survey.state, survey.asked_at = "asked", now
    return survey


def test_satisfied_closes_the_case(session: Session, who: House, now: dt.datetime) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now + 3 * H)
    assert surveys.answer(session, survey, Rating(5), by=who.by_customer, now=now + 4 * H) is True
    assert (case.state, case.close_reason, case.next_due_at) == ("closed", "客户满意", None)
    with pytest.raises(IllegalMove):
        surveys.answer(session, survey, Rating(1), by=who.by_customer, now=now + 5 * H)


def test_dissatisfied_reopens_for_the_same_crew_and_an_agent_owns_it(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now + 3 * H)
    assert surveys.answer(session, survey, Rating(2, "还在滴"), by=who.by_customer, now=now + 4 * H) is False
    assert (case.state, case.round, case.crew, case.arrived_at) == ("assigned", 2, who.crew, None)
    (row,) = session.scalars(select(Escalation))
    assert (row.kind, row.owner, row.words) == ("dissatisfied", who.agent, "还在滴")
    assert told(session, who.foreman)[-1] == "notice.crew_again"
    surveys.comment(session, survey, "角阀那里", by=who.by_customer, now=now + 4 * H)
    assert survey.words == "还在滴；角阀那里"


@pytest.mark.parametrize("by", ["chat", "phone"])
def test_being_in_touch_keeps_what_the_dissatisfied_were_promised(session, who, now, by) -> None:
    case = served(session, who, now)
    surveys.answer(session, asked(session, case, now + 3 * H), Rating(1), by=who.by_customer, now=now + 4 * H)
    promise = promises.find(session, "repair.dissatisfied", case)
    if by == "chat":
        thread = conversations.of(session, who.homeowner)
        conversations.say(session, thread, who.agent, "抱歉，我来安排", now=now + 5 * H)
    else:
        row = session.scalars(select(Escalation)).one()
        escalations.resolve(session, row, by=who.by_staff, words="电话里道了歉", now=now + 5 * H)
    assert (promise.kept, promise.met_at) == (True, now + 5 * H)
    assert promises.find(session, "repair.on_site", case).state == "open"


@pytest.mark.parametrize(
    ("rating", "verdict", "state"),
    [
        (Rating(4), True, "closed"),
        (Rating(3, "还行吧"), None, "done"),
        (Rating(None, "挺好", "positive"), True, "closed"),
        (Rating(None, "太差了", "negative"), False, "assigned"),
        (Rating(None, "嗯", ""), None, "done"),
    ],
)
def test_what_an_answer_leads_to(session, who, now, rating, verdict, state) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now + 3 * H)
    assert surveys.answer(session, survey, rating, by=who.by_customer, now=now + 4 * H) is verdict
    assert case.state == state
    assert bool(session.scalars(select(Escalation)).all()) is (verdict is not True)


def test_a_late_answer_after_the_case_was_closed_still_counts(session: Session, who: House, now: dt.datetime) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now + 3 * H)
    survey.state = "phone"
    assert surveys.answer(session, survey, Rating(1, "又漏了"), by=who.by_customer, now=now + 90 * H) is False
    assert case.round == 2


def test_the_question_waits_ten_minutes_and_is_planned_once_a_round(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = served(session, who, now)
    finished = now + 2 * H
    assert not surveys.due_for_question(session, now=finished + 9 * M)
    assert surveys.due_for_question(session, now=finished + 10 * M) == [case]
    surveys.plan(session, case, now=finished + 10 * M)
    assert not surveys.due_for_question(session, now=finished + 11 * M)
    care.reopen(session, case, reason="还在滴", by=who.by_staff, now=finished + 12 * M)
    assert [s.state for s in session.scalars(select(Survey))] == ["dropped"]


def test_silence_goes_to_the_phone_list(session: Session, who: House, now: dt.datetime) -> None:
    survey = asked(session, served(session, who, now), now)
    assert surveys.give_up(session, now=now + 47 * H) == 0
    assert surveys.give_up(session, now=now + 49 * H) == 1
    assert survey.state == "phone"
