"""Who answers for something now: the active person of a role with the fewest open matters."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Follower
from models.staff import Role, Staff
from models.work import Escalation, Ticket

#: Who steps in when a role has nobody active.
FALLBACK = {"designer": "agent", "agent": "manager", "engineer": "manager", "marketing": "manager", "manager": "admin"}

#: The states of an enquiry in which it is work for somebody.
LEADS = ("new", "contacted", "visiting")


def pick(session: Session, role: str, *, without: Collection[int] = ()) -> Staff | None:
    """The least loaded active person of `role`, else of the role that stands in; None in an empty house.

    `without` are the ids of those whom the matter must not reach.
    """
    matters = select(func.count()).where(Escalation.owner_id == Staff.id, Escalation.state != "resolved")
    leads = select(func.count()).where(Ticket.owner_id == Staff.id, Ticket.kind == "enquiry", Ticket.state.in_(LEADS))
    load = matters.scalar_subquery() + leads.scalar_subquery()
    query = select(Staff).join(Role).where(Role.name == role, Staff.active, Staff.id.not_in(without))
    found = session.scalar(query.order_by(load, Staff.id).limit(1))
    if found is None and role in FALLBACK:
        return pick(session, FALLBACK[role], without=without)
    return found


def pick_able(session: Session, role: str, permission: str, *, without: Collection[int] = ()) -> Staff | None:
    """The same as `pick`, but nobody who lacks `permission` while anybody has it."""
    found = pick(session, role, without=without)
    if found is not None and found.may(permission):
        return found
    return next(iter(able(session, permission, without=without)), found)


def able(session: Session, permission: str, *, without: Collection[int] = ()) -> list[Staff]:
    """Everybody active whose role has `permission`, by name; without those whom the matter must not reach."""
    query = select(Staff).where(Staff.active, Staff.id.not_in(without)).order_by(Staff.name, Staff.id)
    return [person for person in session.scalars(query) if person.may(permission)]


def above(session: Session, staff: Staff | None, *, without: Collection[int] = ()) -> Staff | None:
    """Who is told when `staff` let something slip: a manager; above one manager another, or the same once more.

    Never the administrator, who by default may not read cases, and nobody in `without`.
    """
    managers = select(Staff).join(Role).where(Role.name == "manager", Staff.active, Staff.id.not_in(without))
    others = [one for one in session.scalars(managers.order_by(Staff.id)) if staff is None or one.id != staff.id]
    return others[0] if others else staff or pick(session, "manager", without=without)


def wechat_of(session: Session, staff: Staff) -> Follower | None:
    """The WeChat that a member of staff bound, if they still follow."""
    query = select(Follower).where(Follower.staff_id == staff.id, Follower.subscribed).order_by(Follower.id)
    return session.scalars(query).first()
