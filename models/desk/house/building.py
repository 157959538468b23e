"""What the company says while a house is built, before anybody has to ask: acceptances ahead, late phases, new dates.

Only the owners of the house hear it, each thing once. What cannot be delivered, and whoever has no WeChat,
is told on the telephone (`or_call`, `_call`).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, literal, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.actors import By
from models.callbacks import Callback
from models.desk.callback import callbacks, rhythm
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.house import phases
from models.desk.house.phases import Dates
from models.desk.repair import notices
from models.desk.repair.finishing import noon
from models.desk.staff import duty
from models.errors import Missing
from models.household import HouseEvent
from models.houses import Phase, Project
from models.outbound import Outgoing
from models.people import Customer, Follower, ProjectMember
from models.rhythm import PhaseKind
from models.worktime import at_clock, local_day

#: The hour of the day to which notices are reckoned, and before which nobody hears of a late phase.
MORNING = dt.time(9)
#: Who plans moves several dates in a row, and mistypes: one message says where they came to rest.
SETTLES = dt.timedelta(minutes=10)
#: Older than this nothing is told as news.
NEWS = dt.timedelta(days=3)
#: A phase that was late before we looked is not told of as if it were late since yesterday.
LOOK_BACK = dt.timedelta(days=7)
#: Phases told of in one transaction.
MOST = 20
_OWNS = (ProjectMember.project_id == Phase.project_id) & (ProjectMember.role == "owner")


def record(session: Session, phase: Phase, dates: Dates, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """The phase has these days, and who must know of it will: owners of another date, everybody of the completion.

    Refused without a reason when the date of a house being built is put off: the owner will be told it.
    """
    was, finished = phase.planned_on, phase.actual_on
    put_off = bool(was and dates.planned_on and dates.planned_on > was and dates.actual_on is None)
    told = put_off and phase.project.stage == "building" and _concerns(session, phase, now)
    if told and not reason.strip():
        raise Missing("errors.late_reason")
    events = phases.set_dates(session, phase, dates, by=by, now=now, reason=reason.strip())
    if dates.actual_on != finished:
        complete(session, phase, finished)
        _begin(session, phase)
    if was and dates.planned_on and dates.actual_on is None and phase.project.stage == "building" and events:
        _tell_moved(session, phase, was, events[0], now)


def _concerns(session: Session, phase: Phase, now: dt.datetime) -> bool:
    """Owners care about what comes next and about every acceptance; the rest they see when they ask."""
    kind = rhythm.kind_of(session, phase.name)
    if kind is not None and (kind.notice_hours or kind.completes):
        return True
    return phases.standing(phases.of(session, phase.project), local_day(now)).upcoming is phase


def complete(session: Session, phase: Phase, before: dt.date | None) -> None:
    """The phase that finishes the house dates its completion, its warranty and what its people are to us.

    A date that colleagues wrote by hand stays, unless it was this phase's.
    """
    kind = rhythm.kind_of(session, phase.name)
    project = phase.project
    if kind is None or not kind.completes or project.completed_on not in (None, before):
        return
    project.completed_on = phase.actual_on
    if project.stage in ("building", "in_warranty"):
        project.stage = "in_warranty" if phase.actual_on else "building"
    people = select(Customer).join(ProjectMember).where(ProjectMember.project_id == project.id)
    for person in session.scalars(people):
        if person.stage in ("potential", "likely", "signed", "building", "in_warranty"):
            person.stage = project.stage


def _begin(session: Session, phase: Phase) -> None:
    """Whoever signed lives on a building site from the first phase after the signing on."""
    if phase.actual_on is None or phase.position == 1 or phase.project.stage != "building":
        return
    people = select(Customer).join(ProjectMember).where(ProjectMember.project_id == phase.project_id)
    for person in session.scalars(people.where(Customer.stage == "signed")):
        person.stage = "building"


def owners(session: Session, project: Project) -> Sequence[Follower]:
    """Every WeChat of the owners of a house that still follows."""
    query = (
        select(Follower)
        .join(ProjectMember, ProjectMember.customer_id == Follower.customer_id)
        .where(ProjectMember.project_id == project.id, ProjectMember.role == "owner", Follower.subscribed)
    )
    return session.scalars(query.order_by(Follower.id)).all()


def _call(session: Session, phase: Phase, step: str, mark: object, now: dt.datetime, *, why: str = "") -> int:
    """Owners without a WeChat are told on the telephone, once for each date; nobody calls where nobody lives."""
    if owners(session, phase.project) or not any(one.role == "owner" for one in phase.project.members):
        return 0
    key = f"house_{step}:phase:{phase.id}:{mark}"
    if session.scalar(select(Callback.id).where(Callback.key == key)) is not None:
        return 0
    day = f"{phase.planned_on:%m月%d日}" if phase.planned_on else ""
    words = "，".join(filter(None, (f"{phase.name}{day}", why)))
    callbacks.ask(session, f"house_{step}", about=phase.project, now=now, key=key, words=words)
    return 1


def _tell_moved(session: Session, phase: Phase, was: dt.date, event: HouseEvent, now: dt.datetime) -> None:
    """Owners hear where the dates came to rest: changes within minutes are one message, one that was undone is none."""
    prefix, concerns = _moved(phase.project), _concerns(session, phase, now)
    if concerns and phase.planned_on is not None and phase.planned_on > was:
        _call(session, phase, "moved", event.id, now, why=event.reason)
    for owner in owners(session, phase.project):
        waiting = _waiting(session, owner, prefix)
        moves = {move["id"]: move for row in waiting for move in row.facts["moves"]}
        first = dt.date.fromisoformat(moves[phase.id]["was"]) if phase.id in moves else was
        if phase.id not in moves and not concerns:
            continue
        moves.pop(phase.id, None)
        if phase.planned_on is not None and phase.planned_on > first:
            moves[phase.id] = _move(phase, first, event.reason)
        outbox.withdraw(session, Outgoing.id.in_([row.id for row in waiting]), reason="superseded", now=now)
        if moves:
            letter = Letter("building.moved", {"house": phase.project.label, "moves": list(moves.values())})
            _post(session, owner, f"{prefix}{event.id}", letter, now, not_before=now + SETTLES)


def _move(phase: Phase, was: dt.date, reason: str) -> dict[str, Any]:
    assert phase.planned_on is not None
    day = noon(phase.planned_on).isoformat()
    return {"id": phase.id, "phase": phase.name, "was": was.isoformat(), "day": day, "reason": reason}


def news_of(session: Session, project: Project) -> ColumnElement[bool]:
    """The condition on messages that tell about the dates of this house."""
    starts = [_moved(project), *(f"phase:{phase.id}:" for phase in phases.of(session, project))]
    return or_(*(Outgoing.dedupe_key.startswith(start, autoescape=True) for start in starts))


def _moved(project: Project) -> str:
    return f"house:{project.id}:moved:"


def _waiting(session: Session, owner: Follower, prefix: str) -> Sequence[Outgoing]:
    query = select(Outgoing).where(
        Outgoing.follower_id == owner.id, Outgoing.state.in_(outbox.WAITING),
        Outgoing.dedupe_key.startswith(prefix, autoescape=True),
    )  # fmt: skip
    return session.scalars(query.order_by(Outgoing.id)).all()


def _post(session: Session, to: Follower, key: str, letter: Letter, now: dt.datetime, **more: Any) -> Outgoing | None:
    more = {"not_after": now + NEWS, "or_call": True} | more
    return outbox.post(session, f"{key}:f{to.id}", to=to, letter=letter, now=now, **more)


def announce(session: Session, *, now: dt.datetime) -> int:
    """Owners know of acceptances in time, or as soon as they are planned; returns how many messages, 0 at last."""
    due = [and_(PhaseKind.id == kind.id, Phase.planned_on.in_(_days(kind, now))) for kind in rhythm.kinds(session)]
    query = _awaited().where(or_(false(), *due), ~_behind(local_day(now)), _untold("ahead"))
    posted = 0
    for phase, _kind in session.execute(query.limit(MOST)).all():
        begins = _morning(phase.planned_on)
        facts = {"house": phase.project.label, "phase": phase.name, "day": noon(phase.planned_on).isoformat()}
        key, letter = f"phase:{phase.id}:ahead:{phase.planned_on}", Letter("building.acceptance", facts)
        rows = [
            _post(session, one, key, letter, now, not_after=begins + dt.timedelta(hours=9))
            for one in owners(session, phase.project)
        ]
        posted += sum(row is not None for row in rows) + _call(session, phase, "ahead", phase.planned_on, now)
    return posted


def _days(kind: PhaseKind, now: dt.datetime) -> list[dt.date]:
    """The days to come of which it is time to tell, and not too late."""
    today, notice = local_day(now), dt.timedelta(hours=kind.notice_hours or 0)
    days = [today + dt.timedelta(days=n) for n in range(notice.days + 2)]
    return [day for day in days if _morning(day) - notice <= now < _morning(day)]


def _untold(step: str) -> ColumnElement[bool]:
    """An owner who follows has no message of it yet, or nobody of them follows and none of them has a call."""
    follows = and_(_OWNS, Follower.customer_id == ProjectMember.customer_id, Follower.subscribed)
    told = exists().where(Outgoing.dedupe_key == _key("phase", f"{step}:", literal(":f") + cast(Follower.id, String)))
    called = exists().where(Callback.key == _key(f"house_{step}:phase", "", literal("")))
    by_phone = and_(exists().where(_OWNS), ~exists().where(follows), ~called)
    return or_(exists().where(follows, ~told), by_phone)


def _key(start: str, step: str, end: ColumnElement[str]) -> ColumnElement[str]:
    """The key of what is said about a phase and the day that is planned for it."""
    phase, day = cast(Phase.id, String), cast(Phase.planned_on, String)
    return literal(f"{start}:") + phase + literal(f":{step}") + day + end


def _planner_untold() -> ColumnElement[bool]:
    """Nobody owns the house, and whoever plans it has not been told either."""
    told = exists().where(Outgoing.dedupe_key == _key("phase", "late:", literal(":staff")))
    return and_(~exists().where(_OWNS), ~told)


def _awaited() -> Any:
    """Phases that nobody has finished, of houses being built, with what they mean to us."""
    return (
        select(Phase, PhaseKind)
        .join(Project, Project.id == Phase.project_id)
        .outerjoin(PhaseKind, PhaseKind.name == Phase.name)
        .where(Phase.actual_on.is_(None), Project.stage == "building")
        .options(joinedload(Phase.project).joinedload(Project.estate))
        .order_by(Phase.planned_on, Phase.id)
    )


def _behind(today: dt.date) -> ColumnElement[bool]:
    """The phase that comes next is an earlier one, and late: the day planned for this one cannot be told as certain."""
    earlier = aliased(Phase)
    return exists().where(
        earlier.project_id == Phase.project_id, earlier.position < Phase.position, earlier.actual_on.is_(None),
        earlier.planned_on < today, ~_preceded(earlier),
    )  # fmt: skip


def _preceded(phase: Any) -> ColumnElement[bool]:
    """It does not come next: one before it is not finished."""
    before = aliased(Phase)
    return exists().where(
        before.project_id == phase.project_id, before.position < phase.position, before.actual_on.is_(None)
    )


def _morning(day: dt.date) -> dt.datetime:
    return at_clock(day, MORNING)


def confess(session: Session, *, now: dt.datetime) -> int:
    """Owners hear of a phase that is late the morning after, once a planned date; whoever plans is told to replan.

    Some of them: how many messages were new, 0 when all have been told.
    """
    today = local_day(now)
    if now < _morning(today):
        return 0
    query = _awaited().where(Phase.planned_on.between(today - LOOK_BACK, today - dt.timedelta(days=1)))
    query = query.where(~_preceded(Phase), or_(_untold("late"), _planner_untold()))
    # A planner without WeChat is never told: houses that nobody owns stand behind those with people in them.
    query = query.order_by(None).order_by(exists().where(_OWNS).desc(), Phase.planned_on, Phase.id)
    posted = 0
    for phase, _kind in session.execute(query.limit(MOST)).all():
        facts = {"house": phase.project.label, "phase": phase.name, "day": noon(phase.planned_on).isoformat()}
        key = f"phase:{phase.id}:late:{phase.planned_on}"
        rows = [_post(session, one, key, Letter("building.late", facts), now) for one in owners(session, phase.project)]
        posted += sum(row is not None for row in rows) + _call(session, phase, "late", phase.planned_on, now)
        planner = _planner(session, phase.project, now)
        notices.tell_staff(session, planner, f"{key}:staff", Letter("staff.phase_late", facts), now=now)
    return posted


def _planner(session: Session, project: Project, now: dt.datetime) -> Any:
    """Who sets the dates of this house: its supervisor, else engineering."""
    own = project.supervisor
    return own if own is not None and own.active else duty.pick(session, "engineer", now=now)
