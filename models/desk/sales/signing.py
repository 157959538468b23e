"""签约: the contract stands as a house with its phases, everybody who goes on with it is told at once, once.

A signing without its first payment is none: until the money is there the lead stays a lead.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.db import insert_into
from models.desk.account import household
from models.desk.account.people import mask_phone
from models.desk.callback import callbacks, rhythm
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.repair import notices
from models.desk.repair.finishing import noon
from models.desk.sales import enquiries
from models.desk.staff import duty
from models.errors import DomainError, Missing
from models.houses import Estate, Phase, Project
from models.people import Customer, Follower
from models.qrcodes import Referral
from models.sales import Enquiry
from models.signing import Signing
from models.staff import Role, Staff
from models.worktime import local_day

#: Who goes on with a house once it is signed: engineering builds, finance books, service welcomes.
TOLD = ("engineer", "finance", "agent")
WELCOME = "signed"
THANKS_LIVE = dt.timedelta(days=7)


class ContractTaken(DomainError):
    """There is a house with this contract's number."""

    key = "errors.contract_taken"


class WrongMoney(DomainError):
    """No first payment, or one above the contract's sum."""

    key = "errors.first_payment"


@dataclass(frozen=True)
class Deal:
    """A contract as it was written: number, house, sums in 分, days."""

    number: str
    estate: str
    building: str
    room: str
    amount: int
    first_payment: int
    signed_on: dt.date
    paid_on: dt.date
    area: int | None = None
    supervisor: Staff | None = None


def sign(
    session: Session, customer: Customer, deal: Deal, *, enquiry: Enquiry | None = None, by: By, now: dt.datetime
) -> Signing:
    """The contract stands: a house being built with its phases, the customer as its owner, every lead of theirs won.

    Engineering, finance and service are told; service owes a call of welcome; whoever brought the customer is credited
    with their first contract and thanked. Refused without number, house or first payment, for days to come, and for a
    number that there is already. The customer is locked, so that of two contracts at once one is their first.
    """
    _check(session, deal, now)
    session.flush()
    session.refresh(customer, with_for_update=True)
    returning = bool(session.scalar(select(Signing.id).where(Signing.customer_id == customer.id).limit(1)))
    returning = returning or bool(customer.memberships)
    project = _house(session, deal, now)
    household.join(
        session, project, customer, how=household.How("panel", role="owner", staff=by), follower=None, now=now
    )
    row = Signing(
        project=project, customer=customer, enquiry=enquiry, signed_on=deal.signed_on, amount=deal.amount,
        first_payment=deal.first_payment, paid_on=deal.paid_on, came_back=returning,
        introducer=None if returning else _introducer(session, customer),
        staff_id=by.id if by.kind == "staff" else None, created_at=now,
    )  # fmt: skip
    if enquiry is not None and session.scalar(select(Signing.id).where(Signing.enquiry_id == enquiry.id)) is not None:
        row.enquiry = None  # that lead has its contract; this is another one
    session.add(row)
    session.flush()
    _win(session, row, by, now)
    _tell(session, row, now)
    return row


def _check(session: Session, deal: Deal, now: dt.datetime) -> None:
    for name in ("number", "estate", "room"):
        if not getattr(deal, name).strip():
            raise Missing("errors.contract_missing", field=name)
    if not 0 < deal.first_payment <= deal.amount:
        raise WrongMoney
    if max(deal.signed_on, deal.paid_on) > local_day(now):
        raise DomainError("errors.signed_future")
    if session.scalar(select(Project.id).where(Project.number == deal.number.strip())) is not None:
        raise ContractTaken(number=deal.number.strip())


def _house(session: Session, deal: Deal, now: dt.datetime) -> Project:
    """The house under its contract, with the phases of this company, the first of them done."""
    rhythm.ensure(session)
    project = Project(
        number=deal.number.strip()[:30], estate=_estate(session, deal.estate.strip()[:60]), area=deal.area,
        building=deal.building.strip()[:20], room=deal.room.strip()[:20], supervisor=deal.supervisor,
        stage="building", created_at=now,
    )  # fmt: skip
    for position, name in enumerate(rhythm.names(session), 1):
        done = deal.signed_on if position == 1 else None
        project.phases.append(Phase(position=position, name=name, planned_on=done, actual_on=done))
    try:
        with session.begin_nested():
            session.add(project)
    except IntegrityError:  # signed by a colleague in the same moment
        raise ContractTaken(number=deal.number.strip()) from None
    return project


