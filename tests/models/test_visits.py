"""Comings and goings: each visit by itself, where the crew was, and what two jobs at once lead to."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Outgoing, Repair
from models.desk import care
from models.desk.repair import clashes, repairs, visits
from models.desk.repair.visits import Work
from models.errors import IllegalMove, Missing
from tests.models.builders import House, house, repair, told

H = dt.timedelta(hours=1)
D = dt.timedelta(days=1)
GATE = (30.2741, 120.1551)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    who = house(session, now)
    who.project.estate.lat, who.project.estate.lon = GATE
    return who


def test_rounds_do_not_overwrite_each_other(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.start(session, case, by=who.by_crew, now=now)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    visits.finish(
        session, case, note="换了角阀", by=who.by_crew, now=now + 2 * H, work=Work(("角阀1个", " ", "生料带"))
    )
    care.reopen(session, case, reason="还在滴", by=who.by_customer, now=now + D)
    visits.arrive(session, case, by=who.by_crew, now=now + D + H)
    first, second = case.visits
    assert (first.round, first.set_out_at, first.arrived_at, first.finished_at) == (1, now, now + H, now + 2 * H)
    assert (first.note, first.materials) == ("换了角阀", ["角阀1个", "生料带"])
    assert (second.round, second.set_out_at, second.outcome) == (2, None, "")


def test_a_visit_that_is_handed_back_or_cancelled_is_over(session: Session, who: House, now: dt.datetime) -> None:
    case, other = repair(session, who, now), repair(session, who, now)
    visits.start(session, case, by=who.by_crew, now=now)
    visits.hand_back(session, case, reason="车坏了", by=who.by_crew, now=now + H)
    visits.start(session, other, by=who.by_crew, now=now)
    care.cancel(session, other, reason="不用了", by=who.by_customer, now=now + H)
    assert [(v.outcome, v.note) for v in (*case.visits, *other.visits)] == [("handed_back", "车坏了"), ("ended", "")]
    repairs.assign(session, case, who.other_crew, by=who.by_staff, now=now + 2 * H)
    visits.arrive(session, case, by=who.by_staff, now=now + 3 * H)
    assert [v.crew.name for v in case.visits] == ["王师傅", "李师傅"]


@pytest.mark.parametrize(("place", "far"), [(GATE, False), ((30.2790, 120.1551), False), ((30.40, 120.1551), True)])
def test_where_the_crew_says_it_is_stands_on_the_visit(session, who, now, place, far) -> None:
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now, place=place)
    (visit,) = case.visits
    assert (visit.lat, visit.lon) == place
    assert (visit.metres_off > visits.FAR) is far
    assert ("far_off" in [event.name for event in case.events]) is far
    assert not any("far" in key for key in told(session, who.homeowner) + told(session, who.foreman))


def test_no_place_on_earth_and_an_estate_without_one(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    with pytest.raises(Missing):
        visits.arrive(session, case, by=who.by_crew, now=now, place=(120.1551, 30.2741))
    session.rollback()


def test_an_estate_nobody_placed_measures_nothing(session: Session, who: House, now: dt.datetime) -> None:
    who.project.estate.lat = None
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now, place=GATE)
    assert case.visits[0].metres_off is None


def at(now: dt.datetime, start: float, end: float) -> dict[str, dt.datetime]:
    return {"when_start": now + start * H, "when_end": now + end * H}


def clashing(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.crew_clash").order_by(Outgoing.id))
    return [(row.facts["number"], row.facts["other"]) for row in rows]


def elsewhere(session: Session, who: House, now: dt.datetime, **more) -> Repair:
    case = repair(session, who, now, project=None, house_text="城西公馆3-802", **more)
    repairs.assign(session, case, who.crew, by=who.by_staff, now=now)
    return case


def test_two_jobs_agreed_for_the_same_time_are_said_to_crew_and_dispatcher_once(
    session: Session, who: House, now: dt.datetime
) -> None:
    one = repair(session, who, now, when_text="下午", **at(now, 4, 6))
    other = elsewhere(session, who, now, when_text="下午", **at(now, 5, 7))
    visits.accept(session, one, by=who.by_crew, now=now)
    assert clashing(session) == []
    visits.accept(session, other, by=who.by_crew, now=now)
    clashes.warn(session, other, now=now)
    assert clashing(session) == [(other.number, one.number)]
    assert other.state == "accepted", "nothing is blocked"


@pytest.mark.parametrize("times", [(6, 8), (-2, 20), None])
def test_times_that_follow_each_other_or_are_any_time_do_not_clash(session, who, now, times) -> None:
    one = repair(session, who, now, **at(now, 4, 6))
    other = elsewhere(session, who, now, **(at(now, *times) if times else {}))
    assert clashes.between(one, [other]) == []


def test_two_jobs_in_one_house_are_one_way(session: Session, who: House, now: dt.datetime) -> None:
    one, other = (repair(session, who, now, **at(now, 4, 6)) for _ in range(2))
    assert clashes.between(one, [other]) == []


def test_an_urgent_job_while_at_work_elsewhere_is_taken_and_said(
    session: Session, who: House, now: dt.datetime
) -> None:
    one = repair(session, who, now)
    visits.arrive(session, one, by=who.by_crew, now=now)
    other = elsewhere(session, who, now, urgent=True)
    visits.accept(session, other, by=who.by_crew, now=now)
    assert clashing(session) == [(other.number, one.number)]
    visits.arrive(session, other, by=who.by_crew, now=now)
    with pytest.raises(IllegalMove):
        visits.accept(session, other, by=who.by_crew, now=now)


def test_what_the_crew_says_on_its_way_is_on_the_case_and_with_the_household(session, who, now) -> None:
    case = repair(session, who, now)
    for words in ("堵车，晚半小时到", "还要十分钟"):
        visits.pass_on(session, case, words, by=who.by_crew, now=now)
    with pytest.raises(Missing):
        visits.pass_on(session, case, " ", by=who.by_crew, now=now)
    said = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.crew_says").order_by(Outgoing.id)).all()
    assert [row.facts["words"] for row in said] == ["堵车，晚半小时到", "还要十分钟"]
    assert [event.reason for event in case.events if event.name == "note"] == ["堵车，晚半小时到", "还要十分钟"]
