"""Callbacks: asked for once, tried, promised again, done or dropped; slips go round until the customer is content."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Escalation, Outgoing, Promise, Repair, Slip, Staff, states
from models.actors import SYSTEM
from models.desk import promises, watch
from models.desk.account import people
from models.desk.callback import callbacks, slips
from models.desk.callback.callbacks import Try
from models.desk.talk import conversations
from models.errors import IllegalMove, Missing
from tests.models.builders import House, house, repair

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def monday(now: dt.datetime) -> dt.datetime:
    """Monday morning, ten o'clock, with somebody in the office."""
    return now + 2 * DAY


@pytest.fixture
def who(session: Session, monday: dt.datetime) -> House:
    return house(session, monday)


def asked(session: Session, who: House, at: dt.datetime, **more) -> Callback:
    return callbacks.ask(session, "repair_done", about=repair(session, who, at), now=at, **more)


def test_a_callback_has_a_number_a_phone_an_owner_and_a_promised_moment(session, who, monday) -> None:
    call = asked(session, who, monday, due_at=monday + 3 * H)
    assert call.number == "HF20261123-0001"
    assert (call.customer, call.follower, call.phone) == (who.customer, who.homeowner, "13800138000")
    assert (call.owner, call.project, call.house, call.call) == (who.agent, who.project, "翡翠城8幢1602", "陈先生")
    promise = promises.find(session, "callback.due", call)
    # One o'clock is lunch: nobody would call before half past one.
    assert (promise.about, promise.due_at, promise.owner) == (call, monday + 3 * H + 30 * M, who.agent)


def test_asking_again_for_the_same_returns_the_callback_there_is(session, who, monday) -> None:
    case = repair(session, who, monday)
    first = callbacks.ask(session, "repair_done", about=case, now=monday)
    assert callbacks.ask(session, "repair_done", about=case, now=monday + H) is first
    other = callbacks.ask(session, "repair_done", about=case, now=monday, key="repair_done:2")
    assert other is not first and other.number == "HF20261123-0002"
    assert len(session.scalars(select(Promise).where(Promise.callback_id.is_not(None))).all()) == 2


def test_nobody_is_called_at_night_or_on_a_sunday(session, who, now, monday) -> None:
    call = asked(session, who, now, due_at=now + 30 * H)
    assert call.due_at == monday - H


def test_without_a_moment_the_policy_decides_and_urgent_ones_come_first(session, who, monday) -> None:
    case = repair(session, who, monday)
    assert callbacks.ask(session, "quote_lapsed", about=case, now=monday).due_at == monday + DAY + 30 * M
    assert callbacks.ask(session, "complaint_done", about=case, now=monday, urgent=True).due_at == monday + H


def test_a_callback_may_be_about_a_site_a_conversation_or_a_stranger(session, who, monday) -> None:
    site = callbacks.ask(session, "control_point", about=who.project, now=monday)
    assert (site.customer, site.follower, site.phone) == (who.customer, who.homeowner, who.customer.phone)
    stranger = people.find_or_add(session, "o-stranger", now=monday)
    thread = conversations.of(session, stranger)
    call = callbacks.ask(session, "asked_by_customer", about=thread, now=monday, phone="13900139000", words="量房")
    assert (call.customer, call.follower, call.phone, call.call) == (None, stranger, "13900139000", "")


def test_dialling_keeps_the_promise_and_the_next_try_is_promised(session, who, monday) -> None:
    call = asked(session, who, monday, due_at=monday + H)
    callbacks.attempt(session, call, Try("no_answer"), by=who.by_staff, now=monday + 30 * M)
    first, second = session.scalars(select(Promise).where(Promise.callback_id == call.id).order_by(Promise.id))
    assert (first.kept, second.state) == (True, "open")
    # Two hours later is lunch.
    assert call.due_at == second.due_at == monday + 3 * H + 30 * M
    callbacks.attempt(session, call, Try("later", monday + 5 * H, "下午三点"), by=who.by_staff, now=monday + 4 * H)
    callbacks.attempt(session, call, Try("reached", words="满意"), by=who.by_staff, now=monday + 5 * H)
    callbacks.done(session, call, by=who.by_staff, now=monday + 5 * H, words="满意")
    assert [one.outcome for one in call.attempts] == ["no_answer", "later", "reached"]
    assert (call.state, call.valid, call.result, callbacks.unsuccessful(call)) == ("done", True, "满意", 1)
    assert promises.find(session, "callback.due", call) is None
    assert [(e.name, e.from_state, e.to_state) for e in call.events] == [("asked", "", ""), ("done", "open", "done")]


def test_who_does_not_want_to_be_called_is_not_called_again(session, who, monday) -> None:
    call = asked(session, who, monday)
    callbacks.attempt(session, call, Try("refused", words="别打了"), by=who.by_staff, now=monday + H)
    assert (call.state, call.valid, call.result) == ("dropped", False, "别打了")
    assert promises.find(session, "callback.due", call) is None


