"""Locked away: what the law keeps of somebody whose data goes. Contracts and quotes stay, who they were made with moves
into a record of its own, which only `privacy.locked` opens, one at a time and never unseen.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.desk import trust
from models.desk.personal import retention, whose
from models.desk.personal.whose import Whose
from models.desk.trust import Fact
from models.errors import NotFound
from models.houses import Project
from models.people import Customer, ProjectMember
from models.privacy import LockedRecord, PrivacyRequest
from models.quotes import Quote
from models.staff import Staff
from models.work import Repair
from models.worktime import local_day


def lock(session: Session, row: PrivacyRequest, who: Whose, *, now: dt.datetime) -> int:
    """Contracts and quotes of the person are locked away; returns how many records that made. Twice adds nothing.

    A contract that somebody else of the household signed too goes on: only this person's part of it is locked.
    """
    known = select(LockedRecord.kind, LockedRecord.number).where(LockedRecord.request_id == row.id)
    there = set(map(tuple, session.execute(known)))
    until = local_day(now) + dt.timedelta(days=retention.days(session, "locked"))
    added = 0
    for kind, number, facts in (*_contracts(session, who, now), *_quotes(session, who, now)):
        if (kind, number) not in there:
            session.add(LockedRecord(request=row, kind=kind, number=number, facts=facts, locked_at=now, until=until))
            added += 1
    session.flush()
    return added


Found = Iterator[tuple[str, str, dict[str, Any]]]


def _contracts(session: Session, who: Whose, now: dt.datetime) -> Found:
    customer = session.get(Customer, who.customer) if who.customer else None
    if customer is None:
        return
    for project_id in whose.contracts(session, who):
        project = session.get_one(Project, project_id)
        member = next(one for one in project.members if one.customer_id == customer.id)
        yield "contract", project.number, {
            "name": customer.name, "form": customer.form, "phone": customer.phone, "role": member.role,
            "house": f"{project.estate.name}{project.building}{project.room}",
        }  # fmt: skip
        others = select(ProjectMember.id).where(
            ProjectMember.project_id == project.id, ProjectMember.customer_id != customer.id
        )
        if session.scalar(others.limit(1)) is None:
            project.locked_at = project.locked_at or now


def _quotes(session: Session, who: Whose, now: dt.datetime) -> Found:
    query = select(Quote).join(Repair, Quote.ticket_id == Repair.id).where(who.cases).order_by(Quote.id)
    for quote in session.scalars(query):
        project = quote.repair.project
        yield "quote", f"{quote.number}/{quote.version}", {
            "repair": quote.repair.number, "name": quote.repair.contact_name, "phone": quote.repair.contact_phone,
            "house": project.number if project else quote.repair.house_text, "total": quote.total / 100,
            "note": quote.note, "answer": quote.answer, "answered_by": quote.answered_by_name,
            "answered_at": quote.answered_at.isoformat() if quote.answered_at else "",
        }  # fmt: skip
        if project is None or project.locked_at is not None:
            quote.locked_at = quote.locked_at or now


def read(session: Session, record_id: int, staff: Staff, *, origin: str, now: dt.datetime) -> LockedRecord:
    """The record, with the reading in the list of disclosures and in the audit log; NotFound for none."""
    row = session.get(LockedRecord, record_id)
    if row is None:
        raise NotFound
    trust.disclose(session, staff, Fact("locked", row.id, row.kind), origin=origin, now=now)
    return row


def expire(session: Session, *, now: dt.datetime, limit: int) -> int:
    """Records that the law asks for no longer are gone; returns how many."""
    over = select(LockedRecord.id).where(LockedRecord.until < local_day(now)).order_by(LockedRecord.id).limit(limit)
    ids = list(session.scalars(over))
    session.execute(delete(LockedRecord).where(LockedRecord.id.in_(ids)))
    return len(ids)