def _estate(session: Session, name: str) -> Estate:
    """The estate of this name; a new one when nobody has built there, though two colleagues name it at once."""
    found = select(Estate).where(Estate.name == name)
    known = session.scalar(found)
    if known is None:
        row = {"name": name, "aliases": [], "address": ""}
        session.execute(insert_into(session, Estate).values(row).on_conflict_do_nothing(index_elements=["name"]))
        known = session.scalars(found).one()
    return known


def _introducer(session: Session, customer: Customer) -> Follower | None:
    """Who brought this person, by whichever WeChat of theirs came first."""
    mine = select(Follower.id).where(Follower.customer_id == customer.id)
    found = session.scalars(select(Referral).where(Referral.newcomer_id.in_(mine)).order_by(Referral.id)).first()
    return found.introducer if found is not None and found.introducer.customer_id != customer.id else None


def credit(session: Session, row: Signing, *, now: dt.datetime) -> None:
    """Whoever brought the person is credited and thanked, where that became known after the contract: the WeChat that
    they came with was bound to the contract's file later. Only a first contract, and once."""
    earlier = select(Signing.id).where(Signing.customer_id == row.customer_id, Signing.id < row.id)
    if row.came_back or row.introducer is not None or session.scalar(earlier.limit(1)) is not None:
        return
    row.introducer = _introducer(session, row.customer)
    _thank(session, row, now)


def _thank(session: Session, row: Signing, now: dt.datetime) -> None:
    if row.introducer is not None:
        ends = now + THANKS_LIVE
        thanks = Letter("referral.signed")
        outbox.post(session, f"signing:{row.id}:thanks", to=row.introducer, letter=thanks, now=now, not_after=ends)


def _win(session: Session, row: Signing, by: By, now: dt.datetime) -> None:
    """Every open lead of the customer is won: nobody calls them as a lead any more."""
    customer = row.customer
    leads = select(Enquiry).where(Enquiry.customer_id == customer.id, Enquiry.state.in_(duty.LEADS))
    for lead in session.scalars(leads).all():
        enquiries.won(session, lead, by=by, now=now, reason=row.project.number)
    if customer.stage in ("potential", "likely", "out_of_warranty"):
        customer.stage = "signed"


def facts_of(row: Signing) -> dict[str, Any]:
    """What texts about a contract may name; empty facts are left out."""
    facts = {
        "number": row.project.number, "house": row.project.label, "customer": row.customer.call,
        "phone_masked": mask_phone(row.customer.phone), "area": row.project.area, "amount": row.amount / 100,
        "first": row.first_payment / 100, "paid": noon(row.paid_on).isoformat(), "returning": row.came_back,
        "referred": row.introducer_id is not None,
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value}


def _tell(session: Session, row: Signing, now: dt.datetime) -> None:
    facts = facts_of(row)
    for person in colleagues(session):
        key = f"signing:{row.id}:staff:{person.id}"
        notices.tell_staff(session, person, key, Letter("staff.signed", facts), now=now)
    callbacks.ask(session, WELCOME, about=row.project, now=now, words=row.project.number)
    welcome = Letter(
        "signing.welcome", {name: facts[name] for name in ("number", "house", "customer") if name in facts}
    )
    for one in row.customer.followers:
        if one.subscribed:
            outbox.post(session, f"signing:{row.id}:f{one.id}", to=one, letter=welcome, now=now)
    _thank(session, row, now)


def colleagues(session: Session) -> Sequence[Staff]:
    """Everybody of engineering, finance and service."""
    query = select(Staff).join(Role).where(Role.name.in_(TOLD), Staff.active)
    return session.scalars(query.order_by(Staff.id)).all()
