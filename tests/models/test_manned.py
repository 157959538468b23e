"""Calls against the roster: hours that vanish, absences with nobody to stand in; what was told is the lead's matter."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Escalation, Shift
from models.actors import SYSTEM
from models.desk import escalations, promises
from models.desk.callback import callbacks, calls, manned
from models.desk.callback.callbacks import Try
from models.desk.callback.calls import Wish
from models.desk.staff import absences, cover, roster
from models.desk.staff.absences import Leave
from models.desk.talk import conversations
from tests.models.builders import house, repair
from tests.models.following import at
from tests.models.test_duty import colleague

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)


@pytest.fixture
def now() -> dt.datetime:
    """Monday, ten in the morning."""
    return at(23, 10)


@pytest.fixture
def who(session, now):
    return house(session, now)


@pytest.fixture
def second(session, who):
    return colleague(session, who.agent, "小钱")


@pytest.fixture
def shift(session):
    row = Shift(name="早班", starts=dt.time(9), ends=dt.time(14))
    session.add(row)
    session.flush()
    return row


def put(session, now, wished) -> manned.Moved:
    """The roster is as wished, as the panel saves it."""
    days = [day for _, day in wished]
    seen = roster.cells(session, min(days), max(days))
    before = manned.rotas(session, now=now)
    roster.change(session, seen | wished, seen, now=now)
    return manned.follow(session, before, now=now)


def told(session, who, now, when=None):
    when = when or at(24, 10)
    return calls.arrange(session, conversations.of(session, who.homeowner), Wish(when), now=now)


def untold(session, who, now):
    return callbacks.ask(session, "repair_done", about=repair(session, who, now), now=now)


def matters(session) -> list[tuple[str, str, str]]:
    query = select(Escalation).where(Escalation.kind == manned.KIND).order_by(Escalation.id)
    return [(row.words, row.owner.name, row.state) for row in session.scalars(query)]


@pytest.mark.sqlite_only  # plain rows
@pytest.mark.parametrize("make", [told, untold])
def test_a_call_in_a_shift_that_was_given_to_a_colleague_is_theirs(session, who, now, second, shift, make):
    put(session, now, {(who.agent.id, TUESDAY): shift.id})
    call = make(session, who, now)
    due = call.due_at
    assert call.owner is who.agent and call.due_at == at(24, 10, 30)
    moved = put(session, now, {(who.agent.id, TUESDAY): None, (second.id, TUESDAY): shift.id})
    assert moved == manned.Moved(given=1, calls=0, clashes=0)
    assert (call.owner, call.due_at, promises.find(session, "callback.due", call).owner) == (second, due, second)
    assert [(event.name, event.reason) for event in call.events][-1] == ("assigned", "小钱")
    assert put(session, now, {(second.id, WEDNESDAY): shift.id}) == manned.Moved(0, 0, 0), "its owner is there"


def test_hours_that_vanish_move_what_nobody_was_told_and_are_the_leads_for_what_was(session, who, now, second, shift):
    late = Shift(name="晚班", starts=dt.time(14), ends=dt.time(20))
    session.add(late)
    put(session, now, {(who.agent.id, TUESDAY): shift.id, (second.id, WEDNESDAY): shift.id})
    ours, theirs = untold(session, who, now), told(session, who, now)
    moved = put(session, now, {(who.agent.id, TUESDAY): late.id})
    assert moved == manned.Moved(given=0, calls=1, clashes=1)
    assert (ours.due_at, ours.owner, ours.events[-1].name) == (at(24, 14), who.agent, "moved"), "the next who is there"
    assert theirs.due_at == at(24, 10, 30)
    assert matters(session) == [("2026-11-24 10:30", "周经理", "open")]
    assert manned.watch(session, now=now) == 0 and len(matters(session)) == 1, "once for each moment"
    put(session, now, {(second.id, TUESDAY): shift.id})
    assert matters(session) == [("2026-11-24 10:30", "周经理", "resolved")], "somebody is there again"
    put(session, now, {(second.id, TUESDAY): None})
    assert [state for _, _, state in matters(session)] == ["resolved", "open"], "and is not once more"


@pytest.mark.sqlite_only  # plain rows
def test_a_day_without_a_roster_has_everybody_and_moves_nothing(session, who, now, shift):
    put(session, now, {(who.agent.id, WEDNESDAY): shift.id})
    call = told(session, who, now)
    put(session, now, {(who.agent.id, WEDNESDAY): None})
    assert (call.due_at, call.owner, matters(session)) == (at(24, 10, 30), who.agent, [])


@pytest.mark.sqlite_only  # plain rows
def test_what_a_lead_gave_to_somebody_without_that_shift_stays_theirs(session, who, now, second, shift):
    put(session, now, {(who.agent.id, TUESDAY): shift.id})
    call = told(session, who, now)
    callbacks.assign(session, call, second, by=SYSTEM, now=now)
    put(session, now, {(who.agent.id, TUESDAY): None, (second.id, WEDNESDAY): shift.id})
    assert call.owner is second


def away(session, staff, now, substitute=None):
    leave = Leave(at(24, 0), at(24, 23), "看病", substitute)
    return absences.enter(session, staff, leave, by=SYSTEM, now=now)


@pytest.mark.sqlite_only  # plain rows
@pytest.mark.parametrize("agreed", [False, True])
def test_a_told_call_of_somebody_away_with_nobody_to_stand_in_is_the_leads_matter(session, who, now, agreed):
    call = told(session, who, now)
    if agreed:
        callbacks.attempt(session, call, Try("later", next_at=at(24, 11)), by=who.by_staff, now=now)
    assert manned.watch(session, now=now) == 0
    row = away(session, who.agent, now)
    assert [manned.watch(session, now=now) for _ in range(2)] == [1, 0]
    when = "2026-11-24 11:00" if agreed else "2026-11-24 10:30"
    assert matters(session) == [(when, "周经理", "open")]
    absences.end(session, row, now=now)
    manned.watch(session, now=now)
    assert matters(session)[0][2] == "resolved"


@pytest.mark.sqlite_only  # plain rows
def test_it_is_nobodys_matter_while_a_colleague_or_a_substitute_is_there(session, who, now, second):
    told(session, who, now)
    away(session, who.agent, now)
    assert manned.watch(session, now=now) == 0, "a colleague is there"
    away(session, second, now, who.manager)
    assert manned.watch(session, now=now) == 0, "who stands in for the colleague is there"


@pytest.mark.sqlite_only  # plain rows
def test_it_is_settled_when_another_moment_is_agreed_or_somebody_who_is_there_has_the_call(session, who, now):
    call, row = told(session, who, now), away(session, who.agent, now)
    manned.watch(session, now=now)
    callbacks.attempt(session, call, Try("later", next_at=at(25, 10)), by=who.by_staff, now=now)
    manned.watch(session, now=now)
    assert [state for *_, state in matters(session)] == ["resolved"]
    callbacks.attempt(session, call, Try("later", next_at=at(24, 15)), by=who.by_staff, now=now)
    assert manned.watch(session, now=now) == 1
    callbacks.assign(session, call, who.manager, by=SYSTEM, now=now)
    manned.watch(session, now=now)
    assert [state for *_, state in matters(session)] == ["resolved", "resolved"]
    # It begins all the same, and what is given is with whoever is there.
    cover.run(session, now=at(24, 8))
    assert call.owner is who.manager and row.covered_at


@pytest.mark.sqlite_only  # plain rows
def test_a_moment_that_has_come_stays_with_the_lead_and_one_of_another_kind_is_not_touched(session, who, now):
    call = told(session, who, now)
    other = escalations.raise_(session, "message_failed", call, words="x", now=now)
    away(session, who.agent, now)
    manned.watch(session, now=now)
    manned.watch(session, now=at(24, 12))
    assert matters(session)[0][2] == "open" and other.state == "open"
