"""Buildings 楼栋 and their handover 交房: one date for everybody, and who lives there as far as we know."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session, joinedload

from models.actors import By
from models.desk.followup import enrolments
from models.desk.staff.duty import LEADS
from models.houses import Building, Estate, Project
from models.people import ProjectMember
from models.sales import Enquiry
from models.sequences import Enrolment


def set_handover(session: Session, building: Building, day: dt.date | None, *, by: By, now: dt.datetime) -> None:
    """The building is handed over on this day: every step that has not left moves with it; without a day all rest."""
    building.handover_on = day
    session.flush()
    for enrolment in session.scalars(_followed(building)).all():
        settle(session, enrolment, day, by=by, now=now)


def _followed(building: Building) -> Select[tuple[Enrolment]]:
    return select(Enrolment).where(Enrolment.building_id == building.id).order_by(Enrolment.id)


def settle(session: Session, enrolment: Enrolment, day: dt.date | None, *, by: By, now: dt.datetime) -> bool:
    """The enrolment counts from this day; without one it rests. Whether anything changed; what a person ended stays."""
    if enrolment.state == "stopped" and enrolment.reason != enrolments.NO_DATE:
        return False
    if enrolment.anchor_on == day or (day is None and not enrolment.is_running):
        return False
    if day is not None:
        enrolments.reanchor(session, enrolment, day, by=by, now=now)
        return True
    enrolments.stop(session, enrolment, by=by, now=now, why=enrolments.NO_DATE)
    enrolment.anchor_on = None
    return True


def houses(building: Building) -> Select[tuple[Project]]:
    """The contracts on houses of this building, oldest first."""
    query = select(Project).where(Project.estate_id == building.estate_id, Project.building == building.name)
    return query.order_by(Project.id)


def askers(session: Session, building: Building, which: ColumnElement[bool] | None = None) -> list[Enquiry]:
    """Open enquiries about a house of this building by people who have no contract on one; of `which` only."""
    named = [building.estate.name, *building.estate.aliases]
    members = (
        select(ProjectMember.customer_id)
        .join(Project)
        .where(Project.estate_id == building.estate_id, Project.building == building.name)
    )
    query = (
        select(Enquiry)
        .where(Enquiry.state.in_(LEADS), Enquiry.customer_id.is_not(None), Enquiry.customer_id.not_in(members))
        .where(or_(*(Enquiry.house_text.contains(name, autoescape=True) for name in named)))
        .where(true() if which is None else which)
        .options(joinedload(Enquiry.follower), joinedload(Enquiry.customer))
        .order_by(Enquiry.id)
    )
    return [row for row in session.scalars(query) if _stands(row.house_text, named, building.name)]


def _stands(words: str, estates: Sequence[str], building: str) -> bool:
    """Whether somebody's words name this building: 翡翠城 8 幢 1602 does, 翡翠城18幢 does not."""
    plain, number = re.sub(r"\s", "", words), re.sub(r"\s", "", building)
    spellings = {number, *_spellings(number)}
    named = [rf"{re.escape(estate)}(?:小区|花园)?{re.escape(one)}" for estate in estates for one in spellings]
    return any(re.search(pattern, plain) for pattern in named)


def _spellings(name: str) -> Iterator[str]:
    """8幢, 8栋, 8号楼 are the same building."""
    found = re.fullmatch(r"(\d+)(幢|栋|号楼|座)", name)
    if found:
        yield from (found[1] + kind for kind in ("幢", "栋", "号楼", "座", "-"))


def find_or_add(session: Session, estate: Estate, name: str) -> Building:
    """The building of this name; a new one has no date."""
    found = session.scalar(select(Building).where(Building.estate_id == estate.id, Building.name == name.strip()))
    if found is None:
        found = Building(estate=estate, name=name.strip())
        session.add(found)
        session.flush()
    return found
