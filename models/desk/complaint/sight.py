"""Who must not see what: whom a complaint is about, and what only its owner and those who lead may read.

The one rule: whoever lists, shows, routes or notifies anything about a case or a conversation asks here first.
"""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.callbacks import Callback, Slip
from models.complaints import Complaint
from models.staff import Staff
from models.talk import Conversation
from models.work import Ticket

SEE, LEAD = "complaint.see", "complaint.lead"


def shut_out(session: Session, about: Ticket | Conversation | Callback | Slip) -> frozenset[int]:
    """The ids of colleagues who must neither own nor hear of a matter: those complained about in it.

    A conversation is shut for whomever its customer ever complained about: what was said of them stands in it. A
    callback or slip is shut like the case or conversation that it is about.
    """
    if isinstance(about, Slip):
        return shut_out(session, about.ticket) if about.ticket is not None else frozenset()
    if isinstance(about, Callback):
        matter = about.ticket or about.conversation or about.slip
        return shut_out(session, matter) if matter is not None else frozenset()
    if isinstance(about, Complaint):
        return frozenset({about.about_staff_id} - {None})
    if isinstance(about, Ticket):
        return frozenset()
    query = select(Complaint.about_staff_id).where(
        Complaint.follower_id == about.follower_id, Complaint.about_staff_id.is_not(None)
    )
    return frozenset(session.scalars(query))


def sees(staff: Staff, complaint: Complaint) -> bool:
    """Whether `staff` may know of this complaint at all."""
    if not staff.may(SEE) or complaint.about_staff_id == staff.id:
        return False
    return not complaint.confidential or complaint.owner_id == staff.id or staff.may(LEAD)


def fits(staff: Staff, about: Ticket | Conversation | Callback | Slip) -> bool:
    """Whether `staff` may answer for a matter in somebody's place: nobody gets a complaint that they may not see."""
    return not isinstance(about, Complaint) or about.owner_id == staff.id or sees(staff, about)


def unseen_cases(staff: Staff) -> Select[tuple[int]]:
    """The ids of complaints that do not exist for `staff`; a subquery for whatever lists rows about cases."""
    # Not correlated: the rows that are listed may be complaints themselves.
    query = select(Complaint.id).where(Complaint.kind == "complaint").correlate(None)
    if not staff.may(SEE):
        return query
    hidden: list[Any] = [Complaint.about_staff_id == staff.id]
    if not staff.may(LEAD):
        foreign = or_(Complaint.owner_id.is_(None), Complaint.owner_id != staff.id)
        hidden.append(Complaint.confidential & foreign)
    return query.where(or_(*hidden))


def unseen_people(staff: Staff) -> Select[tuple[int | None]]:
    """The ids of followers whose conversation does not exist for `staff`, because they complained about them."""
    mine = Complaint.about_staff_id == staff.id
    return select(Complaint.follower_id).where(mine, Complaint.follower_id.is_not(None)).correlate(None)
