"""Absences entered, refused, begun, ended; people who leave: what they had open is in other hands, once, and told."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Absence, AuditEntry, Escalation, Message, Outgoing, Promise, Staff
from models.actors import SYSTEM, By
from models.desk import escalations, promises
from models.desk.callback import callbacks, slips
from models.desk.callback.callbacks import Try
from models.desk.staff import absences, cover
from models.desk.staff.absences import Leave
from models.desk.talk import conversations
from models.errors import DomainError, IllegalMove, Missing
from tests.models.builders import repair as _case
from tests.models.complaining import complain, heard, office
from tests.models.test_duty import colleague
from tests.stories.test_races import together

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def who(session: Session, now: dt.datetime):
    return office(session, now)


def leave(now: dt.datetime, substitute: Staff | None = None, *, start: int = 0, hours: int = 8) -> Leave:
    return Leave(now + start * HOUR, now + (start + hours) * HOUR, "看病", substitute)


def entered(session, staff, now, substitute=None, **more) -> Absence:
    return absences.enter(session, staff, leave(now, substitute, **more), by=SYSTEM, now=now)


@pytest.mark.sqlite_only  # what is refused does not depend on the database
def test_what_is_refused(session, who, now):
    second = colleague(session, who.engineer, "钱工")
    gone = colleague(session, who.engineer, "孙工")
    gone.active = False
    entered(session, second, now, who.engineer, start=2, hours=2)
    refused = [
        (Leave(now, now), Missing),  # ends as it begins
        (Leave(now - 3 * HOUR, now), Missing),  # is over
        (leave(now, who.engineer), IllegalMove),  # oneself
        (leave(now, gone), IllegalMove),
        (leave(now, who.agent), IllegalMove),  # another role
        (leave(now, who.admin), IllegalMove),  # stands in for nobody who reads cases
        (leave(now, second), IllegalMove),  # whose own substitute then would be the one who is away
    ]
    for wish, error in refused:
        with pytest.raises(error):
            absences.enter(session, who.engineer, wish, by=SYSTEM, now=now)
    assert entered(session, who.engineer, now, second, start=4).substitute is second  # the two do not meet
    with pytest.raises(IllegalMove):
        entered(session, who.engineer, now, who.manager, start=11)  # the last hour is taken already
    with pytest.raises(IllegalMove):
        entered(session, gone, now)


@pytest.mark.sqlite_only
def test_a_circle_of_three_is_refused_and_a_chain_of_three_is_not(session, who, now):
    second, third = colleague(session, who.engineer, "钱工"), colleague(session, who.engineer, "孙工")
    entered(session, who.engineer, now, second)
    entered(session, second, now, third)
    with pytest.raises(IllegalMove):
        entered(session, third, now, who.engineer)
    assert entered(session, third, now, who.manager).id


@pytest.mark.sqlite_only
def test_back_early_or_called_off_and_not_twice(session, who, now):
    running, planned = entered(session, who.agent, now), entered(session, who.engineer, now, start=5)
    absences.end(session, running, now=now + HOUR)
    absences.end(session, planned, now=now + HOUR)
    assert (running.state(now + HOUR), planned.state(now + 6 * HOUR)) == ("over", "dropped")
    for row in (running, planned):
        with pytest.raises(IllegalMove):
            absences.end(session, row, now=now + HOUR)
    assert absences.listed(session, now=now + HOUR)[0] in (running, planned)


def test_when_an_absence_begins_the_substitute_has_what_is_due_and_hears_of_it_once(session, who, now):
    second = colleague(session, who.engineer, "钱工")
    case = _case(session, who, now)
    row = escalations.raise_(session, "promise_missed", case, words="上门", now=now)
    escalations.take(session, row, who.engineer, now=now)
    slip = slips.raise_(session, case, "没修好", by=SYSTEM, now=now)
    absence = entered(session, who.engineer, now, second, start=1, hours=9)
    assert cover.run(session, now=now) == 0, "it has not begun"
    assert cover.run(session, now=now + HOUR) == 1
    assert cover.run(session, now=now + 2 * HOUR) == 0
    assert (row.owner, row.state) == (second, "open")
    assert (case.owner, slip.owner) == (who.engineer, who.engineer), "cases stay with whom they belong to"
    owners = {promise.policy.name: promise.owner for promise in case.promises}
    assert owners["repair.on_site"] is second and owners["repair.finish"] is who.engineer, "what is due in days waits"
    deed = session.scalars(select(AuditEntry).where(AuditEntry.action == "absence.cover")).one()
    assert deed.after["matters"] == 1 and deed.record_id == str(absence.id)
    assert cover.run(session, now=now + 11 * HOUR) == 1, "back: what is owed about their own cases is theirs again"
    assert {promise.owner for promise in case.promises} == {who.engineer} and row.owner is who.engineer
    assert cover.run(session, now=now + 12 * HOUR) == 0


@pytest.mark.sqlite_only
def test_who_is_back_has_again_what_nobody_touched(session, who, now):
    second = colleague(session, who.engineer, "钱工")
    case = _case(session, who, now)
    rows = [escalations.raise_(session, kind, case, words="上门", now=now) for kind in ("promise_missed", "chased")]
    calls = [
        callbacks.ask(session, "x", about=case, now=now, key=f"k{n}", owner=who.engineer, due_at=now + HOUR)
        for n in range(3)
    ]
    for row in rows:
        row.owner = who.engineer
    session.flush()
    entered(session, who.engineer, now, second, hours=80)
    cover.run(session, now=now)
    assert {one.owner for one in (*rows, *calls)} == {second}
    escalations.take(session, rows[0], second, now=now)
    callbacks.attempt(session, calls[0], Try("no_answer"), by=By("staff", second.id, second.name), now=now + HOUR)
    callbacks.assign(session, calls[1], who.manager, by=SYSTEM, now=now + HOUR)
    assert cover.run(session, now=now + 81 * HOUR) == 1
    assert [one.owner for one in rows] == [second, who.engineer]
    assert [one.owner for one in calls] == [second, who.manager, who.engineer]
    owed = promises.find(session, callbacks.DUE, calls[2])
    assert owed.owner is who.engineer


@pytest.mark.sqlite_only
def test_the_substitute_is_told_in_one_message_even_of_nothing(session, who, now):
    entered(session, who.engineer, now, who.manager)
    cover.run(session, now=now)
    cover.run(session, now=now)
    assert heard(session, who.manager) == ["staff.taken_over"]
    letter = session.scalars(select(Outgoing).where(Outgoing.text_key == "staff.taken_over")).one()
    assert letter.facts["name"] == "赵工" and "matters" not in letter.facts


def test_a_conversation_goes_back_to_the_queue_with_a_note_and_a_promise(session, who, now):
    talk = conversations.of(session, who.homeowner)
    conversations.take(session, talk, who.agent, now=now)
    session.flush()
    entered(session, who.agent, now, who.manager)
    cover.run(session, now=now)
    assert (talk.owner, talk.staff_id, talk.waiting_since) == ("queue", None, now)
    note = session.scalars(select(Message).where(Message.kind == "requeued")).one()
    assert (note.direction, note.text) == ("note", "小林")
    row = session.scalars(select(Escalation).where(Escalation.conversation_id == talk.id)).one()
    promise = session.scalars(select(Promise).where(Promise.conversation_id == talk.id)).one()
    assert row.owner is who.manager and promise.owner is who.manager


@pytest.mark.sqlite_only
def test_a_complaint_never_reaches_the_substitute_whom_it_is_about(session, who, now):
    second = colleague(session, who.engineer, "钱工")
    complaint = complain(session, who, now)
    complaint.about_staff, complaint.owner = second, who.engineer
    session.flush()
    row = escalations.raise_(session, "promise_missed", complaint, words="投诉首次联系", now=now)
    row.owner = who.engineer
    for promise in complaint.promises:
        promise.owner = who.engineer
    entered(session, who.engineer, now, second, hours=9)
    cover.run(session, now=now)
    assert row.owner is who.manager
    due = [one for one in complaint.promises if one.due_at < now + 9 * HOUR]
    assert due and second not in {promise.owner for promise in complaint.promises}


@pytest.mark.sqlite_only
def test_whoever_leaves_leaves_nothing_open_behind(session, who, now):
    second = colleague(session, who.engineer, "钱工")
    case = _case(session, who, now)
    done = _case(session, who, now)
    done.move("cancelled", by=SYSTEM, now=now)
    row = escalations.raise_(session, "promise_missed", case, words="上门", now=now)
    slip = slips.raise_(session, case, "没修好", by=SYSTEM, now=now)
    call = callbacks.ask(session, "repair_done", about=case, now=now, owner=who.engineer)
    by = By("staff", who.admin.id, who.admin.name)
    handed = cover.leave(session, who.engineer, by=by, now=now)
    assert {name: handed[name] for name in ("cases", "matters", "slips", "calls")} == {
        "cases": 1, "matters": 1, "slips": 1, "calls": 1,
    }  # fmt: skip
    assert {case.owner, row.owner, slip.owner, call.owner} == {second} and done.owner is who.engineer
    assert {promise.owner for promise in case.promises} == {second}
    assert case.events[-1].name == "given" and case.events[-1].actor_name == "管理员"
    assert cover.leave(session, who.engineer, by=by, now=now) == {}


@pytest.mark.sqlite_only
def test_the_last_of_a_role_leaves_to_the_manager(session, who, now):
    case = _case(session, who, now)
    cover.leave(session, who.engineer, by=SYSTEM, now=now)
    assert case.owner is who.manager and heard(session, who.manager) == ["staff.taken_over"]


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_circle_entered_at_once_is_not_closed(sessions, now, size):
    with sessions.begin() as session:
        who = office(session, now)
        ring = [who.engineer.id, *(colleague(session, who.engineer, f"钱工{n}").id for n in range(size - 1))]
    refused = []

    def enter(one: int, other: int) -> None:
        try:
            with sessions.begin() as session:
                wish = leave(now, session.get(Staff, other))
                absences.enter(session, session.get(Staff, one), wish, by=SYSTEM, now=now)
        except DomainError as why:
            refused.append(why.key)

    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    together(*(lambda pair=pair: enter(*pair) for pair in pairs))
    assert refused == ["errors.substitutes_in_a_circle"]
    with sessions() as session:
        assert session.query(Absence).count() == size - 1


def test_the_job_on_three_workers_covers_once(sessions, now):
    with sessions.begin() as session:
        who = office(session, now)
        _case(session, who, now)
        entered(session, who.engineer, now, who.manager)
    counts = []

    def work() -> None:
        with sessions.begin() as session:
            counts.append(cover.run(session, now=now))

    together(work, work, work)
    assert sum(counts) == 1
    with sessions() as session:
        assert session.query(Outgoing).filter_by(text_key="staff.taken_over").count() == 1
        assert session.query(Absence).one().covered_at == now
