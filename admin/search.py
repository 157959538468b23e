"""One box for everything that has a name or a number: cases, customers, houses. Only what the role may open."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from admin import asked, board, complaint_list, hidden, leads, place
from models import Complaint, Customer, Enquiry, Estate, Project, Repair

blueprint = Blueprint("search", __name__, url_prefix="/admin")
MOST = 8


@blueprint.get("/search")
def search() -> Any:
    """What matches; a whole case number leads straight to its case."""
    if place.staff() is None:
        abort(403)
    text = asked.words("q")
    if place.may("repair.see") and text:
        exact = place.session().scalar(select(Repair.number).where(Repair.number == text.upper()))
        if exact:
            return redirect(url_for("repairs.case", number=exact))
    if place.may("enquiry.see") and text:
        lead = place.session().scalar(select(Enquiry).where(Enquiry.number == text.upper()))
        if leads.visible(lead):
            return redirect(url_for("enquiries.case", number=lead.number))
    if place.may("complaint.see") and text:
        known = select(Complaint.number).where(Complaint.number == text.upper(), hidden.cases(Complaint.id))
        if exact := place.session().scalar(known):
            return redirect(url_for("complaints.case", number=exact))
    found = {}
    if text:
        found = {"repairs": _repairs(text), "complaints": _complaints(text)}
        found |= {"customers": _customers(text), "projects": _projects(text)}
    return render_template("admin/search.html", text=text, found=found)


def _repairs(text: str) -> Any:
    if not place.may("repair.see"):
        return []
    wanted = board.matches(text)
    query = select(Repair).where(wanted).options(joinedload(Repair.project).joinedload(Project.estate))
    return place.session().scalars(query.order_by(Repair.id.desc()).limit(MOST)).all()


def _complaints(text: str) -> Any:
    if not place.may("complaint.see"):
        return []
    query = select(Complaint).where(complaint_list.matches(text), hidden.cases(Complaint.id))
    query = query.options(joinedload(Complaint.project).joinedload(Project.estate)).order_by(Complaint.id.desc())
    return place.session().scalars(query.limit(MOST)).all()


def _customers(text: str) -> Any:
    if not place.may("customer.see"):
        return []
    wanted = or_(Customer.name.icontains(text, autoescape=True), *_by_phone(Customer.phone, text))
    return place.session().scalars(select(Customer).where(wanted).order_by(Customer.id.desc()).limit(MOST)).all()


def _projects(text: str) -> Any:
    if not place.may("project.see"):
        return []
    wanted = or_(Project.number.icontains(text, autoescape=True), Project.id.in_(_houses(text)))
    query = select(Project).where(wanted, Project.locked_at.is_(None)).options(joinedload(Project.estate))
    return place.session().scalars(query.order_by(Project.id.desc()).limit(MOST)).all()


def _houses(text: str) -> Any:
    spoken = Estate.name + Project.building + Project.room
    return select(Project.id).join(Estate).where(spoken.icontains(text.replace(" ", ""), autoescape=True))


def _by_phone(column: Any, text: str) -> list[Any]:
    """A phone is found as a whole or by its last four digits: nobody reads numbers off by guessing pieces."""
    if text.isdigit() and len(text) in (4, 11):
        return [column.endswith(text, autoescape=True)]
    return []
