"""Following people up: who begins, when each step is due, what ends it, what moves it, and what never happens."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Complaint, Enrolment, Outgoing, ProjectMember, Touch
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.followup import enrolments, joining, releasing, sequences
from models.desk.house import buildings
from models.desk.sales import enquiries
from models.desk.talk import conversations
from tests.models.following import DAY, HOUR, OPEN, at, handed_over, home, lead, planned, runs, steps, visited

pytestmark = pytest.mark.sqlite_only  # rules; races and statements run on both in tests/jobs/test_sequences.py
MONDAY = at(23)


def written(session: Session) -> list[str]:
    rows = session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up").order_by(Outgoing.id))
    return [row.text_key for row in rows]


def one(session: Session) -> Enrolment:
    return session.scalars(select(Enrolment)).one()


@pytest.fixture
def asked(session: Session):
    """The plans stand since Monday, and somebody asked at ten."""
    runs(session, MONDAY - HOUR)
    return lead(session, MONDAY)


def test_an_enquiry_is_followed_up_at_once_and_on_days_3_5_7_and_15(session, asked) -> None:
    runs(session, MONDAY)
    days = [(row.step.offset_days, row.planned_for) for row in one(session).touches]
    # Day 5 is a Saturday and waits for Monday, like day 7.
    assert sorted(days) == [(0, MONDAY), (3, at(26)), (5, at(30)), (7, at(30)), (15, at(8, month=12))]
    assert len(planned(session)) == 4 and written(session) == ["follow.asked"]


def test_planning_twice_begins_once_and_says_each_thing_once(session, asked) -> None:
    for minute in (0, 1, 2):
        runs(session, MONDAY + dt.timedelta(minutes=minute))
    assert len(session.scalars(select(Enrolment)).all()) == 1
    assert written(session) == ["follow.asked"]


def test_somebody_who_is_just_writing_is_left_to_it(session, asked) -> None:
    asked.follower.last_heard_at = MONDAY
    runs(session, MONDAY)
    assert written(session) == [] and steps(session)[0] == (0, "planned", "is_writing")
    runs(session, MONDAY + 3 * HOUR + HOUR / 2)
    assert written(session) == ["follow.asked"]


def test_what_happened_before_a_plan_was_switched_on_starts_nothing(session) -> None:
    lead(session, MONDAY - DAY)
    runs(session, MONDAY)
    assert session.scalars(select(Enrolment)).all() == []


def test_a_shut_window_becomes_a_call_where_the_plan_says_so_and_waits_otherwise(session, asked) -> None:
    asked.follower.reply_until = None
    runs(session, MONDAY)
    assert written(session) == ["follow.asked"]  # it goes out with the person's next word, or expires
    runs(session, at(8, month=12) + HOUR)
    assert steps(session)[-1] == (15, "done", "window_closed")
    call = session.scalars(select(Callback)).one()
    assert (call.purpose, call.ticket, call.script) == ("follow_up", asked, "follow.last")


@pytest.mark.parametrize("why", ["signed", "lost", "opted_out", "not_following", "new_visit"])
def test_it_ends_and_what_waits_is_not_sent(session, asked, why) -> None:
    asked.follower.reply_until = None
    runs(session, MONDAY)
    now = MONDAY + 2 * HOUR
    if why == "signed":
        enquiries.won(session, asked, by=SYSTEM, now=now)
    elif why == "lost":
        enquiries.lost(session, asked, reason="找了别家", by=SYSTEM, now=now)
    elif why == "opted_out":
        people.opt_out(session, asked.follower, words="退订", now=now)
    elif why == "not_following":
        people.unfollow(session, asked.follower, now=now)
    else:
        visited(session, asked, now + DAY, _state="booked", closed_at=None, opened_at=now)
    runs(session, now)
    enrolment = one(session)
    assert (enrolment.state, enrolment.reason) == ("stopped", why)
    assert [event.name for event in enrolment.events] == ["joined", "stopped"]
    assert {state for _, state, _ in steps(session)} <= {"stopped"}
    letters = session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up")).all()
    assert {row.state for row in letters} <= {"cancelled", "refused"}
    runs(session, at(9, month=12))
    assert len(letters) == len(written(session)) and session.scalars(select(Callback)).all() == []


def test_a_message_promised_in_the_second_of_stopping_is_taken_back(session, asked) -> None:
    sequences.plant(session, now=MONDAY)
    for plan in sequences.all_current(session):
        joining.run(session, plan, now=MONDAY)
    enrolment = one(session)
    first = next(row for row in enrolment.touches if row.planned_for == MONDAY)
    session.commit()
    with Session(session.get_bind()) as worker:
        assert releasing.release(worker, OPEN, now=MONDAY) == 1
        worker.commit()
    assert first.state == "planned", "as the page saw it"
    enrolments.stop(session, enrolment, by=SYSTEM, now=MONDAY, why="by_hand")
    session.flush()
    assert first.state == "stopped"
    assert {row.state for row in session.scalars(select(Outgoing).where(Outgoing.purpose == "follow_up"))} == {
        "cancelled"
    }


def test_a_plan_that_does_not_end_by_signing_goes_on(session) -> None:
    runs(session, MONDAY - HOUR)
    plan = sequences.current(session, "enquiry")
    longer = sequences.Plan(plan.name, "enquiry", sequences.plan_of(plan).steps, ("lost",))
    sequences.revise(session, plan, longer, by=SYSTEM, now=MONDAY - HOUR)
    enquiry = lead(session, MONDAY)
    enquiries.won(session, enquiry, by=SYSTEM, now=MONDAY + HOUR)
    runs(session, MONDAY + 2 * HOUR)
    assert session.scalars(select(Enrolment)).all() == []  # who has signed is no lead any more
    other = lead(session, MONDAY, "o-other")
    runs(session, MONDAY + 2 * HOUR)
    enquiries.won(session, other, by=SYSTEM, now=MONDAY + 3 * HOUR)
    runs(session, MONDAY + 3 * HOUR)
    assert one(session).is_running


def test_it_rests_while_a_person_talks_with_them(session, asked) -> None:
    talk = conversations.of(session, asked.follower)
    talk.owner = "agent"
    runs(session, MONDAY)
    assert written(session) == [] and steps(session)[0] == (0, "planned", "in_conversation")
    talk.owner = "bot"
    runs(session, MONDAY + 3 * HOUR + HOUR / 2)
    assert written(session) == ["follow.asked"]


def test_a_complaint_of_the_household_keeps_everything_back_until_it_is_too_late(session, asked) -> None:
    session.add(Complaint(number="TS1", customer=asked.customer, opened_at=MONDAY, _state="registered", problem="x"))
    session.flush()
    for hour in range(0, 24 * 6, 3):
        runs(session, MONDAY + hour * HOUR)
    assert written(session) == [] and session.scalars(select(Callback)).all() == []
    assert steps(session)[:2] == [(0, "expired", "complaint_open"), (3, "planned", "complaint_open")]


def test_a_household_has_one_step_a_day_whoever_of_it_is_meant(session) -> None:
    runs(session, MONDAY - HOUR)
    husband, wife = lead(session, MONDAY, "o-he"), lead(session, MONDAY, "o-she", name="陈明")
    house = home(session, MONDAY - 99 * DAY, "")
    session.add_all([ProjectMember(project=house, customer=one.customer, role="family") for one in (husband, wife)])
    session.flush()
    runs(session, MONDAY)
    assert written(session) == ["follow.asked"]
    second = session.scalars(select(Touch).where(Touch.reason == "touched_lately")).one()
    assert second.due_at == at(24, 9)
    runs(session, at(23, 17))
    assert written(session) == ["follow.asked"]


def test_late_steps_expire_and_of_two_that_are_due_only_the_newest_is_taken(session, asked) -> None:
    runs(session, MONDAY)
    # The clock was down from Monday to the next Monday noon: day 3 is long over, days 5 and 7 fall on this morning.
    runs(session, at(30, 14))
    assert steps(session) == [
        (0, "done", ""), (3, "expired", "overtaken"), (5, "expired", "overtaken"), (7, "done", ""), (15, "planned", ""),
    ]  # fmt: skip
    assert written(session) == ["follow.asked", "follow.asked_7"]


def test_two_days_without_a_clock_are_caught_up_without_flooding(session, asked) -> None:
    runs(session, MONDAY)
    runs(session, at(27, 11))
    assert steps(session)[1] == (3, "done", "") and written(session) == ["follow.asked", "follow.asked_3"]


def test_a_step_that_nobody_could_take_in_time_expires_visibly(session, asked) -> None:
    runs(session, MONDAY)
    runs(session, at(11, 11, month=12))
    assert steps(session)[-1] == (15, "expired", "too_late") and one(session).state == "finished"


def test_nothing_is_taken_outside_office_hours_however_late_it_is(session, asked) -> None:
    runs(session, MONDAY)
    runs(session, at(29, 11))  # a Sunday, after two days without a clock
    assert steps(session)[1] == (3, "planned", "") and planned(session)[0].isoformat() == "2026-11-30T09:00:00"


def test_after_a_visit_they_are_thanked_and_a_booked_visit_silences_the_rest(session, asked) -> None:
    visited(session, asked, MONDAY + HOUR)
    runs(session, MONDAY + 4 * HOUR)
    visit = session.scalars(select(Enrolment).where(Enrolment.key.startswith("visit"))).one()
    assert written(session) == ["follow.visited"]
    assert [row.reason for row in session.scalars(select(Enrolment))].count("new_visit") == 1  # the enquiry's own plan
    facts = session.scalars(select(Outgoing.facts).where(Outgoing.text_key == "follow.visited")).one()
    assert facts["visit"] == "showroom" and facts["call"] == "吴女士"
    visited(session, asked, at(28), number="YY2", _state="booked", opened_at=MONDAY, closed_at=None)
    runs(session, at(26, 10, 1))
    assert steps(session, visit)[1] == (3, "skipped", "no_visit")


def test_the_household_of_a_finished_house_is_asked_and_called(session) -> None:
    runs(session, MONDAY - HOUR)
    house = home(session, MONDAY, created_at=MONDAY - 99 * DAY)
    house.completed_on = at(23).date()
    session.flush()
    runs(session, MONDAY + HOUR)
    runs(session, at(26, 10, 1))
    runs(session, at(3, 10, 1, month=12))
    assert written(session) == ["follow.moved_in"] and one(session).state == "finished"
    assert session.scalars(select(Callback)).one().project is house


def test_owners_of_a_building_hear_30_15_and_3_days_before_and_late_ones_begin_in_the_middle(session) -> None:
    runs(session, MONDAY - HOUR)
    sequences.switch_off(session, sequences.current(session, "enquiry"), by=SYSTEM, now=MONDAY - HOUR)
    early = home(session, MONDAY)
    handed_over(session, dt.date(2026, 12, 23))
    asker = lead(session, MONDAY, house_text="翡翠 8栋 302")
    decoys = [lead(session, MONDAY, f"o-{n}", house_text=text) for n, text in enumerate(("翡翠城18幢1", "城西8幢", ""))]
    runs(session, MONDAY + HOUR)
    meant = session.scalars(select(Enrolment).where(Enrolment.building_id.is_not(None))).all()
    assert {(row.project_id, row.customer_id) for row in meant if row.project_id} == {(early.id, meant[0].customer_id)}
    assert {row.ticket_id for row in meant if row.ticket_id} == {asker.id} and decoys
    # 23 November is 30 days before, at ten; both joined at eleven.
    assert [steps(session, row)[0] for row in meant] == [(-30, "skipped", "joined_late")] * 2
    late = home(session, at(14, month=12), "o-late", room="1702")
    for now in (at(8, 10, 5, 12), at(14, 10, 5, 12), at(21, 10, 5, 12)):
        runs(session, now)
    row = session.scalars(select(Enrolment).where(Enrolment.project_id == late.id)).one()
    assert [state for _, state, _ in steps(session, row)] == ["skipped", "skipped", "skipped"]
    row = session.scalars(select(Enrolment).where(Enrolment.ticket_id == asker.id)).one()
    assert [state for _, state, _ in steps(session, row)] == ["skipped", "done", "done"]


def test_moving_a_handover_moves_what_has_not_left_and_nothing_that_has(session) -> None:
    runs(session, at(16, 9))
    home(session, at(16, 9), "o-1")
    home(session, at(16, 9), "o-2", room="1702")
    building = handed_over(session, dt.date(2026, 12, 17))
    runs(session, at(16, 10))
    runs(session, at(17, 10, 1))
    first, second = session.scalars(select(Outgoing).where(Outgoing.text_key == "follow.keys_30"))
    outbox.move(first, "sending", now=at(17))
    outbox.move(first, "sent", now=at(17))
    session.flush()
    buildings.set_handover(session, building, dt.date(2027, 1, 20), by=SYSTEM, now=at(17, 11))
    told, waiting = session.scalars(select(Enrolment).order_by(Enrolment.id))
    assert [(touch.state, touch.moved) for touch in told.touches] == [("done", 0), ("planned", 1), ("planned", 1)]
    assert told.touches[0].outgoing is first and told.touches[0].planned_for == at(17)
    assert [touch.planned_for for touch in waiting.touches] == [at(21, month=12), *_january(5, 18)]
    assert second.state == "cancelled" and waiting.events[-1].reason == "2026-12-17 → 2027-01-20"
    runs(session, at(21, 10, 1, 12))
    keys = session.scalars(select(Outgoing.dedupe_key).where(Outgoing.text_key == "follow.keys_30")).all()
    assert len(set(keys)) == 3 and waiting.touches[0].state == "done"
    assert [touch.state for touch in told.touches] == ["done", "planned", "planned"]


def _january(*days: int) -> list[dt.datetime]:
    return [at(day, month=1).replace(year=2027) for day in days]


def test_a_date_that_is_taken_back_rests_and_a_new_one_goes_on(session) -> None:
    runs(session, at(16, 9))
    home(session, at(16, 9))
    building = handed_over(session, dt.date(2026, 12, 23))
    runs(session, at(16, 10))
    buildings.set_handover(session, building, None, by=SYSTEM, now=at(16, 11))
    assert (one(session).state, one(session).reason) == ("stopped", "no_date")
    buildings.set_handover(session, building, dt.date(2026, 12, 23), by=SYSTEM, now=at(16, 12))
    assert one(session).is_running and len(planned(session)) == 3
    # A date that comes nearer: what would have been before today expires where it can be read.
    buildings.set_handover(session, building, dt.date(2026, 11, 25), by=SYSTEM, now=at(16, 13))
    assert [state for _, state, _ in steps(session)] == ["expired", "expired", "planned"]
