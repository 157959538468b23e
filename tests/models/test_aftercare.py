"""The rhythm of care: months and seasons after completion, silences while building, repairs that take long."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, CareRule, Phase
from models.desk.callback import aftercare, callbacks, forms, rhythm
from models.desk.repair import visits
from models.desk.repair.visits import Work
from models.worktime import SHANGHAI
from tests.models.builders import House, house, repair

DAY = dt.timedelta(days=1)


def noon(month: int, day: int, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    made = house(session, now)
    made.project.stage, made.project.completed_on = "in_warranty", dt.date(2026, 8, 31)
    rhythm.ensure(session)
    forms.plant(session, now=now)
    return made


def plan(session: Session, *, now: dt.datetime) -> int:
    return sum(beat(session, now=now) for beat in aftercare.BEATS)


def calls(session: Session) -> list[tuple[str, str]]:
    return [(row.purpose, row.words) for row in session.scalars(select(Callback).order_by(Callback.id))]


def test_three_months_then_the_seasons_each_once_however_often_it_runs(session, who) -> None:
    days = [noon(9, 29), *(noon(m, d) for m in (9, 10, 11, 12) for d in (30, 31, 1) if (m, d) != (9, 31) and m != 11)]
    days += [noon(11, 30), *(noon(3, d, 2027) for d in range(1, 32)), *(noon(6, d, 2027) for d in range(1, 31))]
    days += [noon(11, 29, 2028), noon(3, 28, 2029)]
    for moment in sorted(days):
        plan(session, now=moment)
        plan(session, now=moment)
    assert calls(session) == [
        ("aftercare", words) for words in ("入住一个月", "入住两个月", "入住三个月", "回南天前", "雨季")
    ]


def test_a_month_that_nobody_ran_is_left_out_and_the_next_one_is_not(session, who) -> None:
    plan(session, now=noon(10, 20))
    plan(session, now=noon(11, 2))
    assert calls(session) == [("aftercare", "入住两个月")]


def test_nobody_is_called_in_season_who_was_called_just_now_or_is_out_of_warranty(session, who) -> None:
    who.project.completed_on = dt.date(2025, 10, 1)
    callbacks.ask(session, "asked_by_customer", about=who.project, now=noon(11, 20))
    plan(session, now=noon(11, 26))
    assert calls(session) == [("asked_by_customer", "")]
    plan(session, now=noon(11, 30) + DAY / 4)
    assert len(calls(session)) == 2
    who.project.stage = "out_of_warranty"
    session.flush()
    plan(session, now=noon(3, 28, 2027))
    assert len(calls(session)) == 2


def test_a_rule_that_is_switched_off_calls_nobody(session, who) -> None:
    for rule in session.scalars(select(CareRule)):
        rule.active = False
    session.flush()
    plan(session, now=noon(9, 30))
    assert calls(session) == []


def test_while_building_nobody_is_left_without_a_word_for_a_month(session, who, now) -> None:
    who.project.stage, who.project.completed_on = "building", None
    begun = Phase(position=1, name="签约", actual_on=now.date() - 31 * DAY)
    who.project.phases += [begun, Phase(position=2, name="竣工验收")]
    session.flush()
    plan(session, now=now)
    plan(session, now=now + 29 * DAY)
    assert calls(session) == [("building", "施工满意度")]
    plan(session, now=now + 31 * DAY)
    assert len(calls(session)) == 2


def test_after_the_first_visit_and_in_a_long_repair_and_not_after_the_end(session, who, now) -> None:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    plan(session, now=now + DAY / 24)
    assert calls(session) == [], "the crew is still there"
    left = Work(left={1: "等配件"})
    visits.finish(session, case, note="先关了阀", by=who.by_crew, now=now + DAY / 12, work=left)
    for hours in (3, 4):
        plan(session, now=now + dt.timedelta(hours=hours))
    assert calls(session) == [("repair_visit", case.what)]
    plan(session, now=now + 7 * DAY)
    assert len(calls(session)) == 1, "somebody has asked within the week"
    plan(session, now=now + 8 * DAY)
    assert calls(session)[1:] == [("repair_long", case.what)]
    visits.arrive(session, case, by=who.by_crew, now=now + 9 * DAY)
    visits.finish(session, case, note="换了", by=who.by_crew, now=now + 9 * DAY)
    plan(session, now=now + 9 * DAY)
    about = select(Callback.state).where(Callback.ticket_id == case.id)
    assert session.scalars(about).all() == ["dropped", "dropped"]


def test_mended_at_the_first_visit_only_the_end_is_asked_about(session, who, now) -> None:
    case = repair(session, who, now)
    for step in (visits.accept, visits.arrive):
        step(session, case, by=who.by_crew, now=now)
    visits.finish(session, case, note="好了", by=who.by_crew, now=now)
    plan(session, now=now + 9 * DAY)
    assert session.scalars(select(Callback).where(Callback.ticket_id == case.id)).all() == []
