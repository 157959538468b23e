"""Who answers for something now: the active person of a role with the fewest open matters."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Follower
from models.staff import Role, Staff
from models.work import Escalation, Ticket

#: Who steps in when a role has nobody active.
FALLBACK = {"designer": "agent", "agent": "manager", "engineer": "manager", "marketing": "manager", "manager": "admin"}

#: The states of an enquiry in which it is work for somebody.
LEADS = ("new", "contacted", "visiting")


def pick(session: Session, role: str) -> Staff | None:
    """The least loaded active person of `role`, else of the role that stands in; None in an empty house."""
    matters = select(func.count()).where(Escalation.owner_id == Staff.id, Escalation.state != "resolved")
    leads = select(func.count()).where(Ticket.owner_id == Staff.id, Ticket.kind == "enquiry", Ticket.state.in_(LEADS))
    load = matters.scalar_subquery() + leads.scalar_subquery()
    query = select(Staff).join(Role).where(Role.name == role, Staff.active).order_by(load, Staff.id).limit(1)
    found = session.scalar(query)
    if found is None and role in FALLBACK:
        return pick(session, FALLBACK[role])
    return found


def above(session: Session, staff: Staff | None) -> Staff | None:
    """Who is told when `staff` let something slip: a manager; above one manager another, or the same once more.

    Never the administrator, who by default may not read cases.
    """
    managers = select(Staff).join(Role).where(Role.name == "manager", Staff.active).order_by(Staff.id)
    others = [person for person in session.scalars(managers) if staff is None or person.id != staff.id]
    return others[0] if others else staff or pick(session, "manager")


def wechat_of(session: Session, staff: Staff) -> Follower | None:
    """The WeChat that a member of staff bound, if they still follow."""
    query = select(Follower).where(Follower.staff_id == staff.id, Follower.subscribed).order_by(Follower.id)
    return session.scalars(query).first()
