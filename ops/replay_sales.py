"""What a replay says of leads: the offers and times of its first line, and what became of enquiries and visits.

Offers are the house's and have no owner: those of a replay retire when it ends, and no others are on offer meanwhile.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from models.sales import VISITS, Appointment, Enquiry, Package, Showroom, VisitPlan
from models.worktime import SHANGHAI
from ops.replay_file import BadFile

Row = dict[str, Any]
FIRST = 1
OFFERS = (Package, Showroom, VisitPlan)


def plant_offers(session: Session, told: Mapping[str, Any], tag: str) -> None:
    """The packages, showrooms and times for visits of the setup are on offer, and nothing else is."""
    if not {"packages", "showrooms", "plans"} & told.keys():
        return
    for table in OFFERS:
        session.execute(update(table).values(active=False))
    for position, one in enumerate(told.get("packages", ())):
        session.add(_package(session, one, position, tag))
    for one in told.get("showrooms", ()):
        session.add(_showroom(one, tag))
    for one in told.get("plans", ()):
        _plant_plan(session, one)
    session.flush()


def _package(session: Session, one: Mapping[str, Any], position: int, tag: str) -> Package:
    low, high = one.get("price") or (None, None)
    if not isinstance(low, int) or not isinstance(high, int) or not one.get("name"):
        raise BadFile(FIRST, "packages 的每一项要有 name，price 是每平米的 [低, 高]，单位元")
    name, (area_low, area_high) = str(one["name"]), one.get("area") or (None, None)
    taken = session.scalar(select(Package.id).where(Package.name == name)) is not None
    words = {key: str(one.get(key) or "") for key in ("style", "summary", "picture", "link")}
    return Package(
        name=f"{name}·{tag}" if taken else name, price_low=low * 100, price_high=high * 100, area_low=area_low,
        area_high=area_high, position=position, **words,
    )  # fmt: skip


def _showroom(one: Mapping[str, Any], tag: str) -> Showroom:
    opens, shuts = (dt.time.fromisoformat(at) for at in one.get("hours") or ("09:00", "18:00"))
    known = {name: one[name] for name in ("lat", "lng", "phone", "route", "parking", "weekdays") if name in one}
    return Showroom(
        name=str(one.get("name") or tag), address=str(one.get("address") or ""), opens=opens, shuts=shuts, **known
    )


def _plant_plan(session: Session, one: Mapping[str, Any]) -> None:
    """One line may speak of several weekdays; without them it speaks of all seven."""
    if one.get("visit") not in VISITS:
        raise BadFile(FIRST, f"plans 的 visit 要是 {'、'.join(VISITS)}")
    starts, ends = (dt.time.fromisoformat(at) for at in one.get("hours") or ("09:00", "17:00"))
    known = {name: one[name] for name in ("minutes", "seats", "lead_hours") if name in one}
    for weekday in one.get("weekdays", range(7)):
        session.add(VisitPlan(visit=one["visit"], weekday=weekday, starts=starts, ends=ends, **known))


@contextmanager
def only_its_offers(sessions: sessionmaker[Session], told: Mapping[str, Any]) -> Iterator[None]:
    """What the house offers is on offer again when the block ends, and what the replay offered is not."""
    with sessions.begin() as session:
        before = {table: list(session.scalars(select(table.id).where(table.active))) for table in OFFERS}
    try:
        yield
    finally:
        if {"packages", "showrooms", "plans"} & told.keys():
            with sessions.begin() as session:
                for table, ids in before.items():
                    session.execute(update(table).values(active=table.id.in_(ids)))


def enquiries_of(session: Session, who: Mapping[int, str]) -> list[Row]:
    """The enquiries of the replay's people, with their story."""
    query = select(Enquiry).where(Enquiry.follower_id.in_(who)).order_by(Enquiry.id)
    return [
        {
            "number": row.number, "who": who[row.follower_id or 0], "state": row.state, "grade": row.grade,
            "cause": row.grade_cause, "area": row.area, "layout": row.layout, "style": row.style,
            "budget": row.budget_high and row.budget_high // 100, "keys": row.keys_text,
            "keys_on": row.keys_on.isoformat() if row.keys_on else None, "house": row.house, "asked": row.asked,
            "phone": row.contact_phone, "name": row.contact_name, "owner": row.owner.name if row.owner else None,
            "stage": row.customer.stage if row.customer else None,
            "promises": [{"name": one.policy.name, "state": one.state} for one in row.promises],
            "events": [{"name": e.name, "by": e.actor_kind, "reason": e.reason} for e in row.events],
        }
        for row in session.scalars(query)
    ]  # fmt: skip


def appointments_of(session: Session, ids: Collection[int], who: Mapping[int, str]) -> list[Row]:
    """The appointments of the replay's people, with their story."""
    query = select(Appointment).where(Appointment.follower_id.in_(ids)).order_by(Appointment.id)
    return [
        {
            "number": row.number, "who": who[row.follower_id or 0], "visit": row.visit, "state": row.state,
            "start": row.start_at.astimezone(SHANGHAI).isoformat(), "end": row.end_at.astimezone(SHANGHAI).isoformat(),
            "where": row.where, "phone": row.contact_phone, "moved": row.moved, "reason": row.close_reason,
            "owner": row.owner.name if row.owner else None, "events": [e.name for e in row.events],
        }
        for row in session.scalars(query)
    ]  # fmt: skip
