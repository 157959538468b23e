"""Faults one by one on one visit, and the promise to finish them all in time."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Escalation, Outgoing
from models.desk import care, promises, watch
from models.desk.repair import finishing, items, repairs, visits
from models.desk.repair.items import Fault
from models.desk.repair.visits import Work
from models.errors import DomainError, Missing
from tests.models.builders import House, house, repair, told

H = dt.timedelta(hours=1)
D = dt.timedelta(days=1)
TAP = Fault("厨房龙头滴水", "水", "厨房")
DOOR = Fault("主卧门关不上", "门窗", "主卧")


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def two(session: Session, who: House, now: dt.datetime, *faults: Fault):
    faults = faults or (TAP, DOOR)
    problem = "；".join(f"{n}. {fault.problem}" for n, fault in enumerate(faults, 1))
    return repair(session, who, now, problem=problem, items=faults)


def test_several_faults_are_one_case_with_an_item_each(session: Session, who: House, now: dt.datetime) -> None:
    case = two(session, who, now)
    assert [(i.position, i.problem, i.category, i.state) for i in case.items] == [
        (1, "厨房龙头滴水", "水", "open"), (2, "主卧门关不上", "门窗", "open"),
    ]  # fmt: skip
    assert told(session, who.foreman) == ["notice.crew_offer"]


def test_a_single_fault_is_an_item_too_and_follows_the_customers_later_words(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    repairs.update_repair(session, case, {"problem": "厨房水槽下面漏水", "place": "厨房"}, by=who.by_customer, now=now)
    assert [i.problem for i in case.items] == ["厨房水槽下面漏水"]


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "finish"), (2, "finish_few"), (3, "finish_few"), (4, "finish_many"), (40, "finish_many")],
)
def test_the_number_of_faults_decides_the_limit(session, who, now, count, name) -> None:
    case = two(session, who, now, *(Fault(f"第{n}处") for n in range(count)))
    assert finishing.find(session, case).policy.name == f"repair.{name}"
    assert len(case.items) <= items.MOST and "第0处" in case.items[0].problem


def test_a_fault_named_later_moves_the_limit_reckoned_from_the_report(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    first = finishing.find(session, case)
    repairs.update_repair(session, case, {"items": (TAP, DOOR)}, by=who.by_customer, now=now + 3 * H)
    limit = finishing.find(session, case)
    assert (first.state, limit.policy.name, limit.made_at) == ("dropped", "repair.finish_few", now)
    assert limit.due_at > first.due_at


def test_a_crew_may_leave_one_fault_with_a_reason(session: Session, who: House, now: dt.datetime) -> None:
    case = two(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    visits.finish(
        session, case, note="换了阀芯", by=who.by_crew, now=now + 2 * H, work=Work(("阀芯1个",), {2: "等合页到货"})
    )
    assert (case.state, [i.state for i in case.items], case.items[1].note) == (
        "accepted", ["done", "left"], "等合页到货",
    )  # fmt: skip
    letter = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.items_left")).one()
    assert letter.facts["left"] == [{"what": "主卧门关不上", "why": "等合页到货"}]
    assert letter.facts["done"] == "厨房龙头滴水"
    assert finishing.find(session, case) is not None, "the customer still waits"
    visits.start(session, case, by=who.by_crew, now=now + D)
    visits.arrive(session, case, by=who.by_crew, now=now + D + H)
    visits.finish(session, case, note="装了合页", by=who.by_crew, now=now + D + 2 * H)
    assert (case.state, finishing.find(session, case)) == ("done", None)
    assert [(v.outcome, v.note, v.materials) for v in case.visits] == [
        ("left", "换了阀芯", ["阀芯1个"]), ("done", "装了合页", []),
    ]  # fmt: skip
    assert told(session, who.homeowner).count("notice.arrived") == 2, "each day is told"


@pytest.mark.parametrize("left", [{2: "  "}, {3: "没有这一项"}])
def test_leaving_needs_a_reason_and_a_fault_that_exists(session, who, now, left) -> None:
    case = two(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    with pytest.raises(Missing):
        visits.finish(session, case, note="修了", by=who.by_crew, now=now, work=Work(left=left))
    assert case.state == "on_site"


def test_after_a_reopening_what_broke_again_is_open_and_the_rest_is_done(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = two(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    visits.finish(session, case, note="都修了", by=who.by_crew, now=now + H)
    care.reopen(session, case, reason="厨房又滴了", by=who.by_customer, now=now + D)
    assert [i.state for i in case.items] == ["open", "done"]
    accepting = promises.find(session, "repair.accept", case)
    assert accepting.due_at == now + D + dt.timedelta(minutes=10), "a redo is answered first"
    assert finishing.find(session, case).made_at == now + D


def test_a_delay_is_told_once_for_each_date_and_keeps_the_miss(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    limit = finishing.find(session, case)
    day = (limit.due_at + 2 * D).date()
    finishing.delay(session, case, reason="门板还没到货", until=day, by=who.by_staff, now=now + D)
    watch.run(session, now=limit.due_at)
    assert limit.kept is False
    assert told(session, who.homeowner)[-1] == "notice.delayed", "nobody is told twice that it is late"
    finishing.delay(session, case, reason="又缺货", until=day + D, by=who.by_crew, now=limit.due_at)
    assert told(session, who.homeowner).count("notice.delayed") == 2
    with pytest.raises(Missing):
        finishing.delay(session, case, reason=" ", until=day, by=who.by_staff, now=now)
    with pytest.raises(Missing):
        finishing.delay(session, case, reason="没货", until=(now - D).date(), by=who.by_staff, now=now)
    visits.finish(session, case, note="装好了", by=who.by_crew, now=limit.due_at + D)
    with pytest.raises(DomainError):
        finishing.delay(session, case, reason="没货", until=day, by=who.by_staff, now=now)


def test_a_limit_missed_in_silence_is_told_and_climbs_by_days_not_by_half_hours(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now + H)
    limit = finishing.find(session, case)
    watch.run(session, now=limit.due_at)
    watch.run(session, now=limit.due_at + H)
    assert told(session, who.homeowner)[-1] == "notice.finish_late"
    (row,) = session.scalars(select(Escalation))
    assert (row.kind, row.level) == ("promise_missed", 0)
    watch.run(session, now=limit.due_at + D)
    assert row.level == 1
