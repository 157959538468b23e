"""Escalations: raised once per cause, with an owner from the first moment; taken and resolved by people."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Callback, Slip
from models.desk import duty, notices, promises
from models.errors import IllegalMove, Missing
from models.staff import Staff
from models.talk import Conversation
from models.work import Escalation, Ticket

#: Which role looks after which kind.
ROLE_OF = {
    "dissatisfied": "agent",
    "promise_missed": "engineer",
    "handed_back": "engineer",
    "no_crew": "engineer",
    "chased": "engineer",
    "human": "agent",
    "message_failed": "agent",
    "warranty_disputed": "manager",
    "quote_lapsed": "agent",
    "quote_refused": "agent",
    "quote_haggled": "engineer",
}
STATE_NAMES = {"open": "待处理", "taken": "处理中", "resolved": "已处理"}


def raise_(
    session: Session,
    kind: str,
    about: promises.Matter,
    *,
    words: str,
    now: dt.datetime,
    cause: str = "",
) -> Escalation:
    """Somebody must look after it; they are told. The same cause again returns the escalation it has already.

    `cause` tells apart what may happen several times to one case (the round, the promise).
    """
    key = key_of(about, kind, cause)
    known = session.scalar(select(Escalation).where(Escalation.cause_key == key))
    if known is not None:
        return known
    owner = _responsible(about, kind) or duty.pick(session, _role(about, kind))
    row = Escalation(
        kind=kind,
        cause_key=key,
        **{about.matter: about},
        owner=owner,
        words=words,
        opened_at=now,
        state="open",
        level=0,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(select(Escalation).where(Escalation.cause_key == key)).one()
    notices.tell_owner(session, row, now=now)
    return row


def key_of(about: promises.Matter, kind: str, cause: str) -> str:
    """What makes it one escalation, however often it is raised."""
    return f"{about.matter}:{about.id}:{kind}:{cause}"


def _role(about: promises.Matter, kind: str) -> str:
    return "agent" if isinstance(about, Callback | Slip | Conversation) else ROLE_OF[kind]


def _responsible(ticket: promises.Matter, kind: str) -> Staff | None:
    """Who answers for it already: the lead of the crew that is chased, else the matter's own owner."""
    if isinstance(ticket, Callback | Slip):
        return ticket.owner if ticket.owner is not None and ticket.owner.active else None
    if not isinstance(ticket, Ticket) or ROLE_OF[kind] != "engineer":
        return None
    crew = getattr(ticket, "crew", None)
    lead = crew.lead if crew is not None and kind == "chased" else None
    return next((person for person in (lead, ticket.owner) if person is not None and person.active), None)


def take(session: Session, escalation: Escalation, staff: Staff, *, now: dt.datetime) -> None:
    """`staff` looks after it from now on, whoever did before; refused once it is resolved."""
    if escalation.state == "resolved":
        raise IllegalMove("errors.escalation_resolved")
    escalation.owner, escalation.state = staff, "taken"
    escalation.taken_at = escalation.taken_at or now


def climb(session: Session, escalation: Escalation, *, now: dt.datetime) -> None:
    """One level up: the next person becomes its owner and is told. Resolved ones stay where they are."""
    if escalation.state == "resolved" or escalation.level >= 2:
        return
    escalation.level += 1
    escalation.owner = duty.above(session, escalation.owner) or escalation.owner
    notices.tell_owner(session, escalation, now=now)


def resolve(session: Session, escalation: Escalation, *, by: By, words: str, now: dt.datetime) -> None:
    """Done, and `words` say how. Refused without words, and a second time."""
    if escalation.state == "resolved":
        raise IllegalMove("errors.escalation_resolved")
    if not words.strip():
        raise Missing(field="words")
    if escalation.kind == "dissatisfied" and escalation.ticket is not None:
        # The words say how the customer was reached: what was promised them has been kept, by phone or by chat.
        promises.meet(session, promises.find(session, "repair.dissatisfied", escalation.ticket), now=now)
    escalation.state, escalation.resolved_at = "resolved", now
    escalation.resolution = f"{words.strip()}（{by.name}）" if by.name else words.strip()


def settle(session: Session, ticket: Ticket, kind: str, *, words: str, by: By, now: dt.datetime) -> None:
    """What was open of this kind about the case is resolved: its answer came another way. Nothing when none was."""
    query = select(Escalation).where(Escalation.ticket_id == ticket.id, Escalation.kind == kind)
    for row in session.scalars(query.where(Escalation.state != "resolved")):
        resolve(session, row, by=by, words=words, now=now)
