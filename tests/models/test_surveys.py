"""Satisfaction: one question a round, and what each answer leads to."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Escalation, Outgoing, Repair, Slip, Survey
from models.desk import care, escalations, promises
from models.desk.callback import answers, callbacks, forms, slips, surveys
from models.desk.callback.surveys import Rating
from models.desk.repair import visits
from models.desk.talk import conversations
from models.errors import IllegalMove, Missing
from models.questions import Question
from tests.models.builders import House, arrive, house, repair, told

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
        arrive(session, conversations.say(session, thread, who.agent, "抱歉，我来安排", now=now + 5 * H), now + 5 * H)
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


# -- forms of several questions, callbacks, slips ---------------------------------------------------------

GOOD = {key: Rating(5) for key in ("workmanship", "conduct", "supervisor", "designer", "whole")}


def inspected(session: Session, who: House, now: dt.datetime) -> tuple[Callback, Survey]:
    """The call after an inspection, asked in chat first."""
    forms.plant(session, now=now)
    call = callbacks.ask(session, "control_point", about=who.project, now=now, words="中期验收")
    assert surveys.due_callbacks(session, now=now) == [call]
    survey = surveys.plan_for(session, call, now=now)
    assert surveys.due_callbacks(session, now=now) == []
    survey.state, survey.asked_at = "asked", now
    return call, survey


def test_a_callback_is_asked_in_chat_first_and_the_answers_there_make_the_call_needless(session, who, now) -> None:
    call, survey = inspected(session, who, now)
    (letter,) = session.scalars(select(Outgoing).where(Outgoing.survey_id == survey.id))
    assert (letter.text_key, letter.facts) == (
        "question.control_point",
        {"house": "翡翠城8幢1602", "label": "中期验收"},
    )
    assert letter.choices[0] == ["5", f"sv:{survey.id}:workmanship:5"]
    landed = answers.record(session, survey, {"workmanship": Rating(4)}, by=who.by_customer, now=now + H)
    assert [one.key for one in landed.open] == ["conduct", "supervisor", "designer", "whole"]
    assert (survey.state, survey.asked_at) == ("asked", now + H)
    answers.record(session, survey, GOOD, by=who.by_customer, now=now + 2 * H)
    assert (survey.state, survey.score, call.state, call.valid) == ("answered", 5, "done", True)
    assert {row.question: (row.score, row.by) for row in survey.answers}["workmanship"] == (5, "chat")
    assert session.scalars(select(Escalation)).all() == []


def test_answers_on_the_telephone_land_in_the_same_form(session, who, now) -> None:
    call, survey = inspected(session, who, now)
    answers.record(session, survey, {"workmanship": Rating(4)}, by=who.by_customer, now=now + H)
    assert surveys.of_callback(session, call, now=now + 2 * H) is survey
    rest = {key: one for key, one in GOOD.items() if key != "workmanship"}
    answers.record(session, survey, rest, by=who.by_staff, now=now + 2 * H)
    assert [(row.by, row.staff_id) for row in survey.answers][:2] == [("chat", None), ("phone", who.agent.id)]
    assert (survey.state, call.state) == ("answered", "done")


def test_a_low_answer_opens_a_slip_at_once_and_once(session, who, now) -> None:
    _, survey = inspected(session, who, now)
    answers.record(session, survey, {"supervisor": Rating(1, "没来过")}, by=who.by_customer, now=now + H)
    answers.record(session, survey, {"conduct": Rating(2)}, by=who.by_customer, now=now + H)
    slip = session.scalars(select(Slip)).one()
    assert (slip.project, slip.owner, slip.current.problem) == (who.project, who.engineer, "没来过；2分")
    row = session.scalars(select(Escalation)).one()
    assert (row.kind, row.about, row.owner) == ("dissatisfied", slip, who.engineer)


def test_a_satisfied_second_round_closes_slip_and_case(session, who, now) -> None:
    case = served(session, who, now)
    surveys.answer(session, asked(session, case, now + 3 * H), Rating(1, "还在滴"), by=who.by_customer, now=now + 3 * H)
    slip = slips.open_about(session, case)
    call = slips.answer(session, slip, "换龙头", promised_at=now + 9 * H, by=who.by_staff, now=now + 4 * H)
    visits.accept(session, case, by=who.by_crew, now=now + 5 * H)
    visits.arrive(session, case, by=who.by_crew, now=now + 6 * H)
    visits.finish(session, case, note="换了龙头", by=who.by_crew, now=now + 7 * H)
    surveys.answer(session, asked(session, case, now + 8 * H), Rating(5), by=who.by_customer, now=now + 8 * H)
    assert (case.state, slip.state, slip.round, slip.current.satisfied, call.state) == (
        "closed",
        "closed",
        1,
        True,
        "done",
    )


def test_still_not_content_is_the_next_round(session, who, now) -> None:
    case = served(session, who, now)
    surveys.answer(session, asked(session, case, now + 3 * H), Rating(1, "还在滴"), by=who.by_customer, now=now + 3 * H)
    slip = slips.open_about(session, case)
    call = slips.answer(session, slip, "换龙头", promised_at=now + 9 * H, by=who.by_staff, now=now + 4 * H)
    survey = surveys.of_callback(session, call, now=now + 10 * H)
    answers.record(session, survey, {"settled": Rating(1, "又滴了", "negative")}, by=who.by_staff, now=now + 10 * H)
    assert (slip.state, slip.round, slip.current.problem, call.state) == ("open", 2, "又滴了", "done")


def test_silence_is_a_call_with_an_owner_and_a_late_answer_makes_it_needless(session, who, now) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now)
    surveys.give_up(session, now=now + 49 * H)
    assert (survey.callback.purpose, survey.callback.owner, survey.callback.ticket) == ("repair_done", who.agent, case)
    surveys.answer(session, survey, Rating(5), by=who.by_customer, now=now + 60 * H)
    assert (survey.callback.state, case.state) == ("done", "closed")


def test_who_is_not_on_wechat_is_called_about_the_repair(session, who, now) -> None:
    case = served(session, who, now)
    case.follower = None
    survey = surveys.plan(session, case, now=now + 3 * H)
    assert (survey.state, survey.callback.phone, survey.callback.customer) == ("phone", "13800138000", who.customer)


def test_nobody_is_called_about_a_case_that_went_on(session, who, now) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now)
    surveys.give_up(session, now=now + 49 * H)
    care.reopen(session, case, reason="又漏了", by=who.by_staff, now=now + 50 * H)
    assert survey.callback.state == "dropped"


def test_an_answer_that_nobody_asked_for_is_refused(session, who, now) -> None:
    _, survey = inspected(session, who, now)
    with pytest.raises(Missing):
        answers.record(session, survey, {"price": Rating(5)}, by=who.by_customer, now=now)
    assert survey.answers == []


def test_a_new_version_is_asked_from_now_on_and_what_was_begun_keeps_its_own(session, who, now) -> None:
    _, survey = inspected(session, who, now)
    own = [Question("whole", text={"zh": "总的几分？", "en": "All in all?"})]
    newer = forms.revise(session, survey.form, own, in_chat=True, by=who.by_staff, now=now)
    assert (newer.version, newer.active, survey.form.active, survey.form.version) == (2, True, False, 1)
    assert len(answers.questions_of(survey)) == 6
    second = callbacks.ask(session, "control_point", about=who.project, now=now, key="second")
    assert surveys.plan_for(session, second, now=now).form is newer
    letter = session.scalars(select(Outgoing).order_by(Outgoing.id.desc())).first()
    assert (letter.text_key, letter.facts["question"]) == ("survey.own", "总的几分？")


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [Question(f"q{n}") for n in range(9)],
        [Question("a"), Question("a")],
        [Question("Ä")],
        [Question("a", "music")],
        [Question("a", text={"zh": "只有中文"})],
        [Question("why", "words", after="later", at_most=3), Question("later")],
    ],
)
def test_a_form_that_cannot_be_asked_is_refused(session, who, now, wrong) -> None:
    form = forms.current(session, "repair_done", now=now)
    with pytest.raises(Missing):
        forms.revise(session, form, wrong, in_chat=True, by=who.by_staff, now=now)
    assert form.active


def test_a_verdict_taken_back_has_the_consequences_of_the_new_one(session, who, now) -> None:
    case = served(session, who, now)
    survey = asked(session, case, now + 3 * H)
    with pytest.raises(IllegalMove):
        surveys.amend(session, survey, Rating(1), by=who.by_customer, now=now + 3 * H)
    surveys.answer(session, survey, Rating(5), by=who.by_customer, now=now + 4 * H)
    assert surveys.amend(session, survey, Rating(1, "还在滴"), by=who.by_customer, now=now + 5 * H) is False
    assert (survey.score, survey.sentiment, survey.words, case.state, case.round) == (1, "", "还在滴", "assigned", 2)
    assert [row.kind for row in session.scalars(select(Escalation))] == ["dissatisfied"]
    assert session.scalars(select(Slip)).one().problem == "还在滴"
    surveys.amend(session, survey, Rating(5), by=who.by_customer, now=now + 6 * H)
    assert (survey.score, case.state, session.scalars(select(Slip)).one().state) == (5, "assigned", "open")
    with pytest.raises(Missing):
        surveys.amend(session, survey, Rating(5), by=who.by_customer, now=now + 6 * H, question="weather")


def test_of_several_questions_the_whole_is_amended(session, who, now) -> None:
    _, survey = inspected(session, who, now)
    answers.record(session, survey, {**GOOD, "workmanship": Rating(5)}, by=who.by_customer, now=now + H)
    surveys.amend(session, survey, Rating(1, "十分不满意", "negative"), by=who.by_customer, now=now + 2 * H)
    assert survey.score == 1 and {row.question: row.score for row in survey.answers}["workmanship"] == 5
    assert session.scalars(select(Slip)).one().owner == who.engineer
