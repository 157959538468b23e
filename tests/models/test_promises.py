"""Promises: met, missed, warned, paused by recorded words, climbing; a case sorts by what it still owes."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Escalation, Outgoing, Promise, Repair
from models.desk import care, escalations, promises, watch
from models.desk.account import people
from models.desk.promises import NothingToPause
from models.desk.repair import repairs, visits
from models.errors import Missing
from tests.models.builders import House, house, repair

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def on_site(session: Session, case: Repair) -> Promise:
    return session.scalars(
        select(Promise)
        .where(Promise.ticket_id == case.id, Promise.policy.has(name="repair.on_site"))
        .order_by(Promise.id.desc())
    ).first()  # type: ignore[return-value]


def test_a_report_promises_eight_hours_and_acceptance_within_thirty_minutes(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    assert {p.policy.name: p.due_at - now for p in promises.owed(session, case)} == {
        "repair.accept": 30 * M,
        "repair.on_site": 8 * H,
        # Three days of office hours from a Saturday: Wednesday at six.
        "repair.finish": 104 * H,
    }
    assert case.next_due_at == now + 30 * M


def test_an_urgent_report_promises_two_hours_and_acceptance_within_ten_minutes(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now, urgent=True)
    assert [p.due_at - now for p in promises.owed(session, case)][:2] == [10 * M, 2 * H]


def test_a_case_that_becomes_urgent_is_promised_two_hours_from_then(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    repairs.update_repair(session, case, {"urgent": True}, by=who.by_customer, now=now + H)
    assert on_site(session, case).due_at == now + 3 * H
    assert [p.state for p in session.scalars(select(Promise).where(Promise.due_at == now + 8 * H))] == ["dropped"]


def test_arriving_in_time_keeps_the_promise(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now + 5 * M)
    visits.arrive(session, case, by=who.by_crew, now=now + 7 * H)
    assert on_site(session, case).kept is True
    assert case.next_due_at == promises.find(session, "repair.finish", case).due_at


def test_arriving_late_counts_as_missed_even_if_no_sweep_ran(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now + 9 * H)
    promise = on_site(session, case)
    assert promise.kept is False
    assert (promise.missed_at, promise.met_at) == (now + 8 * H, now + 9 * H)


def test_the_watch_warns_once_then_marks_the_miss_and_climbs_to_the_manager(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now + M)
    watch.run(session, now=now + 6 * H + M)
    watch.run(session, now=now + 6 * H + 2 * M)
    assert [event.name for event in case.events].count("warned") == 1
    watch.run(session, now=now + 8 * H)
    watch.run(session, now=now + 8 * H)
    row = session.scalars(select(Escalation)).one()
    assert (row.kind, row.owner, row.level) == ("promise_missed", who.engineer, 0)
    assert on_site(session, case).missed_at == now + 8 * H
    watch.run(session, now=now + 8 * H + 30 * M)
    assert (row.owner, row.level) == (who.manager, 1)
    watch.run(session, now=now + 9 * H)
    assert (row.owner, row.level) == (who.manager, 2)  # told once more: there is only one manager
    assert watch.run(session, now=now + 48 * H) == 0
    late = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.late")).all()
    assert len(late) == 1


def test_the_lead_of_a_crew_that_does_not_answer_knows_beside_who_looks_after_the_case(session, who, now) -> None:
    lead = people.find_or_add(session, "o-lead", now=now)
    who.crew.lead, lead.staff = who.agent, who.agent
    case, taken = repair(session, who, now), repair(session, who, now)
    visits.accept(session, taken, by=who.by_crew, now=now + M)
    for _ in range(2):
        watch.run(session, now=now + 30 * M)
    (row,) = session.scalars(select(Outgoing).where(Outgoing.follower_id == lead.id))
    assert (row.text_key, row.ticket_id, row.facts["words"]) == ("staff.promise_missed", case.id, "师傅接单")
    assert session.scalars(select(Escalation)).one().owner is who.engineer
    watch.run(session, now=now + 9 * H)
    assert [one.text_key for one in session.scalars(select(Outgoing).where(Outgoing.follower_id == lead.id))] == [
        "staff.promise_missed"
    ], "late arrivals are for who looks after the case"


def test_a_taken_and_resolved_escalation_does_not_climb(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    watch.run(session, now=now + H)
    row = session.scalars(select(Escalation)).one()
    escalations.resolve(session, row, by=who.by_staff, words="王师傅电话接了", now=now + H)
    watch.run(session, now=now + 2 * H)
    assert (row.level, row.state) == (0, "resolved")
    assert case.is_open


def test_the_customers_own_time_pauses_the_clock(session: Session, who: House, now: dt.datetime) -> None:
    start, end = now + 27 * H, now + 32 * H
    case = repair(session, who, now, when_text="明天下午", when_start=start, when_end=end)
    promise = on_site(session, case)
    assert (promise.state, promise.paused_until, promise.due_at) == ("paused", start, end)
    assert promise.agreement == "明天下午"
    watch.run(session, now=start)
    assert promise.state == "open" and promise.due_at == end


def test_a_time_before_the_promise_is_due_pauses_nothing(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, when_text="今天下午", when_start=now + 3 * H, when_end=now + 7 * H)
    assert on_site(session, case).state == "open"


def test_a_time_that_has_begun_already_pauses_nothing(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, when_text="今天", when_start=now - H, when_end=now + 9 * H)
    assert on_site(session, case).due_at == now + 8 * H


def test_a_time_named_later_replaces_the_one_before(session: Session, who: House, now: dt.datetime) -> None:
    tomorrow = {"when_text": "明天下午", "when_start": now + 27 * H, "when_end": now + 32 * H}
    case = repair(session, who, now, **tomorrow)
    today = {"when_text": "今天下午", "when_start": now + 3 * H, "when_end": now + 8 * H}
    repairs.update_repair(session, case, today, by=who.by_customer, now=now + H)
    assert (on_site(session, case).state, on_site(session, case).due_at) == ("open", now + 9 * H)
    repairs.update_repair(session, case, tomorrow, by=who.by_customer, now=now + 2 * H)
    assert (on_site(session, case).state, on_site(session, case).due_at) == ("paused", now + 32 * H)


def test_an_urgent_case_is_never_paused_by_a_time_at_home(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now, urgent=True, when_text="明天", when_start=now + 20 * H, when_end=now + 30 * H)
    assert on_site(session, case).due_at == now + 2 * H


def test_a_pause_by_staff_moves_the_due_moment_and_resuming_early_takes_the_rest_back(
    session: Session, who: House, now: dt.datetime
) -> None:
    case = repair(session, who, now)
    visits.accept(session, case, by=who.by_crew, now=now)
    care.pause(session, case, until=now + 11 * H, words="周六上午来", by=who.by_staff, now=now + H)
    assert case.next_due_at == now + 18 * H
    assert watch.run(session, now=now + 9 * H) == 0
    care.resume(session, case, by=who.by_staff, now=now + 5 * H)
    assert case.next_due_at == now + 12 * H


@pytest.mark.parametrize(("words", "hours"), [("", 5), ("  ", 5), ("周六来", 0), ("周六来", -1)])
def test_a_pause_without_words_or_into_the_past_is_refused(
    session: Session, who: House, now: dt.datetime, words: str, hours: int
) -> None:
    case = repair(session, who, now)
    with pytest.raises(Missing):
        care.pause(session, case, until=now + hours * H, words=words, by=who.by_staff, now=now)
    assert on_site(session, case).state == "open"


def test_a_missed_promise_cannot_be_paused_away(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    watch.run(session, now=now + 8 * H)
    with pytest.raises(NothingToPause):
        care.pause(session, case, until=now + 20 * H, words="明天来", by=who.by_staff, now=now + 9 * H)


def test_promising_the_same_again_promises_nothing_new(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    assert promises.make(session, "repair.on_site", case, now=now + H) is on_site(session, case)


def test_working_time_promises_count_office_hours(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    promise = promises.make(session, "repair.dissatisfied", case, now=now)
    # Said on a Saturday: Monday has seven and a half hours of office, the last half hour is Tuesday's first.
    assert promise.due_at == dt.datetime(2026, 11, 24, 1, 30, tzinfo=dt.UTC)


def test_a_manager_changes_the_number_and_the_next_promise_uses_it(
    session: Session, who: House, now: dt.datetime
) -> None:
    promises.policy(session, "repair.on_site").minutes = 120
    assert on_site(session, repair(session, who, now)).due_at == now + 2 * H
