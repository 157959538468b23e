"""Control points 控制点: whoever's house has passed one is asked within a day.

A call comes to be when the phase was finished, never when it is planned: nobody is asked about what has not happened.
Its day may be corrected afterwards: an open call moves with it, one that was made never does.
"""

import datetime as dt

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models.actors import SYSTEM
from models.callbacks import Callback
from models.desk.callback import callbacks, many, surveys
from models.desk.callback.many import Call
from models.houses import Phase, Project
from models.people import ProjectMember
from models.rhythm import PhaseKind
from models.worktime import at_clock, local_day

POINT = "control_point"
#: What was finished longer ago than this nobody asks about any more, whatever kept us.
LOOK_BACK = dt.timedelta(days=7)
#: An inspection is over by then; one recorded on its own day was over when it was recorded.
OVER_BY = dt.time(18)
#: Calls planned or moved in one transaction.
MOST = 20
#: Why a call is moot.
TAKEN_BACK, GONE = "阶段改回未完成", "阶段已删除"


def plan(session: Session, *, now: dt.datetime) -> int:
    """Some of the control points that were passed lately have their call; returns how many, 0 when all have."""
    lives = exists().where(ProjectMember.project_id == Phase.project_id)
    query = (
        select(Phase, PhaseKind.call_hours)
        .join(PhaseKind, PhaseKind.name == Phase.name)
        .where(Phase.actual_on >= local_day(now) - LOOK_BACK, PhaseKind.call_hours.is_not(None), lives)
        .where(~_covered(local_day(now)))
        .options(joinedload(Phase.project).joinedload(Project.estate))
    )
    passed = session.execute(query.order_by(Phase.id).limit(MOST)).all()
    ids = [phase.id for phase, _ in passed]
    counted = select(Callback.phase_id, func.count()).where(Callback.phase_id.in_(ids)).group_by(Callback.phase_id)
    earlier = {phase_id: count for phase_id, count in session.execute(counted)} if ids else {}
    wanted = [_call(phase, hours, earlier.get(phase.id, 0), now) for phase, hours in passed]
    return len(many.ask(session, POINT, wanted, now=now))


def _covered(today: dt.date) -> ColumnElement[bool]:
    """It has its call: one that hangs on its day, an open one, which `follow` moves, or one made no earlier."""
    days = [today - dt.timedelta(days=n) for n in range(LOOK_BACK.days + 1)]
    asked = [and_(Phase.actual_on == day, Callback.closed_at >= at_clock(day)) for day in days]
    made = and_(Callback.state == "done", or_(*asked))
    mine = or_(Callback.hangs_on == Phase.actual_on, Callback.state == "open", made)
    return exists().where(Callback.phase_id == Phase.id, mine)


def _call(phase: Phase, hours: int, earlier: int, now: dt.datetime) -> Call:
    assert phase.actual_on is not None  # the query says so
    return Call(
        phase.project, f"{POINT}:phase:{phase.id}:{earlier}", phase.name, due_at=due(phase.actual_on, hours, now),
        phase=phase, hangs_on=phase.actual_on,
    )  # fmt: skip


def due(day: dt.date, hours: int, now: dt.datetime) -> dt.datetime:
    """By when the household was asked about what was finished on `day`."""
    return min(now, at_clock(day, OVER_BY)) + dt.timedelta(hours=hours)


def follow(session: Session, *, now: dt.datetime) -> int:
    """Open calls stand where the days of their phases stand now; those of no phase are dropped. Returns how many."""
    query = (
        select(Callback, Phase, PhaseKind.call_hours)
        .outerjoin(Phase, Phase.id == Callback.phase_id)
        .outerjoin(PhaseKind, PhaseKind.name == Phase.name)
        .where(
            Callback.state == "open",
            Callback.purpose == POINT,
            Callback.hangs_on.is_not(None),
            or_(Phase.id.is_(None), Phase.actual_on.is_distinct_from(Callback.hangs_on)),
        )
        .with_for_update(of=Callback, skip_locked=True)
    )
    rows = session.execute(query.limit(MOST)).all()
    for call, phase, hours in rows:
        if phase is not None and phase.actual_on is not None:
            call.hangs_on = phase.actual_on
            callbacks.reschedule(session, call, due(phase.actual_on, hours or 0, now), by=SYSTEM, now=now)
        else:
            call.hangs_on = None
            surveys.withdraw(session, call, reason=TAKEN_BACK if phase is not None else GONE, now=now)
    return len(rows)
