"""Masked numbers in clear, one at a time: by POST, on record before the number leaves the house."""

from typing import Any

from flask import Blueprint, abort

from admin import hidden, leads, place
from models import Callback, Complaint, Crew, Customer, Enquiry, Message, Repair, Staff
from models.desk import trust
from models.desk.trust import Fact

blueprint = Blueprint("reveal", __name__, url_prefix="/admin/reveal")

#: So long the number stands on the screen, seconds.
SHOWN_FOR = 30
#: What can be revealed -> (table, field, what the person must be allowed to see anyway).
REVEALABLE: dict[tuple[str, str], tuple[Any, str]] = {
    ("customer", "phone"): (Customer, "customer.see"),
    ("repair", "contact_phone"): (Repair, "repair.see"),
    ("repair", "problem"): (Repair, "repair.see"),
    ("callback", "phone"): (Callback, "callback.see"),
    ("enquiry", "contact_phone"): (Enquiry, "enquiry.see"),
    ("complaint", "contact_phone"): (Complaint, "complaint.see"),
    ("complaint", "problem"): (Complaint, "complaint.see"),
    ("crew", "phone"): (Crew, "crew.see"),
    ("staff", "phone"): (Staff, "staff.see"),
    ("message", "text"): (Message, "conversation.see"),
}


@blueprint.post("/<kind>/<int:number>/<field>")
def reveal(kind: str, number: int, field: str) -> Any:
    """The fact in clear, with its row in the list of disclosures; refused without both permissions."""
    if (kind, field) not in REVEALABLE:
        abort(404)
    table, see = REVEALABLE[kind, field]
    person = place.staff()
    if person is None or not (place.may("customer.reveal") and place.may(see)):
        abort(403)
    row = place.session().get(table, number)
    if row is None or (kind == "enquiry" and not leads.visible(row)) or not _may_know(row):
        abort(404)
    value = getattr(row, field)
    trust.disclose(place.session(), person, Fact(kind, number, field), origin=place.origin(), now=place.now())
    place.session().commit()
    return {"value": value, "seconds": SHOWN_FOR}


def _may_know(row: Any) -> bool:
    if isinstance(row, Callback):
        return hidden.has_call(row.id)
    if isinstance(row, Complaint):
        return hidden.has_case(row.id)
    return not isinstance(row, Message) or hidden.has_message(row)
