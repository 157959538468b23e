"""Another time: asked by the crew, decided by the customer, and only their yes stops a clock."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Customer, Follower, Outgoing, ProjectMember
from models.actors import By
from models.desk import care, promises, watch
from models.desk.account import people
from models.desk.repair import finishing, postponing, repairs, visits, watchers
from models.desk.repair.postponing import Window
from models.errors import DomainError, IllegalMove, Missing, NotFound
from tests.models.builders import House, house, repair, told

H = dt.timedelta(hours=1)
D = dt.timedelta(days=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def saturday(now: dt.datetime) -> Window:
    return Window(now + 7 * D, now + 7 * D + 3 * H, "周六上午")


def test_a_yes_moves_the_visit_and_stops_both_clocks(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now)
    before = finishing.find(session, case).due_at
    postponing.ask(session, case, saturday(now), words="要等配件", by=who.by_crew, now=now)
    due = promises.find(session, "repair.on_site", case).due_at
    assert due == now + 8 * H, "asking stops nothing"
    postponing.answer(session, case, agreed=True, words="可以的", by=who.by_customer, now=now + H)
    promise = promises.find(session, "repair.on_site", case)
    assert (promise.state, promise.agreement, promise.due_at) == ("paused", "可以的", now + 7 * D + 3 * H)
    assert (case.when_start, case.when_text) == (now + 7 * D, "周六上午")
    limit = finishing.find(session, case)
    assert limit.state == "paused" and limit.due_at > before
    assert told(session, who.foreman)[-1] == "notice.crew_time_yes"
    assert "notice.paused" not in told(session, who.homeowner), "the customer read the answer in the chat"
    watch.run(session, now=now + 7 * D)
    assert (promise.state, limit.state) == ("open", "open")
    assert [e.name for e in case.events].count("resumed") == 1


def test_a_no_leaves_the_clock_and_crew_and_lead_know(session: Session, who: House, now: dt.datetime) -> None:
    who.foreman.subscribed = True
    lead = people.find_or_add(session, "o-lead", now=now)
    lead.staff = who.engineer
    case = repair(session, who, now)
    postponing.ask(session, case, saturday(now), words="", by=who.by_crew, now=now)
    postponing.answer(session, case, agreed=False, words="不行，周六要上班", by=who.by_customer, now=now + H)
    assert promises.find(session, "repair.on_site", case).due_at == now + 8 * H
    assert told(session, who.foreman)[-1] == "notice.crew_time_no"
    assert told(session, lead)[-1] == "staff.time_no"
    assert case.postponements[0].answer == "不行，周六要上班"


def test_a_crew_at_the_door_goes_and_comes_again_with_a_promise_of_its_own(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    postponing.ask(session, case, saturday(now), words="墙没干", by=who.by_crew, now=now)
    postponing.answer(session, case, agreed=True, words="好", by=who.by_customer, now=now + H)
    assert (case.state, [v.outcome for v in case.visits]) == ("accepted", ["moved"])
    assert promises.find(session, "repair.on_site", case).due_at == now + 7 * D + 3 * H
    visits.arrive(session, case, by=who.by_crew, now=now + 7 * D)
    assert len(case.visits) == 2 and told(session, who.homeowner).count("notice.arrived") == 2


def test_an_answer_counts_once_and_only_to_what_was_asked(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    with pytest.raises(DomainError):
        postponing.answer(session, case, agreed=True, words="好", by=who.by_customer, now=now)
    postponing.ask(session, case, saturday(now), words="", by=who.by_crew, now=now)
    postponing.answer(session, case, agreed=True, words="好", by=who.by_customer, now=now)
    with pytest.raises(DomainError):
        postponing.answer(session, case, agreed=False, words="不好", by=who.by_customer, now=now)


@pytest.mark.parametrize("step", ["another", "customer", "hand_back", "finish", "cancel", "pause"])
def test_what_goes_on_without_an_answer_drops_the_question(session, who, now, step) -> None:
    case = repair(session, who, now)
    postponing.ask(session, case, saturday(now), words="", by=who.by_crew, now=now)
    match step:
        case "another":
            postponing.ask(session, case, Window(now + D, now + D + H), words="", by=who.by_crew, now=now)
        case "customer":
            window = {"when_start": now + 2 * D, "when_end": now + 2 * D + H, "when_text": "后天"}
            repairs.update_repair(session, case, window, by=who.by_customer, now=now)
        case "hand_back":
            visits.hand_back(session, case, reason="病了", by=who.by_crew, now=now)
        case "finish":
            visits.arrive(session, case, by=who.by_crew, now=now)
            visits.finish(session, case, note="好了", by=who.by_crew, now=now)
        case "cancel":
            care.cancel(session, case, reason="不用了", by=who.by_customer, now=now)
        case "pause":
            care.pause(session, case, until=now + D, words="明天吧", by=who.by_staff, now=now)
    assert case.postponements[0].state == "dropped"


def test_what_cannot_be_asked(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    with pytest.raises(Missing):
        postponing.ask(session, case, Window(now - H, now), words="", by=who.by_crew, now=now)
    who.homeowner.subscribed = False
    with pytest.raises(Missing):
        postponing.ask(session, case, saturday(now), words="", by=who.by_crew, now=now)
    visits.hand_back(session, case, reason="病了", by=who.by_crew, now=now)
    with pytest.raises(IllegalMove):
        postponing.ask(session, case, saturday(now), words="", by=who.by_crew, now=now)


def wife(session: Session, who: House, now: dt.datetime) -> Follower:
    person = people.find_or_add(session, "o-wife", now=now)
    person.customer = Customer(name="林晓", form="女士", created_at=now)
    session.add(ProjectMember(project=who.project, customer=person.customer, role="family"))
    session.flush()
    return person


def test_a_member_of_the_household_joins_and_hears_each_step_once(
    session: Session, who: House, now: dt.datetime
) -> None:
    case, she = repair(session, who, now), wife(session, who, now)
    by = By("customer", she.id, "林女士")
    for _ in range(2):
        watchers.join(session, case, she, words="厨房漏水", by=by, now=now)
    assert len(case.watchers) == 1
    assert watchers.join(session, case, who.homeowner, words="", by=who.by_customer, now=now) is None
    visits.start(session, case, by=who.by_crew, now=now)
    assert told(session, she) == told(session, who.homeowner) == ["notice.accepted", "notice.on_the_way"]
    care.cancel(session, case, reason="修好了", by=who.by_customer, now=now)
    assert told(session, she)[-1] == "notice.cancelled"
    assert "notice.cancelled" not in told(session, who.homeowner)


def test_nobody_else_joins(session: Session, who: House, now: dt.datetime) -> None:
    case, stranger = repair(session, who, now), people.find_or_add(session, "o-x", now=now)
    with pytest.raises(NotFound):
        watchers.join(session, case, stranger, words="", by=By("customer", stranger.id, ""), now=now)
    assert session.scalars(select(Outgoing).where(Outgoing.follower_id == stranger.id)).all() == []
