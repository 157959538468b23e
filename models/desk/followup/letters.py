"""What is said when somebody is followed up: the house's texts or words of staff, by name, with a way out."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.delivery.outbox import Letter
from models.sales import Appointment, Enquiry
from models.sequences import Enrolment, SequenceStep, Touch

#: What carries words of staff.
LETTER = "follow.words"


def letter(touch: Touch, session: Session | None = None) -> Letter:
    """What the person is sent; facts that are not known are left out, every text has a form without them."""
    step, enrolment = touch.step, touch.enrolment
    facts = facts_of(enrolment, session)
    if step.channel == "text":
        return Letter(step.text_key, facts)
    return Letter(LETTER, facts | {"words": words_for(step, enrolment)})


def words_for(step: SequenceStep, enrolment: Enrolment) -> str:
    """Staff's words in the language that the person is served in, where somebody wrote them in it."""
    english = enrolment.follower is not None and enrolment.follower.lang == "en"
    return (step.words_en if english else "") or step.words


def facts_of(enrolment: Enrolment, session: Session | None = None) -> dict[str, Any]:
    """Who it is, which house, and the day that people count to."""
    customer, ticket, building = enrolment.customer, enrolment.ticket, enrolment.building
    house = enrolment.project.label if enrolment.project else building.label if building else ""
    facts: dict[str, Any] = {"call": customer.call if customer else "", "house": house}
    if isinstance(ticket, Enquiry):
        facts |= {"what": f"{ticket.area}㎡{ticket.style}" if ticket.area else ticket.style}
        facts |= {"designer": ticket.owner.name if ticket.owner else ""}
        facts |= {"visit": _visit(enrolment, session)} if session is not None else {}
    if building is not None and building.handover_on is not None:
        facts["handover"] = building.handover_on.isoformat()
    return {name: value for name, value in facts.items() if value}


def _visit(enrolment: Enrolment, session: Session) -> str:
    """measure or showroom: what the last visit was."""
    if enrolment.sequence.trigger != "visit":
        return ""
    query = select(Appointment.visit).where(Appointment.enquiry_id == enrolment.ticket_id, Appointment.state == "done")
    return session.scalar(query.order_by(Appointment.end_at.desc()).limit(1)) or ""
