"""Who is to be followed up: for each plan that is on, whatever gave cause since, and is not followed up yet."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, exists, literal, select
from sqlalchemy.orm import Session, joinedload

from models.desk.followup import enrolments, timing
from models.desk.followup.enrolments import Cause
from models.desk.house import buildings
from models.desk.staff.duty import LEADS
from models.houses import Building, Project
from models.people import Customer, Follower, ProjectMember
from models.sales import Appointment, Enquiry
from models.sequences import Enrolment, Sequence
from models.worktime import local_day

#: People join so long before their first step: whoever looks at the next month sees all of it.
AHEAD = dt.timedelta(days=31)
#: How many join by one plan in one transaction: a writer on SQLite keeps everybody else waiting as long.
MOST = 20


def run(session: Session, sequence: Sequence, *, now: dt.datetime) -> int:
    """Some of those who gave cause are followed up, once; returns how many are new, 0 when all are."""
    found = itertools.islice(SOURCES[sequence.trigger](session, sequence, now), MOST)
    return sum(enrolments.begin(session, sequence, cause, now=now) is not None for cause in found)


def _since(sequence: Sequence, now: dt.datetime) -> dt.datetime:
    """Before this nothing gives cause: the plan was off, or all its steps are over."""
    last = max(step.offset_days for step in sequence.steps)
    return max(sequence.active_since, now - dt.timedelta(days=last + 7))


def _new(sequence: Sequence, kind: str, number: ColumnElement[int] | Any) -> ColumnElement[bool]:
    """The condition that nobody is followed up because of this row yet."""
    key = literal(f"{sequence.series}:{kind}:") + cast(number, Enrolment.key.type)
    return ~exists().where(Enrolment.key == key)


def _enquiries(session: Session, sequence: Sequence, now: dt.datetime) -> Iterator[Cause]:
    query = (
        select(Enquiry)
        .where(Enquiry.kind == "enquiry", Enquiry.state.in_(LEADS), Enquiry.opened_at >= _since(sequence, now))
        .where(_new(sequence, "ticket", Enquiry.id))
    )
    for row in session.scalars(query.order_by(Enquiry.id).limit(MOST)).all():
        yield Cause(
            key=f"{sequence.series}:ticket:{row.id}", anchor_at=row.opened_at, joined_at=row.opened_at,
            customer_id=row.customer_id, follower_id=row.follower_id, ticket_id=row.id,
        )  # fmt: skip


def _visits(session: Session, sequence: Sequence, now: dt.datetime) -> Iterator[Cause]:
    """From the end of the visit, or from when it was written down if that was earlier."""
    query = (
        select(Appointment)
        .where(Appointment.state == "done", Appointment.closed_at >= _since(sequence, now))
        .where(_new(sequence, "ticket", Appointment.id), Appointment.enquiry.has(Enquiry.state.in_(LEADS)))
    )
    for row in session.scalars(query.order_by(Appointment.id).limit(MOST)).all():
        left = min(row.end_at, row.closed_at)
        yield Cause(
            key=f"{sequence.series}:ticket:{row.id}", anchor_at=left, joined_at=left, customer_id=row.customer_id,
            follower_id=row.follower_id, ticket_id=row.enquiry_id,
        )  # fmt: skip


def _completed(session: Session, sequence: Sequence, now: dt.datetime) -> Iterator[Cause]:
    since = local_day(_since(sequence, now))
    query = (
        select(Project)
        .where(Project.completed_on >= since, Project.completed_on <= local_day(now))
        .where(_new(sequence, "project", Project.id), Project.members.any())
    )
    houses = session.scalars(query.order_by(Project.id).limit(MOST)).all()
    speakers = _speakers(session, houses)
    for house in houses:
        start = timing.start_of(house.completed_on)
        key = f"{sequence.series}:project:{house.id}"
        yield _household(key, house, speakers[house.id], start, max(start, house.created_at))


def _handovers(session: Session, sequence: Sequence, now: dt.datetime) -> Iterator[Cause]:
    """Households with a contract, and people who asked about a house there. Whoever comes late begins in the middle."""
    first = min(step.offset_days for step in sequence.steps)
    last = local_day(now + AHEAD) - dt.timedelta(days=first)
    query = select(Building).where(Building.handover_on > local_day(now), Building.handover_on <= last)
    for building in session.scalars(query.options(joinedload(Building.estate)).order_by(Building.id)).all():
        start, prefix = timing.start_of(building.handover_on), f"{sequence.series}:{building.id}"
        place = {"anchor_at": start, "joined_at": now, "anchor_on": building.handover_on, "building_id": building.id}
        new = _new(sequence, f"{building.id}:project", Project.id)
        houses = session.scalars(buildings.houses(building).where(new, Project.members.any()).limit(MOST)).all()
        speakers = _speakers(session, houses)
        for house in houses:
            yield Cause(key=f"{prefix}:project:{house.id}", project_id=house.id, **speakers[house.id], **place)
        new = _new(sequence, f"{building.id}:customer", Enquiry.customer_id)
        for row in buildings.askers(session, building, new):
            who = {"customer_id": row.customer_id, "follower_id": row.follower_id, "ticket_id": row.id}
            yield Cause(key=f"{prefix}:customer:{row.customer_id}", **who, **place)


def _speakers(session: Session, houses: Iterable[Project]) -> dict[int, dict[str, int | None]]:
    """The one of each household who is written to: the owner before family, who follows before who does not."""
    query = (
        select(ProjectMember.project_id, Customer.id, Follower.id)
        .join(ProjectMember, ProjectMember.customer_id == Customer.id)
        .outerjoin(Follower, (Follower.customer_id == Customer.id) & Follower.subscribed)
        .where(ProjectMember.project_id.in_([house.id for house in houses]))
        .order_by(Follower.id.is_(None), ProjectMember.role != "owner", ProjectMember.id, Follower.id)
    )
    found: dict[int, dict[str, int | None]] = {}
    for house_id, customer_id, follower_id in session.execute(query):
        found.setdefault(house_id, {"customer_id": customer_id, "follower_id": follower_id})
    return found


def another(session: Session, enrolment: Enrolment) -> dict[str, int | None] | None:
    """Who of the household can be written to in place of whoever left; None when nobody else follows and wants it."""
    if enrolment.project_id is None:
        return None
    wants = and_(Follower.subscribed, Follower.opted_out_at.is_(None), Follower.id != enrolment.follower_id)
    query = (
        select(Customer.id, Follower.id)
        .join(ProjectMember, ProjectMember.customer_id == Customer.id)
        .join(Follower, Follower.customer_id == Customer.id)
        .where(ProjectMember.project_id == enrolment.project_id, wants)
        .order_by(ProjectMember.role != "owner", ProjectMember.id, Follower.id)
    )
    found = session.execute(query.limit(1)).first()
    return {"customer_id": found[0], "follower_id": found[1]} if found else None


def _household(key: str, house: Project, who: dict[str, int | None], start: dt.datetime, joined: dt.datetime) -> Cause:
    return Cause(key=key, anchor_at=start, anchor_on=house.completed_on, joined_at=joined, project_id=house.id, **who)


#: Cause -> where it stands in the records.
SOURCES = {"enquiry": _enquiries, "visit": _visits, "handover": _handovers, "completed": _completed}
