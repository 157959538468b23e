"""Control points: a call within a day after the phase, moved with its day, never made about what did not happen."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, CareEvent, Outgoing, Phase, PhaseKind, Survey
from models.actors import By
from models.desk.callback import answers, callbacks, control, forms, rhythm, surveys
from models.desk.house import building, phases
from models.desk.house.phases import Dates
from models.errors import Missing
from models.worktime import SHANGHAI, local_day
from tests.models.builders import House, house, told

DAY = dt.timedelta(days=1)
NAMES = ("签约", "开工交底", "水电验收", "材料进场", "中期验收", "竣工验收", "质保")


@pytest.fixture
def now() -> dt.datetime:
    """A Wednesday, four in the afternoon in Beijing."""
    return dt.datetime(2026, 11, 25, 16, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    """A house being built, a phase a fortnight, the first three of them long over."""
    made = house(session, now)
    made.project.stage = "building"
    for position, name in enumerate(NAMES, 1):
        planned = now.date() + dt.timedelta(days=14 * (position - 4))
        actual = planned if position < 4 else None
        made.project.phases.append(Phase(position=position, name=name, planned_on=planned, actual_on=actual))
    rhythm.ensure(session)
    forms.plant(session, now=now)
    return made


def phase(who: House, name: str) -> Phase:
    return next(one for one in who.project.phases if one.name == name)


def finish(session: Session, who: House, name: str, day: dt.date | None, now: dt.datetime) -> None:
    row = phase(who, name)
    building.record(session, row, Dates(row.planned_on, day), by=who.by_staff, now=now)


def run(session: Session, now: dt.datetime) -> int:
    control.follow(session, now=now)
    return control.plan(session, now=now)


def calls(session: Session) -> list[Callback]:
    return list(session.scalars(select(Callback).order_by(Callback.id)))


def test_what_was_passed_is_asked_about_within_a_day_once(session, who, now) -> None:
    assert run(session, now) == 0, "what was over long before we looked is nobody's question"
    finish(session, who, "材料进场", now.date(), now)
    assert (run(session, now), run(session, now)) == (1, 0)
    (call,) = calls(session)
    assert (call.purpose, call.words, call.phase.name, call.hangs_on) == (
        "control_point", "材料进场", "材料进场", now.date(),
    )  # fmt: skip
    assert call.due_at == now + DAY and call.customer is who.customer and call.follower is who.homeowner


def test_a_day_written_down_later_counts_from_that_day(session, who, now) -> None:
    finish(session, who, "材料进场", now.date() - 3 * DAY, now)
    run(session, now)
    assert calls(session)[0].due_at == now, "nobody can be called yesterday"


def test_five_times_before_the_house_is_finished(session, who, now) -> None:
    asked = {one.name for one in session.scalars(select(PhaseKind)) if one.call_hours}
    assert len(asked & set(NAMES)) == 5
    for name in ("签约", "质保"):
        phase(who, name).actual_on = now.date()
    session.flush()
    assert run(session, now) == 0


def test_a_manager_decides_what_is_a_control_point(session, who, now) -> None:
    rhythm.kind_of(session, "材料进场").call_hours = None
    finish(session, who, "材料进场", now.date(), now)
    assert run(session, now) == 0


def test_nobody_is_called_about_a_house_without_people(session, who, now) -> None:
    session.delete(who.project.members[0])
    finish(session, who, "材料进场", now.date(), now)
    session.flush()
    assert run(session, now) == 0


def test_moving_the_day_moves_an_open_call_and_never_one_that_was_made(session, who, now) -> None:
    finish(session, who, "材料进场", now.date() - DAY, now)
    run(session, now)
    (call,) = calls(session)
    was = call.due_at
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    assert calls(session) == [call] and call.due_at > was and call.hangs_on == now.date()
    assert "moved" in session.scalars(select(CareEvent.name).where(CareEvent.callback_id == call.id)).all()
    callbacks.done(session, call, words="都好", by=who.by_staff, now=now)
    closed = call.due_at
    finish(session, who, "材料进场", now.date() - DAY, now)
    assert run(session, now) == 0 and (call.due_at, call.state) == (closed, "done")


def test_a_later_inspection_after_the_call_is_asked_about_again(session, who, now) -> None:
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    callbacks.done(session, calls(session)[0], words="都好", by=who.by_staff, now=now)
    finish(session, who, "材料进场", None, now + DAY)
    finish(session, who, "材料进场", now.date() + 2 * DAY, now + 2 * DAY)
    assert run(session, now + 2 * DAY) == 1
    assert [one.state for one in calls(session)] == ["done", "open"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_phase_taken_back_or_dropped_takes_its_call_and_question_along(session, who, now, gone) -> None:
    who.homeowner.reply_until, who.homeowner.reply_left = now + 2 * DAY, 5
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    survey = surveys.plan_for(session, calls(session)[0], now=now)
    if gone:
        phases.drop(session, phase(who, "材料进场"), by=who.by_staff, now=now)
        session.expire_all()
    else:
        finish(session, who, "材料进场", None, now)
    run(session, now)
    (call,) = calls(session)
    assert (call.state, session.get(Survey, survey.id).state) == ("dropped", "dropped")
    assert session.scalars(select(Outgoing.state).where(Outgoing.survey_id == survey.id)).all() == ["cancelled"]
    if not gone:
        finish(session, who, "材料进场", now.date(), now)
        assert run(session, now) == 1, "finished again on the same day it is asked about after all"


def test_chat_asks_first_and_the_telephone_keeps_still_meanwhile(session, who, now) -> None:
    who.homeowner.reply_until, who.homeowner.reply_left = now + 2 * DAY, 5
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    (call,) = surveys.due_callbacks(session, now=now)
    surveys.plan_for(session, call, now=now)
    assert now < call.from_at < call.due_at
    assert told(session, who.homeowner)[-1] == "question.control_point"


def test_with_the_window_shut_the_telephone_may_ring_at_once(session, who, now) -> None:
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    surveys.plan_for(session, calls(session)[0], now=now)
    assert calls(session)[0].from_at is None


def test_answered_on_the_telephone_the_question_does_not_leave_any_more(session, who, now) -> None:
    finish(session, who, "材料进场", now.date(), now)
    run(session, now)
    survey = surveys.plan_for(session, calls(session)[0], now=now)
    keys = ("workmanship", "conduct", "supervisor", "designer", "whole")
    by, five = By("staff", who.agent.id, "小林"), answers.Rating(5, "", "positive")
    answers.record(session, survey, dict.fromkeys(keys, five), by=by, now=now)
    row = session.scalars(select(Outgoing).where(Outgoing.survey_id == survey.id)).one()
    assert (row.state, row.reason, calls(session)[0].state) == ("cancelled", "survey_over", "done")


def test_the_last_phase_completes_the_house_and_starts_its_warranty(session, who, now) -> None:
    who.customer.stage = "signed"
    finish(session, who, "竣工验收", now.date(), now)
    assert (who.project.completed_on, who.project.stage, who.customer.stage) == (
        now.date(), "in_warranty", "in_warranty",
    )  # fmt: skip
    finish(session, who, "竣工验收", now.date() - DAY, now)
    assert who.project.completed_on == now.date() - DAY
    finish(session, who, "竣工验收", None, now)
    assert (who.project.completed_on, who.project.stage) == (None, "building")
    who.project.completed_on = local_day(now) - 9 * DAY
    finish(session, who, "竣工验收", now.date(), now)
    assert who.project.completed_on == local_day(now) - 9 * DAY, "a day written by hand stays"


# -- what owners hear before they ask ------------------------------------------------------------------------------


def put_off(session: Session, who: House, name: str, days: int, now: dt.datetime, reason: str = "瓷砖没到货") -> None:
    row = phase(who, name)
    to = Dates(row.planned_on + dt.timedelta(days=days), None)
    building.record(session, row, to, by=who.by_staff, now=now, reason=reason)


def mail(session: Session, key: str) -> list[Outgoing]:
    query = select(Outgoing).where(Outgoing.text_key == key, Outgoing.state == "queued").order_by(Outgoing.id)
    return list(session.scalars(query))


def test_a_date_that_is_put_off_needs_a_reason_and_the_owner_reads_it(session, who, now) -> None:
    with pytest.raises(Missing):
        put_off(session, who, "材料进场", 7, now, reason=" ")
    put_off(session, who, "材料进场", 7, now)
    (row,) = mail(session, "building.moved")
    (move,) = row.facts["moves"]
    assert (move["phase"], move["reason"]) == ("材料进场", "瓷砖没到货")
    assert row.not_before == now + building.SETTLES and row.or_call


def test_several_dates_within_minutes_are_one_message_and_an_undone_one_is_none(session, who, now) -> None:
    put_off(session, who, "材料进场", 7, now)
    put_off(session, who, "中期验收", 7, now, reason="顺延")
    put_off(session, who, "质保", 7, now)
    (row,) = mail(session, "building.moved")
    assert [move["phase"] for move in row.facts["moves"]] == ["材料进场", "中期验收"], "the rest they see when they ask"
    put_off(session, who, "材料进场", -7, now)
    (row,) = mail(session, "building.moved")
    assert [move["phase"] for move in row.facts["moves"]] == ["中期验收"]
    put_off(session, who, "中期验收", -7, now)
    assert mail(session, "building.moved") == []


def test_an_earlier_date_and_one_of_a_finished_house_are_no_news(session, who, now) -> None:
    put_off(session, who, "材料进场", -2, now, reason="")
    who.project.stage = "in_warranty"
    put_off(session, who, "竣工验收", 9, now, reason="")
    assert mail(session, "building.moved") == []


def test_an_acceptance_is_told_two_days_ahead_once_and_again_for_another_day(session, who, now) -> None:
    phase(who, "材料进场").actual_on = now.date()
    row = phase(who, "中期验收")
    row.planned_on = now.date() + 3 * DAY
    session.flush()
    assert building.announce(session, now=now) == 0, "three days are early"
    later = now + DAY
    assert (building.announce(session, now=later), building.announce(session, now=later)) == (1, 0)
    row.planned_on += DAY
    session.flush()
    assert building.announce(session, now=later + DAY) == 1
    assert len(mail(session, "building.acceptance")) == 2


def test_no_acceptance_is_told_while_an_earlier_phase_is_late(session, who, now) -> None:
    phase(who, "材料进场").planned_on = now.date() - DAY
    phase(who, "中期验收").planned_on = now.date() + DAY
    session.flush()
    assert building.announce(session, now=now) == 0


def test_a_late_phase_is_told_the_next_morning_before_anybody_asks(session, who, now) -> None:
    who.project.supervisor = who.engineer
    chief = who.foreman
    chief.crew, chief.staff = None, who.engineer
    session.flush()
    assert building.confess(session, now=now) == 0, "on the day itself nothing is late"
    night, morning = now + dt.timedelta(hours=9), now + dt.timedelta(hours=18)
    assert building.confess(session, now=night) == 0, "nobody is woken for it"
    assert (building.confess(session, now=morning), building.confess(session, now=morning)) == (1, 0)
    (row,) = mail(session, "building.late")
    assert row.facts["phase"] == "材料进场" and "staff.phase_late" in told(session, chief)
    put_off(session, who, "材料进场", 5, morning)
    assert mail(session, "building.moved")[0].facts["moves"][0]["reason"] == "瓷砖没到货"


def test_only_owners_hear_of_dates(session, who, now) -> None:
    who.project.members[0].role = "family"
    session.flush()
    put_off(session, who, "材料进场", 7, now)
    assert mail(session, "building.moved") == []


def test_owners_without_a_wechat_are_told_on_the_telephone_once(session, who, now) -> None:
    who.homeowner.customer = None
    session.flush()
    put_off(session, who, "材料进场", 7, now)
    put_off(session, who, "材料进场", -9, now)
    morning = now + dt.timedelta(hours=18)
    assert (building.confess(session, now=morning), building.confess(session, now=morning)) == (1, 0)
    phase(who, "材料进场").actual_on = now.date()
    phase(who, "中期验收").planned_on = now.date() + 2 * DAY
    session.flush()
    assert (building.announce(session, now=morning), building.announce(session, now=morning)) == (1, 0)
    assert [(call.purpose, call.phone) for call in calls(session)] == [
        (purpose, "13800138000") for purpose in ("house_moved", "house_late", "house_ahead")
    ]
    assert "瓷砖没到货" in calls(session)[0].words
    session.delete(who.project.members[0])
    session.flush()
    session.expire_all()
    assert building.confess(session, now=morning + DAY) == 0
