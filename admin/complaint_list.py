"""Which complaints a list shows: never one that is hidden from the person who asks."""

from typing import Any

from sqlalchemy import Select, or_, select

from admin import hidden, place
from models import Complaint, Customer, Estate, Project
from models.desk.complaint.complaints import OPEN_STATES


def seen() -> Select[tuple[Complaint]]:
    """Complaints that exist for the person who asks."""
    return select(Complaint).where(Complaint.kind == "complaint", hidden.cases(Complaint.id))


def narrowed(query: Select[Any], view: str, target: str, search: str) -> Select[Any]:
    """What the person wants to see of them: a view, one target, words."""
    is_open = Complaint.state.in_(sorted(OPEN_STATES))
    conditions = {
        "open": (is_open,),
        "mine": (is_open, Complaint.owner_id == place.staff().id),
        "severe": (is_open, Complaint.severity == "severe"),
        "late": (is_open, Complaint.next_due_at < place.now()),
        "closed": (~is_open,),
    }
    query = query.where(*conditions[view])
    if target:
        query = query.where(Complaint.target == target)
    return query.where(matches(search)) if search else query


def matches(text: str) -> Any:
    """Number, house, name of the customer, and their words; digits are never looked for in words."""
    houses = select(Project.id).join(Estate)
    spoken = (Estate.name + Project.building + Project.room).icontains(text.replace(" ", ""), autoescape=True)
    named = select(Customer.id).where(Customer.name.icontains(text, autoescape=True))
    found = [
        Complaint.number.icontains(text, autoescape=True),
        Complaint.project_id.in_(houses.where(spoken)),
        Complaint.customer_id.in_(named),
    ]
    if not text.isdigit():
        found.append(Complaint.problem.icontains(text, autoescape=True))
    return or_(*found)


def of_customer(customer_id: int) -> Any:
    """The customer's complaints that the person may know of, newest first."""
    query = seen().where(Complaint.customer_id == customer_id).order_by(Complaint.id.desc())
    return place.session().scalars(query.limit(20)).all()
