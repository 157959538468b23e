"""Who owns a matter now: roster, absences, load, and what must not reach somebody."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from models import Absence, RosterEntry, Shift, Staff
from models.desk import escalations, promises, watch
from models.desk.callback import callbacks
from models.desk.staff import duty
from models.worktime import SHANGHAI, local_day
from tests.models.builders import House, house, repair
from tests.models.complaining import heard, office

pytestmark = pytest.mark.sqlite_only  # the statements are plain; test_cover.py runs them on both


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def colleague(session: Session, like: Staff, name: str) -> Staff:
    row = Staff(username=name, name=name, role=like.role)
    session.add(row)
    session.flush()
    return row


def on_shift(session: Session, staff: Staff, day: dt.date, starts: int, ends: int) -> None:
    name = f"{starts}-{ends}"
    shift = session.query(Shift).filter_by(name=name).one_or_none()
    shift = shift or Shift(name=name, starts=dt.time(starts), ends=dt.time(ends))
    session.add(RosterEntry(day=day, shift=shift, staff=staff))
    session.flush()


def away(session: Session, staff: Staff, now: dt.datetime, substitute: Staff | None = None, *, hours: int = 8) -> None:
    session.add(
        Absence(
            staff=staff, starts_at=now, ends_at=now + dt.timedelta(hours=hours), substitute=substitute, entered_at=now
        )
    )
    session.flush()


def test_whoever_is_on_the_roster_now_is_picked_however_loaded(session, who, now):
    late = colleague(session, who.agent, "小陈")
    on_shift(session, late, local_day(now), 9, 18)
    on_shift(session, who.agent, local_day(now), 18, 22)
    for cause in "123":
        row = escalations.raise_(session, "chased", repair(session, who, now), words="催", now=now, cause=cause)
        row.owner = late
    session.flush()
    assert duty.pick(session, "agent", now=now) is late
    assert duty.pick(session, "agent", now=now + dt.timedelta(hours=9)) is who.agent


def test_without_a_roster_the_least_loaded_of_all_is_picked(session, who, now):
    other = colleague(session, who.agent, "小陈")
    row = escalations.raise_(session, "chased", repair(session, who, now), words="催", now=now)
    row.owner = who.agent
    session.flush()
    assert duty.pick(session, "agent", now=now) is other


def test_the_roster_of_one_role_says_nothing_about_another(session, who, now):
    on_shift(session, who.engineer, local_day(now), 18, 22)
    assert duty.pick(session, "agent", now=now) is who.agent


def test_all_away_the_stand_in_role_answers_and_nobody_at_all_is_still_somebody(session, who, now):
    away(session, who.agent, now)
    assert duty.pick(session, "agent", now=now) is who.manager
    away(session, who.manager, now)
    assert duty.pick(session, "agent", now=now) is who.admin
    away(session, who.admin, now)
    assert duty.pick(session, "agent", now=now) is who.agent
    who.agent.active = False
    session.flush()
    assert duty.pick(session, "agent", now=now) is who.manager


def test_out_of_hours_it_is_theirs_who_come_next(session, who, now):
    night = now.astimezone(SHANGHAI).replace(hour=23)
    early = colleague(session, who.agent, "小陈")
    on_shift(session, who.agent, night.date(), 9, 18)
    on_shift(session, early, night.date() + dt.timedelta(days=1), 9, 18)
    assert duty.pick(session, "agent", now=night) is early


def test_a_call_belongs_to_whoever_is_there_when_it_is_due(session, who, now):
    tomorrow = dt.datetime.combine(dt.date(2026, 11, 23), dt.time(10), SHANGHAI).astimezone(dt.UTC)
    later = colleague(session, who.agent, "小陈")
    on_shift(session, who.agent, local_day(now), 9, 18)
    on_shift(session, later, dt.date(2026, 11, 23), 9, 18)
    call = callbacks.ask(session, "repair_done", about=repair(session, who, now), now=now, due_at=tomorrow)
    assert call.owner is later


def test_a_repair_of_a_site_whose_supervisor_is_away_is_the_substitutes_and_so_is_every_promise(session, who, now):
    who.project.supervisor = who.engineer
    other = colleague(session, who.engineer, "钱工")
    away(session, who.engineer, now, other)
    case = repair(session, who, now)
    assert case.owner is other and {row.owner for row in case.promises} == {other}


def test_while_the_owner_is_away_what_comes_up_and_what_is_promised_goes_to_the_substitute(session, who, now):
    case = repair(session, who, now)
    other = colleague(session, who.engineer, "钱工")
    away(session, who.engineer, now, other)
    row = escalations.raise_(session, "promise_missed", case, words="上门", now=now)
    promise = promises.make(session, "repair.accept", case, now=now + dt.timedelta(days=1))
    assert (case.owner, row.owner) == (who.engineer, other)
    assert promise.owner in (other, who.engineer)
    assert escalations.raise_(session, "promise_missed", case, words="", now=now + dt.timedelta(hours=8), cause="2"
                              ).owner is who.engineer  # fmt: skip


def test_a_warning_reaches_the_substitute_before_any_job_has_moved_the_promise(session, now):
    who = office(session, now)
    case = repair(session, who, now)
    accept = next(row for row in case.promises if row.policy.name == "repair.accept")
    assert accept.owner is who.engineer
    away(session, who.engineer, now, who.manager)
    watch.run(session, now=accept.warn_at)
    assert heard(session, who.manager) == ["staff.promise_near"] and heard(session, who.engineer) == []


def test_after_their_shift_what_comes_up_goes_to_the_colleague_who_is_on_one(session, now):
    who = office(session, now)
    late = colleague(session, who.engineer, "钱工")
    on_shift(session, who.engineer, local_day(now), 6, 12)
    on_shift(session, late, local_day(now), 12, 20)
    case = repair(session, who, now)
    assert case.owner is who.engineer
    noon, night = now + dt.timedelta(hours=2), now + dt.timedelta(hours=11)
    owners = {
        cause: escalations.raise_(session, "promise_missed", case, words="上门", now=at, cause=cause).owner
        for cause, at in (("morning", now), ("noon", noon), ("night", night))
    }
    assert owners == {"morning": who.engineer, "noon": late, "night": who.engineer}, "at night it stays the owner's"
    assert duty.answers(session, who.engineer, now=noon, without={late.id}) is who.engineer
    assert duty.answers(session, who.agent, now=noon) is who.agent, "a role without a roster"
    away(session, late, noon)
    assert duty.answers(session, who.engineer, now=noon) is who.engineer
    assert case.owner is who.engineer


def test_above_is_a_manager_who_is_there_and_never_the_administrator(session, who, now):
    second = colleague(session, who.manager, "吴经理")
    assert duty.above(session, who.engineer, now=now) is who.manager
    away(session, who.manager, now, who.admin)
    assert duty.above(session, who.engineer, now=now) is second
    away(session, second, now)
    assert duty.above(session, who.engineer, now=now) is who.manager
    assert duty.above(session, who.manager, now=now, without={second.id}) is who.manager


def test_what_must_not_reach_somebody_does_not_reach_them_as_a_substitute_either(session, who, now):
    accused = colleague(session, who.agent, "小陈")
    away(session, who.agent, now, accused)
    assert duty.pick(session, "agent", now=now, without={accused.id}) is who.manager
    assert duty.present(session, who.agent, now=now, without={accused.id}) is None
