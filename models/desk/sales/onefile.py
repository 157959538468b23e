"""Leads of one person: won by the contract on their file, and one where two WeChats of theirs had one each.

Who chats before they are bound has a file that the first question made; once a code or the contract binds the WeChat,
the contract's own file takes its place, and the lead still stands on the old one. Two leads are one only where both
WeChats were proved to be of one file: a telephone number that somebody types proves nothing.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, joinedload

from models.actors import SYSTEM
from models.desk.sales import enquiries, signing
from models.desk.staff.duty import LEADS
from models.people import Follower
from models.sales import GRADES, Appointment, Enquiry
from models.signing import Signing

#: Leads looked after in one transaction.
MOST = 50
#: Why a lead is over.
JOINED = "同一位客户，并入 {number}"
#: Facts that the lead which stays takes over where it has none.
FACTS = ("area", "layout", "style", "budget_low", "budget_high", "keys_on", "keys_text", "house_text", "contact_phone")


def run(session: Session, *, now: dt.datetime) -> int:
    """Open leads whose person has signed since are won, those of one person are one; returns how many changed."""
    return _signed(session, now) + _doubled(session, now)


def _signed(session: Session, now: dt.datetime) -> int:
    query = (
        select(Enquiry, Signing)
        .join(Follower, Follower.id == Enquiry.follower_id)
        .join(Signing, Signing.customer_id == Follower.customer_id)
        .where(Enquiry.state.in_(LEADS), Signing.created_at >= Enquiry.opened_at)
        .order_by(Enquiry.id, Signing.id)
    )
    changed = 0
    for lead, contract in _held(session, query):
        if not lead.is_open:  # by an earlier contract of the same person
            continue
        lead.customer = contract.customer
        enquiries.won(session, lead, by=SYSTEM, now=now, reason=contract.project.number)
        contract.enquiry = contract.enquiry or lead
        signing.credit(session, contract, now=now)
        changed += 1
    return changed


def _held(session: Session, query: object) -> Sequence[Row[tuple[Enquiry, Signing]]]:
    held = query.limit(MOST).with_for_update(of=Enquiry, skip_locked=True, key_share=True)  # type: ignore[attr-defined]
    return session.execute(held.execution_options(populate_existing=True)).all()


def _doubled(session: Session, now: dt.datetime) -> int:
    mine = select(Follower.customer_id).join(Enquiry, Enquiry.follower_id == Follower.id)
    several = mine.where(Enquiry.state.in_(LEADS), Follower.customer_id.is_not(None))
    files = session.scalars(several.group_by(Follower.customer_id).having(func.count() > 1).limit(MOST)).all()
    return sum(_one_of(session, file, now) for file in files)


def _one_of(session: Session, file: int, now: dt.datetime) -> int:
    """The most hopeful of them stays; one with a visit of its own stays as well."""
    query = select(Enquiry).join(Follower, Follower.id == Enquiry.follower_id)
    query = query.where(Follower.customer_id == file, Enquiry.state.in_(LEADS)).options(joinedload(Enquiry.follower))
    rows = session.scalars(query.order_by(Enquiry.id).with_for_update(of=Enquiry, skip_locked=True)).all()
    booked = set(session.scalars(select(Appointment.enquiry_id).where(
        Appointment.enquiry_id.in_([row.id for row in rows]), Appointment.state == "booked")))  # fmt: skip
    rest = sorted(rows, key=lambda row: (row.id not in booked, GRADES.index(row.grade), row.id))
    over = [row for row in rest[1:] if row.id not in booked]
    for row in over:
        _into(session, row, rest[0], now)
    return len(over)


def _into(session: Session, lead: Enquiry, kept: Enquiry, now: dt.datetime) -> None:
    """What was said on both stands on the one that stays; the other is over, and its story says where it went."""
    kept.customer = kept.follower.customer if kept.follower is not None else kept.customer
    for name in FACTS:
        if getattr(kept, name) in (None, ""):
            setattr(kept, name, getattr(lead, name))
    told = [line for line in lead.asked.splitlines() if line not in kept.asked.splitlines()]
    kept.asked = "\n".join(filter(None, (kept.asked, *told)))[-4000:]
    kept.decided = kept.decided or lead.decided
    kept.tell("learnt", by=SYSTEM, now=now, reason=lead.number)
    enquiries.lost(session, lead, reason=JOINED.format(number=kept.number), by=SYSTEM, now=now)
    enquiries.regrade(session, kept, now=now)
