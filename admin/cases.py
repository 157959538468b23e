"""What the pages of a repair, a complaint and a lead do alike: the talk behind a case, and who saw it as it is."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, hidden, place
from admin.words import name_of
from models import Conversation, Staff, Ticket
from models.desk.talk import conversations
from models.errors import DomainError, Missing, Stale

#: Letters that an answer may have.
LONGEST = 600
#: What somebody may who looks after a house while it is built: set its dates, see what breaks in it.
BUILDS = ("project.edit", "repair.see")


def talks(case: Ticket) -> bool:
    """Whether the person may read what was said with the customer of this case."""
    return place.may("conversation.see") and hidden.has_talk(case.follower_id)


def conversation(case: Ticket) -> Conversation | None:
    """The conversation with the customer of this case; None without one, and for who may not read it."""
    query = select(Conversation).where(Conversation.follower_id == case.follower_id)
    return place.session().scalar(query) if case.follower_id and talks(case) else None


def answer(case: Ticket) -> None:
    """Words of the person go to the customer, on the case and in their WeChat.

    Refused without a WeChat; 404 for whom the customer complained about.
    """
    if case.follower is None:
        raise DomainError("errors.no_wechat")
    base.found(hidden.has_talk(case.follower_id) or None)
    talk, said = conversations.of(place.session(), case.follower), base.words("words", limit=LONGEST)
    conversations.say(place.session(), talk, place.staff(), said, now=place.now(), ticket=case)


def colleagues(*needed: str) -> list[Staff]:
    """Active colleagues with all of these permissions: to whom something can be given that they can open."""
    query = select(Staff).where(Staff.active).options(joinedload(Staff.role)).order_by(Staff.name)
    return [one for one in place.session().scalars(query) if all(one.may(name) for name in needed)]


def colleague(*needed: str, field: str = "staff") -> Staff:
    """The colleague that the form names in `field`; refused when it is none of `colleagues`."""
    staff = place.session().get(Staff, base.number(field) or 0)
    if staff is None or not all((staff.active, *(staff.may(name) for name in needed))):
        raise Missing("errors.empty_field")
    return staff


def fresh(case: Any, group: str = "event") -> Any:
    """The case, if the form was made from its present version; else Stale says what happened meanwhile."""
    if base.number("version") != case.version:
        last = case.events[-1] if case.events else None
        what = f"{last.actor_name} {name_of(group, last.name)}" if last else case.state_name
        raise Stale(number=case.number, what=what)
    return case
