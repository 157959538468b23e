"""What ends following somebody up, and which dates have moved. Safe twice and on several workers: rows are locked."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.desk.followup import enrolments, joining
from models.desk.house import buildings
from models.houses import Building, Project
from models.people import Follower, ProjectMember
from models.sales import Appointment
from models.sequences import STOPS, Enrolment, Sequence
from models.work import Ticket

#: So many people are looked after in one transaction; the next run takes the rest.
MOST = 100
#: Who is gone for these reasons has a household that goes on.
PASSED_ON = ("not_following", "left_house")
Query = Select[Any]


def ended(session: Session, *, now: dt.datetime) -> int:
    """Whoever signed, refused, opted out, left or came again is followed up no further; returns how many.

    A household is not over with the one who left us, or left the house: it goes on with another of it who follows.
    """
    count = 0
    for why, query in _endings(session):
        for enrolment in session.scalars(_held(query)).all():
            who = joining.another(session, enrolment) if why in PASSED_ON else None
            if who is not None:
                count += enrolments.hand_on(session, enrolment, who, by=SYSTEM, now=now)
                continue
            enrolments.stop(session, enrolment, by=SYSTEM, now=now, why=why)
            count += 1
        session.flush()
    return count


def _held(query: Query) -> Query:
    return query.limit(MOST).with_for_update(of=Enrolment, skip_locked=True, key_share=True)


def _endings(session: Session) -> Iterator[tuple[str, Query]]:
    running = select(Enrolment).where(Enrolment.state == "running").order_by(Enrolment.id)
    people = running.join(Follower, Follower.id == Enrolment.follower_id)
    yield "opted_out", people.where(Follower.opted_out_at.is_not(None))
    yield "not_following", people.where(~Follower.subscribed)
    # Who has no WeChat is called, and is known by their file.
    on_file = and_(Enrolment.follower_id.is_(None), ProjectMember.customer_id == Enrolment.customer_id)
    lives = exists().where(
        ProjectMember.project_id == Enrolment.project_id,
        or_(ProjectMember.customer_id == Follower.customer_id, on_file),
    )
    households = running.outerjoin(Follower, Follower.id == Enrolment.follower_id)
    yield "left_house", households.where(Enrolment.project_id.is_not(None), ~lives)
    versions = session.execute(select(Sequence.id, Sequence.stops)).all()
    by = {name: [one for one, stops in versions if name in stops] for name in STOPS}
    leads = running.join(Ticket, Ticket.id == Enrolment.ticket_id)
    yield "signed", leads.where(Ticket.state == "won", Enrolment.sequence_id.in_(by["signed"]))
    yield "lost", leads.where(Ticket.state == "lost", Enrolment.sequence_id.in_(by["lost"]))
    again = (
        select(Appointment.id)
        .where(Appointment.enquiry_id == Enrolment.ticket_id)
        .where(
            or_(
                and_(Appointment.state == "booked", Appointment.opened_at >= Enrolment.anchor_at),
                and_(Appointment.state == "done", Appointment.end_at > Enrolment.anchor_at,
                     Appointment.closed_at > Enrolment.anchor_at),
            )
        )
        .exists()
    )  # fmt: skip
    yield "new_visit", running.where(Enrolment.sequence_id.in_(by["new_visit"]), again)


def moved(session: Session, *, now: dt.datetime) -> int:
    """Dates that changed in the records since are followed, or rested; returns for how many people."""
    handed = (
        select(Enrolment, Building.handover_on)
        .join(Building, Building.id == Enrolment.building_id)
        .where(Building.handover_on.is_distinct_from(Enrolment.anchor_on))
    )
    built = (
        select(Enrolment, Project.completed_on)
        .join(Project, Project.id == Enrolment.project_id)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .where(Sequence.trigger == "completed", Project.completed_on.is_distinct_from(Enrolment.anchor_on))
    )
    count = 0
    for query, day in ((handed, Building.handover_on), (built, Project.completed_on)):
        waits = or_(Enrolment.state == "finished", Enrolment.reason == enrolments.NO_DATE)
        known = query.where(or_(Enrolment.state == "running", and_(waits, day.is_not(None))))
        rows = session.execute(_held(known.order_by(Enrolment.id))).all()
        count += sum(buildings.settle(session, row, at, by=SYSTEM, now=now) for row, at in rows)
    return count
