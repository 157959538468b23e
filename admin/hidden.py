"""What does not exist for the person who asks: complaints about them, and confidential ones of others.

Every list, page and count of the panel that may touch a case or a conversation asks here. What is hidden stands in
models/desk/complaint/sight.py; this module says it as conditions of a query.
"""

from typing import Any

from flask import g
from sqlalchemy import ColumnElement, and_, or_, select

from admin import place
from models import Attachment, Callback, Complaint, Conversation, Escalation, Message, Slip, Survey, states
from models.desk.complaint import sight

#: Reason why somebody is not written to -> what one must be allowed to see to read it.
SECRET = {"complaint_open": "complaint.see", "in_conversation": "conversation.see", "urgent_open": "repair.see"}


def _but(column: Any, hidden: Any) -> ColumnElement[bool]:
    return or_(column.is_(None), column.not_in(hidden))


def cases(column: Any) -> ColumnElement[bool]:
    """Rows whose case, if they are about one, the person may know of."""
    return _but(column, sight.unseen_cases(place.staff()))


def people(column: Any) -> ColumnElement[bool]:
    """Rows whose customer did not complain about the person."""
    return _but(column, sight.unseen_people(place.staff()))


def talks(column: Any) -> ColumnElement[bool]:
    """Rows whose conversation, if they are about one, the person may know of."""
    mute = select(Conversation.id).where(Conversation.follower_id.in_(sight.unseen_people(place.staff())))
    return _but(column, mute)


def care(callback: Any, slip: Any) -> ColumnElement[bool]:
    """Rows whose callback and slip are about nothing that is hidden."""
    unseen = sight.unseen_cases(place.staff())
    slips = select(Slip.id).where(Slip.ticket_id.in_(unseen))
    calls = select(Callback.id).where(or_(Callback.ticket_id.in_(unseen), Callback.slip_id.in_(slips)))
    return and_(_but(callback, calls), _but(slip, slips))


def calls() -> ColumnElement[bool]:
    """Callbacks that the person may know of."""
    return and_(
        cases(Callback.ticket_id), talks(Callback.conversation_id), people(Callback.follower_id),
        care(Callback.id, Callback.slip_id),
    )  # fmt: skip


def surveys() -> ColumnElement[bool]:
    """Questions and answers that the person may know of: of cases, and of calls about nothing that is hidden."""
    seen = or_(Survey.callback_id.is_(None), Survey.callback_id.in_(select(Callback.id).where(calls())))
    return and_(cases(Survey.ticket_id), people(Survey.follower_id), seen)


def slips() -> ColumnElement[bool]:
    """Slips that the person may know of."""
    return and_(cases(Slip.ticket_id), people(Slip.follower_id))


def matters() -> ColumnElement[bool]:
    """Escalations that the person may know of."""
    return and_(
        cases(Escalation.ticket_id),
        talks(Escalation.conversation_id),
        care(Escalation.callback_id, Escalation.slip_id),
    )


def numbers(kind: Any, number: Any) -> ColumnElement[bool]:
    """Audit rows but those about complaints against the person themselves."""
    mine = select(Complaint.number).where(Complaint.about_staff_id == place.staff().id)
    return or_(kind != "complaint", number.not_in(mine))


def ids(kind: Any, number: Any) -> ColumnElement[bool]:
    """Disclosures but those about complaints against the person themselves."""
    return or_(
        kind != "complaint", number.not_in(select(Complaint.id).where(Complaint.about_staff_id == place.staff().id))
    )


def has_talk(follower_id: int | None) -> bool:
    """Whether the person may know of the conversation with this customer."""
    if follower_id is None:
        return True
    return (
        place.session().scalar(sight.unseen_people(place.staff()).where(Complaint.follower_id == follower_id)) is None
    )


def has_case(ticket_id: int | None) -> bool:
    """Whether the person may know of this case."""
    if ticket_id is None:
        return True
    return place.session().scalar(sight.unseen_cases(place.staff()).where(Complaint.id == ticket_id)) is None


def has_call(callback_id: int) -> bool:
    """Whether the person may know of this call."""
    return place.session().scalar(select(Callback.id).where(Callback.id == callback_id, calls())) is not None


def tells(reason: str) -> bool:
    """Whether the person may read that this is why somebody is not written to.

    Where a complaint about them, or an open one, is hidden from them, all are: else the reason would tell of it.
    """
    if reason not in SECRET or not place.may(SECRET[reason]):
        return reason not in SECRET
    if reason == "complaint_open" and "unseen_complaint" not in g:
        alive = or_(Complaint.about_staff_id == place.staff().id, Complaint.state.not_in(states.FINAL))
        unseen = sight.unseen_cases(place.staff()).where(alive).limit(1)
        g.unseen_complaint = place.session().scalar(unseen) is not None
    return reason != "complaint_open" or not g.unseen_complaint


def has_message(message: Message) -> bool:
    """Whether the person may know of this entry of a conversation."""
    return has_talk(message.conversation.follower_id) and has_case(message.ticket_id)


def has_photo(photo: Attachment) -> bool:
    """Whether the person may know of this photo: of its case and of the conversation it came in."""
    return has_case(photo.ticket_id) and has_talk(photo.follower_id)
