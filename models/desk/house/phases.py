"""The phases of a house: planned, finished, taken back; every change stands in the house's story.

Whoever plans by phases (callbacks, the notice of a late one) reads the story or the phase; nothing here tells anybody.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.errors import DomainError, Missing
from models.household import HouseEvent
from models.houses import Phase, Project
from models.worktime import local_day


class NotYet(DomainError):
    """A phase cannot have been finished on a day that has not come."""

    key = "errors.phase_future"


@dataclass(frozen=True)
class Dates:
    """When a phase is planned, and when it was finished."""

    planned_on: dt.date | None = None
    actual_on: dt.date | None = None


@dataclass(frozen=True)
class Standing:
    """How far a house is: the phase finished last, the one that comes next, and by how many days that one is late."""

    done: Phase | None = None
    upcoming: Phase | None = None
    late: int = 0


def of(session: Session, project: Project) -> Sequence[Phase]:
    """The phases of a house in their order."""
    return session.scalars(select(Phase).where(Phase.project_id == project.id).order_by(Phase.position)).all()


def standing(phases: Sequence[Phase], today: dt.date) -> Standing:
    """How far a house with these phases is. Pure."""
    done = [phase for phase in phases if phase.actual_on is not None]
    upcoming = next((phase for phase in phases if phase.actual_on is None), None)
    planned = upcoming.planned_on if upcoming else None
    late = (today - planned).days if planned and planned < today else 0
    return Standing(done[-1] if done else None, upcoming, late)


def add(session: Session, phase: Phase, *, by: By, now: dt.datetime) -> Phase:
    """A new phase of its house. Refused without a name, and as finished on a day to come."""
    if not phase.name.strip():
        raise Missing(field="name")
    dates = Dates(phase.planned_on, phase.actual_on)
    _refuse_future(dates, now)
    session.add(phase)
    session.flush()
    _tell(session, phase, "added", by, now, planned=dates.planned_on)
    if dates.actual_on:
        _tell(session, phase, "finished", by, now, to=dates.actual_on)
    return phase


def set_dates(
    session: Session, phase: Phase, dates: Dates, *, by: By, now: dt.datetime, reason: str = ""
) -> list[HouseEvent]:
    """The phase is planned and finished on these days; each change is one step of the story, no change is none."""
    _refuse_future(dates, now)
    told = []
    if dates.planned_on != phase.planned_on:
        moved = {"was": phase.planned_on, "to": dates.planned_on}
        phase.planned_on = dates.planned_on
        told.append(_tell(session, phase, "planned", by, now, reason=reason, **moved))
    if dates.actual_on != phase.actual_on:
        name = "finished" if dates.actual_on else "reopened"
        moved = {"was": phase.actual_on, "to": dates.actual_on}
        phase.actual_on = dates.actual_on
        told.append(_tell(session, phase, name, by, now, reason=reason, **moved))
    return told


def drop(session: Session, phase: Phase, *, by: By, now: dt.datetime) -> None:
    """The phase is none of the house's any more; the story keeps its name and dates."""
    _tell(session, phase, "dropped", by, now, planned=phase.planned_on, to=phase.actual_on)
    session.flush()
    session.delete(phase)
    session.flush()


def _refuse_future(dates: Dates, now: dt.datetime) -> None:
    if dates.actual_on and dates.actual_on > local_day(now):
        raise NotYet


def _tell(
    session: Session, phase: Phase, name: str, by: By, now: dt.datetime, *, reason: str = "", **days: dt.date | None
) -> HouseEvent:
    data = {"phase": phase.name} | {key: day.isoformat() for key, day in days.items() if day}
    where = {"project_id": phase.project_id, "phase_id": phase.id}
    event = HouseEvent.told(name, by=by, now=now, reason=reason, data=data, **where)
    session.add(event)
    session.flush()
    return event