@pytest.mark.parametrize(
    "tried", [Try("later"), Try("shouted"), Try("no_answer", dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC))]
)
def test_an_attempt_without_a_sense_is_refused(session, who, monday, tried) -> None:
    call = asked(session, who, monday)
    with pytest.raises(Missing):
        callbacks.attempt(session, call, tried, by=who.by_staff, now=monday)
    assert call.attempts == []


@pytest.mark.parametrize("end", ["done", "dropped"])
def test_what_is_over_stays_over(session, who, monday, end) -> None:
    call = asked(session, who, monday)
    if end == "done":
        callbacks.done(session, call, by=who.by_staff, now=monday)
    else:
        callbacks.drop(session, call, by=who.by_staff, now=monday, reason="搬走了")
    steps = [
        lambda: callbacks.attempt(session, call, Try("reached"), by=who.by_staff, now=monday),
        lambda: callbacks.done(session, call, by=who.by_staff, now=monday),
        lambda: callbacks.drop(session, call, by=who.by_staff, now=monday, reason="x"),
        lambda: callbacks.reschedule(session, call, monday + DAY, by=who.by_staff, now=monday),
        lambda: callbacks.assign(session, call, who.manager, by=who.by_staff, now=monday),
    ]
    for step in steps:
        with pytest.raises(IllegalMove):
            step()
    assert call.state == end


def test_dropping_needs_a_reason(session, who, monday) -> None:
    with pytest.raises(Missing):
        callbacks.drop(session, asked(session, who, monday), by=who.by_staff, now=monday, reason=" ")


def test_a_date_that_moves_takes_its_callback_along(session, who, monday) -> None:
    call = asked(session, who, monday, due_at=monday + DAY)
    callbacks.reschedule(session, call, monday + 3 * DAY, by=SYSTEM, now=monday, reason="中期验收改期")
    assert call.due_at == promises.find(session, "callback.due", call).due_at == monday + 3 * DAY
    assert call.events[-1].name == "moved"


def test_work_is_shared_by_those_who_have_least(session, who, monday) -> None:
    second = Staff(username="lin2", name="小许", role=who.agent.role)
    session.add(second)
    case = repair(session, who, monday)
    owners = [callbacks.ask(session, f"p{n}", about=case, now=monday).owner for n in range(4)]
    assert owners == [who.agent, second, who.agent, second]
    callbacks.assign(session, call := callbacks.of(session, about=case)[0], second, by=who.by_staff, now=monday)
    assert promises.find(session, "callback.due", call).owner == second


def test_a_callback_that_nobody_made_climbs_from_its_owner_to_the_manager(session, who, monday) -> None:
    colleague = people.find_or_add(session, "o-agent", now=monday)
    colleague.staff = who.agent
    call = asked(session, who, monday, due_at=monday + H)
    watch.run(session, now=monday + 45 * M)
    told = session.scalars(select(Outgoing).where(Outgoing.follower_id == colleague.id)).all()
    near = [row for row in told if row.text_key == "staff.promise_near"]
    assert [row.facts["number"] for row in near] == [call.number]
    watch.run(session, now=monday + H)
    mine = select(Escalation).where(Escalation.callback_id == call.id)
    row = session.scalars(mine).one()
    assert (row.about, row.kind, row.owner, row.level) == (call, "promise_missed", who.agent, 0)
    watch.run(session, now=monday + H + 30 * M)
    assert (row.owner, row.level) == (who.manager, 1)
    callbacks.attempt(session, call, Try("reached"), by=who.by_staff, now=monday + 2 * H)
    assert session.scalars(select(Promise).where(Promise.callback_id == call.id)).one().kept is False


# -- slips ------------------------------------------------------------------------------------------------


def slip(session: Session, who: House, at: dt.datetime) -> Slip:
    return slips.raise_(session, repair(session, who, at), "还在滴水", by=who.by_customer, now=at, source="survey")


def test_a_slip_names_who_answers_for_it_and_until_when(session, who, monday) -> None:
    row = slip(session, who, monday)
    assert (row.number, row.owner, row.customer, row.house) == (
        "LX20261123-0001", who.engineer, who.customer, "翡翠城8幢1602",
    )  # fmt: skip
    owed = {p.policy.name: p.due_at - monday for p in session.scalars(select(Promise).where(Promise.slip_id == row.id))}
    assert owed == {"slip.answer": DAY, "slip.due": 2 * DAY}


def test_round_by_round_until_the_customer_is_content(session, who, monday) -> None:
    row = slip(session, who, monday)
    call = slips.answer(session, row, "换角阀", promised_at=monday + 2 * H, by=who.by_staff, now=monday + H)
    assert (row.state, call.purpose, call.slip, call.due_at) == ("answered", "slip", row, monday + 4 * H)
    slips.called(session, row, satisfied=False, words="又滴了", by=who.by_staff, now=monday + 5 * H)
    assert (row.state, row.round, row.current.problem, call.state) == ("open", 2, "又滴了", "done")
    assert promises.find(session, "slip.answer", row).made_at == monday + 5 * H
    again = slips.answer(session, row, "换水龙头", promised_at=monday + 8 * H, by=who.by_staff, now=monday + 6 * H)
    assert again is not call
    slips.called(session, row, satisfied=True, words="好了", by=who.by_staff, now=monday + DAY)
    assert (row.state, row.close_reason, [r.satisfied for r in row.rounds]) == ("closed", "好了", [False, True])
    assert {p.state for p in session.scalars(select(Promise).where(Promise.slip_id == row.id))} == {"met"}
    assert again.state == "done"


