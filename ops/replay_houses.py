"""When the clock has something to do about the houses of a replay's people. Read only."""

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.callbacks import Callback
from models.desk.callback import control, rhythm
from models.desk.house import building, phases
from models.houses import Phase, Project
from models.outbound import Outgoing
from models.people import Follower, ProjectMember
from models.rhythm import PhaseKind
from models.worktime import SHANGHAI, local_day

DAY = dt.timedelta(days=1)


def dues(session: Session, followers: Collection[int]) -> Iterator[dt.datetime]:
    """From when on a call after a control point, a notice of an acceptance or of a late phase is due."""
    rhythm.ensure(session)
    kinds = {kind.name: kind for kind in rhythm.kinds(session)}
    query = (
        select(Phase)
        .join(Project, Project.id == Phase.project_id)
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .join(Follower, Follower.customer_id == ProjectMember.customer_id)
        .where(Follower.id.in_(followers), Follower.subscribed)
        .options(joinedload(Phase.project))
    )
    for phase in session.scalars(query).unique():
        if phase.actual_on is None:
            yield from _planned(session, phase, kinds.get(phase.name))
        elif kinds.get(phase.name) and kinds[phase.name].call_hours and _fresh(phase.project, phase.actual_on):
            hung = select(Callback.id).where(Callback.phase_id == phase.id, Callback.hangs_on == phase.actual_on)
            if session.scalar(hung) is None:
                yield _morning(phase.actual_on)


def _planned(session: Session, phase: Phase, kind: PhaseKind | None) -> Iterator[dt.datetime]:
    """What is said of a day to come, while it is the house's next one: what is behind it is not certain yet."""
    project, day = phase.project, phase.planned_on
    if day is None or project.stage != "building" or not _fresh(project, day):
        return
    if phases.standing(project.phases, day).upcoming is not phase or not building.owners(session, project):
        return
    if kind and kind.notice_hours and not _told(session, f"phase:{phase.id}:ahead:{day}:"):
        yield _morning(day) - dt.timedelta(hours=kind.notice_hours)
    if not _told(session, f"phase:{phase.id}:late:{day}:"):
        yield _morning(day + DAY)


def _fresh(project: Project, day: dt.date) -> bool:
    """Whether the replay began early enough for it."""
    return day > local_day(project.created_at) - min(control.LOOK_BACK, building.LOOK_BACK)


def _told(session: Session, prefix: str) -> bool:
    return session.scalar(select(Outgoing.id).where(Outgoing.dedupe_key.startswith(prefix)).limit(1)) is not None


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, building.MORNING, SHANGHAI).astimezone(dt.UTC)
