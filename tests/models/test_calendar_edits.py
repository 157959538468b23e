"""Every kind of planned thing against an edit of the calendar; the table is docs/decisions/calendar-edits.md."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Appointment, Escalation, Outgoing, Phase, Touch
from models.actors import SYSTEM, By
from models.desk import promises, watch
from models.desk.callback import callbacks, calls, control, rhythm, slips
from models.desk.callback.callbacks import Try
from models.desk.callback.calls import Wish
from models.desk.staff import absences, cover
from models.desk.staff.absences import Leave
from models.desk.talk import conversations
from models.worktime import SHANGHAI
from tests.models.builders import house, repair
from tests.models.following import at, home, lead, runs
from tests.models.test_redating import change

pytestmark = pytest.mark.sqlite_only  # plain rows
H = dt.timedelta(hours=1)
TUESDAY, WEDNESDAY, THURSDAY = (dt.date(2026, 11, day) for day in (24, 25, 26))


@pytest.fixture
def now() -> dt.datetime:
    """Monday, ten in the morning."""
    return at(23, 10)


@pytest.fixture
def who(session, now):
    return house(session, now)


def clashes(session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(Escalation).where(Escalation.kind == "told_then_shut").order_by(Escalation.id))
    return [(row.words, row.owner.name, row.state) for row in rows]


def asked_about_a_phase(session, who, now):
    rhythm.ensure(session)
    phase = Phase(project=who.project, name="中期验收", position=5, actual_on=dt.date(2026, 11, 23))
    session.add(phase)
    session.flush()
    assert control.plan(session, now=now) == 1
    return callbacks.of(session, about=who.project)[0]


def after_an_answer(session, who, now):
    slip = slips.raise_(session, repair(session, who, now), "没修好", by=SYSTEM, now=now)
    return slips.answer(session, slip, "明天换", promised_at=at(24, 8), by=who.by_staff, now=now)


def by_policy(session, who, now):
    return callbacks.ask(session, "repair_done", about=repair(session, who, now), now=now)


def nobody_answered(session, who, now):
    call = calls.arrange(session, conversations.of(session, who.homeowner), Wish(at(23, 10, 30)), now=now)
    callbacks.attempt(session, call, Try("no_answer", next_at=at(24, 10)), by=who.by_staff, now=now)
    return call


@pytest.mark.parametrize(
    ("make", "due", "moved"),
    [
        (by_policy, at(24, 10, 30), at(25, 10, 30)), (asked_about_a_phase, at(24, 10), at(25, 9)),
        (after_an_answer, at(24, 10), at(25, 9)), (nobody_answered, at(24, 10), at(25, 9)),
    ],
)  # fmt: skip
def test_a_call_that_nobody_was_told_moves_with_the_calendar_and_back(session, who, now, make, due, moved):
    call = make(session, who, now)
    call.from_at = at(24, 9)
    assert call.due_at == due
    change(session, now, [TUESDAY], works=False)
    promise = promises.find(session, "callback.due", call)
    assert (call.due_at, promise.due_at, call.events[-1].name, call.events[-1].reason) == (
        moved, moved, "moved", "办公日历改了",
    )  # fmt: skip
    assert call.from_at == at(25, 9) and promise.warn_at < moved
    assert clashes(session) == []
    change(session, now, [TUESDAY], works=True)
    # The next try was somebody's guess; everything else is reckoned from what it was reckoned from before.
    assert call.due_at == (moved if make is nobody_answered else due)


def arranged(session, who, now):
    return calls.arrange(session, conversations.of(session, who.homeowner), Wish(at(24, 10)), now=now)


def agreed(session, who, now):
    call = by_policy(session, who, now)
    callbacks.attempt(session, call, Try("later", next_at=at(24, 10, 30)), by=who.by_staff, now=now)
    return call


@pytest.mark.parametrize("make", [arranged, agreed])
def test_a_moment_that_the_customer_was_told_stays_and_somebody_settles_it(session, who, now, make):
    call = make(session, who, now)
    due = call.due_at
    for _ in range(2):
        change(session, now, [TUESDAY], works=False)
    assert (call.due_at, promises.find(session, "callback.due", call).due_at) == (due, due)
    assert clashes(session) == [("2026-11-24 10:30", "小林", "open")]
    change(session, now, [WEDNESDAY], works=False)
    assert len(clashes(session)) == 1, "that day was told to nobody"
    change(session, now, [TUESDAY], works=True)
    assert clashes(session) == [("2026-11-24 10:30", "小林", "resolved")]


def test_a_told_day_that_is_shut_once_more_is_a_matter_once_more(session, who, now):
    """Done, taken back and done after all: whoever was told that day has somebody to settle it with."""
    agreed(session, who, now)
    for works in (False, True, False):
        change(session, now, [TUESDAY], works=works)
    assert [state for _, _, state in clashes(session)] == ["resolved", "open"]
    watch.run(session, now=now)
    assert [state for _, _, state in clashes(session)] == ["resolved", "open"]
    change(session, now, [TUESDAY], works=True)
    assert [state for _, _, state in clashes(session)] == ["resolved", "resolved"]


def another(session, call, who, now):
    callbacks.attempt(session, call, Try("later", next_at=at(25, 11)), by=who.by_staff, now=now)


def called_off(session, call, who, now):
    callbacks.drop(session, call, reason="客户取消", by=who.by_staff, now=now)


@pytest.mark.parametrize("settled", [another, called_off])
def test_it_is_settled_when_the_moment_is_none_any_more(session, who, now, settled):
    call = agreed(session, who, now)
    change(session, now, [TUESDAY], works=False)
    watch.run(session, now=now)
    assert clashes(session)[0][2] == "open"
    settled(session, call, who, now + H)
    for _ in range(2):
        watch.run(session, now=now + H)
    assert clashes(session)[0][2] == "resolved"


def test_a_visit_and_the_end_of_a_privacy_request_stay_and_are_settled(session, who, now):
    enquiry = lead(session, now)
    visit = Appointment(
        number="YY1", visit="showroom", enquiry=enquiry, follower=enquiry.follower, customer=enquiry.customer, moved=0,
        opened_at=now, start_at=at(24, 14), end_at=at(24, 15), _state="booked", owner=who.manager,
    )  # fmt: skip
    session.add(visit)
    case = repair(session, who, now)
    told = promises.make(session, "privacy.answer", case, now=now, due_at=at(24, 18))
    ours = promises.make(session, "suggestion.answer", case, now=now, due_at=at(24, 18))
    quote = promises.make(session, "quote.answer", case, now=now, due_at=at(24, 18))
    session.flush()
    change(session, now, [TUESDAY], works=False)
    assert visit.start_at == at(24, 14) and {told.due_at, ours.due_at, quote.due_at} == {at(24, 18)}
    assert sorted(one[0] for one in clashes(session)) == ["2026-11-24 14:00", "2026-11-24 18:00"]
    watch.run(session, now=now)
    assert {one[2] for one in clashes(session)} == {"open"}
    promises.meet(session, told, now=now)
    visit.move("cancelled", by=SYSTEM, now=now)
    watch.run(session, now=now)
    assert {one[2] for one in clashes(session)} == {"resolved"}


def test_steps_of_plans_wait_for_the_office_and_do_not_expire_for_it(session, who, now):
    """Three days closed take nothing of the two working days for which a step is of use."""
    lead(session, now)
    runs(session, now)
    query = select(Touch).where(Touch.state == "planned").order_by(Touch.due_at)
    third = session.scalars(query).first()
    assert (third.planned_for, third.due_at) == (at(26, 10), at(26, 10))
    days = [THURSDAY + n * dt.timedelta(days=1) for n in (0, 1)] + [dt.date(2026, 11, day) for day in (30,)]
    change(session, now, days, works=False)
    assert third.planned_for == third.due_at == dt.datetime(2026, 12, 1, 10, tzinfo=SHANGHAI)
    assert third.useless_after > third.due_at + 24 * H
    change(session, now, days, works=True)
    assert (third.planned_for, third.due_at) == (at(26, 10), at(26, 10))


def test_a_step_that_was_put_off_is_looked_at_when_it_was_going_to_be(session, who, now):
    lead(session, now)
    runs(session, now)
    third = session.scalars(select(Touch).where(Touch.state == "planned").order_by(Touch.due_at)).first()
    third.due_at, third.reason = at(27, 11), "complaint_open"
    session.flush()
    change(session, now, [THURSDAY], works=False)
    assert (third.due_at, third.planned_for, third.reason) == (at(27, 11), at(27, 10), "complaint_open")


def test_messages_wishes_and_deadlines_by_the_clock_do_not_know_the_office(session, who, now):
    home(session, now, "o-other")
    case = repair(session, who, now)
    session.flush()
    before = {row.id: (row.not_before, row.not_after, row.next_try_at) for row in session.scalars(select(Outgoing))}
    on_site = promises.find(session, "repair.on_site", case)
    due = on_site.due_at
    change(session, now, [dt.date(2026, 11, 23), TUESDAY], works=False)
    assert on_site.due_at == due
    assert before == {
        row.id: (row.not_before, row.not_after, row.next_try_at) for row in session.scalars(select(Outgoing))
    }


def test_a_call_that_moves_into_an_absence_goes_to_who_stands_in(session, who, now):
    """An absence hands on what is due in it when it begins; what moves into it later finds somebody as well."""
    call = asked_about_a_phase(session, who, now)
    assert call.owner is who.agent
    absences.enter(session, who.agent, Leave(at(23, 9), at(24, 9), "病假"), by=By("system"), now=now)
    call.owner = who.agent
    cover.run(session, now=now)
    assert call.owner is who.agent, "due when they are back"
    callbacks.reschedule(session, call, at(23, 15), by=SYSTEM, now=now)
    assert call.owner is who.manager
    assert promises.find(session, "callback.due", call).owner is who.manager
    assert [event.name for event in call.events][-2:] == ["moved", "assigned"]
