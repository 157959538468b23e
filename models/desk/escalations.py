"""Escalations: raised once per cause, with an owner from the first moment; taken and resolved by people."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.callbacks import Callback, Slip
from models.complaints import Complaint
from models.desk import promises
from models.desk.complaint import sight
from models.desk.repair import notices
from models.desk.staff import duty
from models.errors import IllegalMove, Missing, NotFound, TakenAlready
from models.staff import Staff
from models.talk import Conversation
from models.work import Escalation, Repair, Ticket

#: Which role looks after which kind.
ROLE_OF = {
    "dissatisfied": "agent",
    "promise_missed": "engineer",
    "handed_back": "engineer",
    "no_crew": "engineer",
    "chased": "engineer",
    "human": "agent",
    "message_failed": "agent",
    "told_then_shut": "agent",
    "told_unmanned": "manager",
    "warranty_disputed": "manager",
    "quote_lapsed": "agent",
    "quote_refused": "agent",
    "quote_haggled": "engineer",
    "complaint": "manager",
}
#: What is the lead's to settle from the first moment, whoever the matter belongs to.
FOR_THE_LEAD = frozenset({"told_unmanned"})
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

    `cause` tells apart what may happen several times to one case (the round, the promise). Nobody gets a matter in
    which they are complained about.
    """
    key = key_of(about, kind, cause)
    known = session.scalar(select(Escalation).where(Escalation.cause_key == key))
    if known is not None:
        return known
    shut = sight.shut_out(session, about)
    owner = _responsible(session, about, kind, shut, now) or _on_duty(session, about, kind, shut, now)
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


def again(session: Session, about: promises.Matter, kind: str, cause: str) -> str:
    """The cause by which it is raised as often as it was settled and came up once more; while it is open, the same."""
    key = key_of(about, kind, cause)
    same = (Escalation.cause_key == key) | Escalation.cause_key.startswith(f"{key}:", autoescape=True)
    settled = session.scalar(select(func.count()).where(same, Escalation.state == "resolved"))
    return f"{cause}:{settled}" if settled else cause


def _on_duty(
    session: Session, about: promises.Matter, kind: str, shut: Collection[int], now: dt.datetime
) -> Staff | None:
    """Whose matter it is when nobody answers for it; of a complaint nothing goes past those who may see it."""
    if isinstance(about, Complaint):
        return duty.pick_able(session, "manager", sight.SEE, now=now, without=shut)
    agents = isinstance(about, Callback | Slip | Conversation) and kind not in FOR_THE_LEAD
    role = "agent" if agents else ROLE_OF[kind]
    return duty.pick(session, role, now=now, without=shut)


def _responsible(
    session: Session, about: promises.Matter, kind: str, shut: Collection[int], now: dt.datetime
) -> Staff | None:
    """Who answers for it already: the lead of the crew that is chased, else the matter's own owner, each
    while they are there; after their shift a colleague who is on one.

    For a repair that is so in engineering's matters only; what the manager must know goes to the manager.
    """
    engineering = not isinstance(about, Repair) or ROLE_OF[kind] == "engineer"
    if isinstance(about, Conversation) or kind in {"complaint", *FOR_THE_LEAD} or not engineering:
        return None
    crew = getattr(about, "crew", None)
    lead = crew.lead if crew is not None and kind == "chased" else None
    for ask in (duty.answers, duty.present):
        people = (ask(session, person, now=now, without=shut) for person in (lead, about.owner))
        found = next((person for person in people if person is not None and sight.fits(person, about)), None)
        if found is not None:
            return found
    return None


def take(session: Session, escalation: Escalation, staff: Staff, *, now: dt.datetime, seen: int | None = None) -> None:
    """`staff` looks after it from now on, whoever did before; refused once it is resolved.

    Refused, too, when a colleague took it since: `seen` is the id of whoever had taken it on the page (0 for nobody;
    None: as the row in hand says). For whomever the matter is a complaint about it is not there.
    """
    seen = _holder(escalation) if seen is None else seen
    session.flush()
    session.refresh(escalation, with_for_update={"of": Escalation.__table__})
    if _holder(escalation) not in (None, staff.id, seen):
        raise TakenAlready(name=escalation.owner.name if escalation.owner else "")
    if escalation.state == "resolved":
        raise IllegalMove("errors.escalation_resolved")
    about = escalation.about
    if about is not None and staff.id in sight.shut_out(session, about):
        raise NotFound
    escalation.owner, escalation.state = staff, "taken"
    escalation.taken_at = escalation.taken_at or now


def _holder(escalation: Escalation) -> int | None:
    """Who has taken it; None while nobody has."""
    return escalation.owner_id if escalation.state == "taken" else None


def hand_on(escalation: Escalation, staff: Staff) -> None:
    """`staff` is its owner and has not taken it yet: whoever had it has gone. Nothing happens once it is resolved."""
    if escalation.state != "resolved":
        escalation.owner, escalation.state = staff, "open"


def climb(session: Session, escalation: Escalation, *, now: dt.datetime) -> None:
    """One level up: the next person becomes its owner and is told. Resolved ones stay where they are."""
    if escalation.state == "resolved" or escalation.level >= 2:
        return
    escalation.level += 1
    about = escalation.about
    shut = sight.shut_out(session, about) if about is not None else frozenset()
    escalation.owner = duty.above(session, escalation.owner, now=now, without=shut) or escalation.owner
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


def lapse(session: Session, escalation: Escalation, *, words: str, now: dt.datetime) -> None:
    """Settled by itself, as things stand; should its cause come back, that is a matter of its own."""
    resolve(session, escalation, by=SYSTEM, words=words, now=now)
    escalation.cause_key = f"{escalation.cause_key}:{escalation.id}"


def settle(session: Session, ticket: Ticket, kind: str, *, words: str, by: By, now: dt.datetime) -> None:
    """What was open of this kind about the case is resolved: its answer came another way. Nothing when none was."""
    query = select(Escalation).where(Escalation.ticket_id == ticket.id, Escalation.kind == kind)
    for row in session.scalars(query.where(Escalation.state != "resolved")):
        resolve(session, row, by=by, words=words, now=now)