def test_another_plan_replaces_the_first_and_moves_the_call(session, who, monday) -> None:
    row = slip(session, who, monday)
    call = slips.answer(session, row, "换角阀", promised_at=monday + 2 * H, by=who.by_staff, now=monday)
    assert slips.answer(session, row, "换龙头", promised_at=monday + DAY, by=who.by_staff, now=monday + H) is call
    assert (row.current.measures, call.due_at) == ("换龙头", monday + DAY + 3 * H + 30 * M)


def test_more_words_of_the_same_displeasure_open_no_second_slip(session, who, monday) -> None:
    row = slip(session, who, monday)
    assert slips.raise_(session, row.ticket, "还在滴水", by=who.by_customer, now=monday + H) is row
    assert slips.raise_(session, row.ticket, "柜子也泡了", by=who.by_customer, now=monday + H) is row
    assert (row.round, row.current.problem) == (1, "还在滴水；柜子也泡了")
    slips.answer(session, row, "换角阀", promised_at=monday + 3 * H, by=who.by_staff, now=monday + 2 * H)
    slips.raise_(session, row.ticket, "还是滴", by=who.by_customer, now=monday + 4 * H)
    assert (row.round, row.state) == (2, "open")
    slips.close(session, row, reason="客户同意换新龙头，另单处理", by=who.by_staff, now=monday + 5 * H)
    other = slips.raise_(session, row.ticket, "又来了", by=who.by_customer, now=monday + DAY)
    assert other is not row and other.number == "LX20261124-0001"


def test_what_is_not_settled_in_two_days_is_the_managers(session, who, monday) -> None:
    row = slip(session, who, monday)
    slips.answer(session, row, "等配件", promised_at=monday + 4 * DAY, by=who.by_staff, now=monday + H)
    watch.run(session, now=monday + 2 * DAY)
    late = session.scalars(select(Escalation).where(Escalation.slip_id == row.id)).one()
    assert (late.owner, late.words) == (who.manager, "联系单办结")
    watch.run(session, now=monday + 2 * DAY + 30 * M)
    assert late.owner == who.manager


def test_a_slip_wants_words_measures_a_later_date_and_a_reason(session, who, monday) -> None:
    row = slip(session, who, monday)
    for step in (
        lambda: slips.raise_(session, row.ticket, " ", by=who.by_staff, now=monday),
        lambda: slips.answer(session, row, "", promised_at=monday + H, by=who.by_staff, now=monday),
        lambda: slips.answer(session, row, "修", promised_at=monday, by=who.by_staff, now=monday),
        lambda: slips.close(session, row, reason="", by=who.by_staff, now=monday),
    ):
        with pytest.raises(Missing):
            step()


MACHINES = {"callback": states.CALLBACK, "slip": states.SLIP}
PAIRS = [(name, frm, to) for name, moves in MACHINES.items() for frm in moves for to in moves]


@pytest.mark.parametrize(("machine", "frm", "to"), PAIRS)
def test_every_arrow_and_every_refused_arrow(session, who, monday, machine, frm, to) -> None:
    row = asked(session, who, monday) if machine == "callback" else slip(session, who, monday)
    row._state = frm
    count = len(row.events)
    if to in MACHINES[machine][frm]:
        row.move(to, by=SYSTEM, now=monday)
        assert (row.state, row.events[-1].from_state, row.events[-1].to_state) == (to, frm, to)
        return
    with pytest.raises(IllegalMove):
        row.move(to, by=SYSTEM, now=monday)
    assert (row.state, len(row.events)) == (frm, count)


@pytest.mark.postgresql_only  # SQLite's writers take turns, so that the second finds the slip
def test_two_who_complain_in_one_moment_are_both_heard(sessions, now) -> None:
    with sessions.begin() as session:
        case = repair(session, house(session, now), now).id

    def says(problem: str, gate: threading.Event | None = None) -> None:
        with sessions.begin() as session:
            slips.raise_(session, session.get_one(Repair, case), problem, by=SYSTEM, now=now)
            if gate is not None:
                opened.set()
                gate.wait(5)

    opened, gate = threading.Event(), threading.Event()
    first = threading.Thread(target=says, args=("还在滴", gate))
    second = threading.Thread(target=says, args=("地也没擦",))
    first.start()
    opened.wait(5)
    second.start()
    second.join(0.5)  # it waits for what the first makes of the key
    gate.set()
    for thread in (first, second):
        thread.join(10)
    with sessions() as session:
        assert session.scalars(select(Slip)).one().current.problem == "还在滴；地也没擦"
