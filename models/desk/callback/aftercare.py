"""Calls that no single event asks for: in the months after completion, by season, in between while we are at work.

Each beat is a rule (models/rhythm.py) and one call by its key, however often and late this runs. Each is planned in
small portions (jobs/houses.py): a query names only whom a call is owed, so that nobody stands behind those who have it.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session, joinedload

from models import states
from models.callbacks import Callback
from models.desk.callback import callbacks, many, rhythm, surveys
from models.desk.callback.many import Call
from models.houses import Phase, Project
from models.people import ProjectMember
from models.rhythm import CareRule
from models.visits import Visit
from models.warranty import months_after
from models.work import Repair
from models.worktime import local_day

AFTER, BUILDING, VISITED, LONG = "aftercare", "building", "repair_visit", "repair_long"
#: A month's call that is this late is not made: the next one is near.
LATE = dt.timedelta(days=7)
#: The calls of a season are spread over its first days, so that they can be made.
SPREAD = 25
MONTH = dt.timedelta(days=31)
#: Calls planned in one transaction: a writer on SQLite keeps everybody else waiting as long.
MOST = 20
#: A crew that left a while ago will not come back for its bag.
LEFT_FOR = dt.timedelta(minutes=10)
#: Somebody who was called about this house so lately is left in peace.
LATELY = dt.timedelta(days=10)
#: Why a call is moot.
OVER = "维修已有结果，另有回访"


def _lived_in() -> Select[tuple[Project]]:
    """Finished houses with somebody to call, under warranty."""
    lives = exists().where(ProjectMember.project_id == Project.id)
    return select(Project).where(Project.stage == "in_warranty", lives).options(joinedload(Project.estate))


def _key(beat: str) -> ColumnElement[str]:
    return literal(f"{AFTER}:project:") + cast(Project.id, String) + literal(f":{beat}")


def _unasked(beat: str) -> ColumnElement[bool]:
    return ~exists().where(Callback.key == _key(beat))


def months(session: Session, *, now: dt.datetime) -> int:
    """Houses that were finished so many months ago have their call; returns how many of it are new."""
    new = 0
    for rule in rhythm.rules(session, "month"):
        beat = f"month{rule.number}"
        houses = _lived_in().where(Project.completed_on.in_(_finished_then(rule, local_day(now))), _unasked(beat))
        rows = session.scalars(houses.order_by(Project.id).limit(MOST - new)).all() if new < MOST else ()
        new += _calls(session, rows, rule, beat, now)
    return new


def _finished_then(rule: CareRule, today: dt.date) -> list[dt.date]:
    """The days of completion for which the call of this month is due today, or was within the last days."""
    earliest, latest = today - MONTH * rule.number - LATE, today - dt.timedelta(days=28) * rule.number
    days = (earliest + dt.timedelta(days=n) for n in range((latest - earliest).days + 1))
    return [day for day in days if months_after(day, rule.number) <= today < months_after(day, rule.number) + LATE]


def seasons(session: Session, *, now: dt.datetime) -> int:
    """From the house's first season after the monthly calls on, on a day of the month that is the house's own."""
    today, new = local_day(now), 0
    monthly = max((rule.number for rule in rhythm.rules(session, "month")), default=0)
    for rule in rhythm.rules(session, "season"):
        if rule.number != today.month:
            continue
        beat = f"season{today.year}-{rule.number}"
        earliest, latest = months_after(today, -12 * rule.years), months_after(today, -monthly - 1)
        houses = _lived_in().where(
            Project.completed_on.between(earliest, latest), Project.id % SPREAD < today.day, _unasked(beat),
            ~_called_since(now - LATELY),
        )  # fmt: skip
        rows = session.scalars(houses.order_by(Project.id).limit(MOST - new)).all() if new < MOST else ()
        new += _calls(session, rows, rule, beat, now)
    return new


def _called_since(moment: dt.datetime) -> ColumnElement[bool]:
    return exists().where(Callback.project_id == Project.id, Callback.asked_at > moment)


def _calls(session: Session, houses: Sequence[Project], rule: CareRule, beat: str, now: dt.datetime) -> int:
    wanted = [Call(house, f"{AFTER}:project:{house.id}:{beat}", rule.label) for house in houses]
    return len(many.ask(session, AFTER, wanted, now=now))


def building(session: Session, *, now: dt.datetime) -> int:
    """While a house is built nobody is left without a word for longer than the rule says."""
    rule = next(iter(rhythm.rules(session, "building")), None)
    if rule is None:
        return 0
    since = now - dt.timedelta(days=rule.number)
    passed = (
        select(func.max(Phase.actual_on)).where(Phase.project_id == Project.id).correlate(Project).scalar_subquery()
    )
    lives = exists().where(ProjectMember.project_id == Project.id)
    to_come = exists().where(Phase.project_id == Project.id, Phase.actual_on.is_(None))
    query = select(Project).where(
        Project.stage == "building", lives, to_come, ~_called_since(since), passed <= local_day(since)
    )  # fmt: skip
    houses = session.scalars(query.options(joinedload(Project.estate)).order_by(Project.id).limit(MOST)).all()
    ids = [house.id for house in houses]
    newest = select(Callback.project_id, func.max(Callback.id)).where(Callback.project_id.in_(ids))
    last = {one: call for one, call in session.execute(newest.group_by(Callback.project_id))} if ids else {}
    wanted = [Call(one, f"{BUILDING}:project:{one.id}:{last.get(one.id, 0)}", rule.label) for one in houses]
    return len(many.ask(session, BUILDING, wanted, now=now))


def _under_way() -> ColumnElement[bool]:
    return Repair.state.in_([state for state in states.REPAIR if state not in (*states.FINAL, "closed")])


def visited(session: Session, *, now: dt.datetime) -> int:
    """Somebody came for the first time, and it is not mended: how was it?"""
    first = (
        select(func.min(Visit.id))
        .where(Visit.repair_id == Repair.id, Visit.round == Repair.round, Visit.arrived_at.is_not(None))
        .correlate(Repair)
        .scalar_subquery()
    )
    key = literal(f"{VISITED}:ticket:") + cast(Repair.id, String) + literal(":") + cast(Repair.round, String)
    query = (
        select(Repair)
        .join(Visit, Visit.id == first)
        .where(_under_way(), Repair.state != "on_site", Visit.outcome.in_(("left", "moved")))
        .where(Visit.finished_at.between(now - LATE, now - LEFT_FOR), ~exists().where(Callback.key == key))
    )
    rows = session.scalars(query.order_by(Repair.id).limit(MOST)).all()
    return sum(_about(session, VISITED, repair, str(repair.round), now) for repair in rows)


def long_repairs(session: Session, *, now: dt.datetime) -> int:
    """A repair that takes long: each time the rule's days have gone by without a call about it."""
    rule = next(iter(rhythm.rules(session, "repair")), None)
    if rule is None:
        return 0
    since = now - dt.timedelta(days=rule.number)
    called = exists().where(Callback.ticket_id == Repair.id, Callback.asked_at > since)
    query = select(Repair).where(_under_way(), Repair.opened_at <= since, ~called)
    rows = session.scalars(query.order_by(Repair.id).limit(MOST)).all()
    return sum(_about(session, LONG, repair, str((now - repair.opened_at).days // rule.number), now) for repair in rows)


def _about(session: Session, purpose: str, repair: Repair, beat: str, now: dt.datetime) -> int:
    key = f"{purpose}:ticket:{repair.id}:{beat}"
    faults = "、".join(item.problem for item in repair.items) if len(repair.items) > 1 else repair.what
    callbacks.ask(session, purpose, about=repair, now=now, key=key, words=faults[:120])
    return 1


def withdraw(session: Session, *, now: dt.datetime) -> int:
    """The question after finishing asks about everything: those on the way to it are moot. Returns how many."""
    query = (
        select(Callback)
        .join(Repair, Repair.id == Callback.ticket_id)
        .where(Callback.state == "open", Callback.purpose.in_((VISITED, LONG)), ~_under_way())
        .with_for_update(of=Callback, skip_locked=True)
    )
    moot = session.scalars(query.order_by(Callback.id).limit(MOST)).all()
    for call in moot:
        surveys.withdraw(session, call, reason=OVER, now=now)
    return len(moot)


#: What is moot goes first, then every beat; each returns how much it did, at most MOST at a time.
BEATS = (withdraw, months, seasons, building, visited, long_repairs)
