"""What somebody had open when they go: in other hands once, when an absence begins, and for good when they leave.

Whoever gets it is told in one message; what is still untouched when an absence ends is theirs again. A matter that must
not reach the substitute goes to who is on duty instead.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import states
from models.actors import SYSTEM, By
from models.callbacks import Callback, Slip
from models.complaints import Complaint
from models.desk import escalations, promises, trust
from models.desk.callback import callbacks, slips
from models.desk.complaint import sight
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.staff import duty
from models.desk.talk import conversations
from models.desk.trust import Deed
from models.promises import Promise
from models.roster import Absence
from models.sales import Appointment
from models.staff import Staff
from models.talk import Conversation
from models.work import Escalation, Ticket

#: Absences looked at in one run; the next run goes on.
BATCH = 50


@dataclass
class _Going:
    """Somebody goes; counts by heir of what they got."""

    staff: Staff
    by: By
    now: dt.datetime
    #: While they are away only what falls due before this; null: they do not come back.
    until: dt.datetime | None = None
    got: dict[int, Counter[str]] = field(default_factory=dict)
    #: Kind -> the rows that were given, each with who has it.
    lent: dict[str, list[list[int]]] = field(default_factory=dict)

    def give(self, session: Session, kind: str, row: Any, take: Callable[[Staff], None]) -> None:
        """`take` is called with who gets the row; without anybody it stays where it is."""
        about = row if kind in ("cases", "slips", "calls") else row.about
        heir = _heir(session, self, about)
        if heir is None or heir.id == self.staff.id:
            return
        take(heir)
        session.flush()
        self.got.setdefault(heir.id, Counter())[kind] += 1
        self.lent.setdefault(kind, []).append([row.id, heir.id])


def run(session: Session, *, now: dt.datetime) -> int:
    """Absences that have begun are covered, of those that are over the promises are theirs again; returns how many."""
    begun = select(Absence).where(
        Absence.starts_at <= now, Absence.ends_at > now, Absence.covered_at.is_(None), Absence.dropped_at.is_(None)
    )
    rows = session.scalars(begun.order_by(Absence.id).limit(BATCH).with_for_update(skip_locked=True)).all()
    for absence in rows:
        _cover(session, absence, now)
    over = select(Absence).where(Absence.ends_at <= now, Absence.covered_at.is_not(None), Absence.returned_at.is_(None))
    back = session.scalars(over.order_by(Absence.id).limit(BATCH).with_for_update(skip_locked=True)).all()
    for absence in back:
        _give_back(session, absence, now)
    return len(rows) + len(back)


def _cover(session: Session, absence: Absence, now: dt.datetime) -> None:
    going = _Going(absence.staff, SYSTEM, now, until=absence.ends_at)
    absence.covered_at = now
    _matters(session, going)
    absence.lent = going.lent
    stand_in = duty.present(session, absence.staff, now=now)
    if stand_in is not None and stand_in.id != absence.staff_id:
        going.got.setdefault(stand_in.id, Counter())
    _tell(session, going, f"cover:{absence.id}", {"until": absence.ends_at.isoformat()})
    trust.record(
        session, None, Deed("absence.cover", "absence", str(absence.id), after=_in_all(going)), origin="", now=now
    )


def _give_back(session: Session, absence: Absence, now: dt.datetime) -> None:
    """What is owed about cases and slips that stayed theirs is told to them again.

    So are the matters that nobody took, and the calls that nobody has made, while they are where they were given. A
    conversation stays with whom the customer talks to.
    """
    absence.returned_at = now
    staff = absence.staff
    if staff.active:
        _matters_back(session, absence)
        _calls_back(session, absence, now)
    for link, owner in ((Promise.ticket_id, Ticket), (Promise.slip_id, Slip)):
        query = _owed().join(owner, link == owner.id).where(owner.owner_id == staff.id, Promise.owner_id != staff.id)
        for promise in session.scalars(query):
            promise.owner = staff


def _matters_back(session: Session, absence: Absence) -> None:
    for row_id, heir_id in absence.lent.get("matters", ()):
        row = session.get(Escalation, row_id, with_for_update=True)
        if row is not None and (row.state, row.owner_id) == ("open", heir_id):
            escalations.hand_on(row, absence.staff)
    for row_id, heir_id in absence.lent.get("promises", ()):
        promise = session.scalars(_owed().where(Promise.id == row_id, Promise.owner_id == heir_id)).one_or_none()
        if promise is not None:
            promise.owner = absence.staff


def _calls_back(session: Session, absence: Absence, now: dt.datetime) -> None:
    for row_id, heir_id in absence.lent.get("calls", ()):
        call = session.get(Callback, row_id, with_for_update=True)
        untouched = call is not None and call.is_open and call.owner_id == heir_id and not call.attempts
        if untouched and absence.staff_id not in sight.shut_out(session, call):
            callbacks.assign(session, call, absence.staff, by=SYSTEM, now=now)


def leave(session: Session, staff: Staff, *, by: By, now: dt.datetime) -> dict[str, int]:
    """Everything that `staff`, who leaves, has open belongs to who is on duty, who is told; returns how many of what.

    The caller shuts the log-in. Safe to be called again: whoever has nothing leaves nothing.
    """
    going = _Going(staff, by, now)
    _cases(session, going)
    _matters(session, going)
    _tell(session, going, f"left:{staff.id}:{now.isoformat()}", {"left": True})
    return _in_all(going)


def _cases(session: Session, going: _Going) -> None:
    """Cases and slips change hands only when somebody leaves for good."""
    staff = going.staff
    cases = select(Ticket).where(Ticket.owner_id == staff.id, Ticket.state.not_in(sorted(states.FINAL)))
    for case in session.scalars(cases.order_by(Ticket.id)).all():
        going.give(session, "cases", case, lambda heir, case=case: _hand_case(session, case, heir, going))
    for slip in session.scalars(select(Slip).where(Slip.owner_id == staff.id, Slip.state != "closed")).all():
        going.give(
            session,
            "slips",
            slip,
            lambda heir, slip=slip: slips.assign(session, slip, heir, by=going.by, now=going.now),
        )


def _hand_case(session: Session, case: Ticket, heir: Staff, going: _Going) -> None:
    case.owner = heir
    case.tell("given", by=going.by, now=going.now, reason=heir.name)
    for promise in promises.owed(session, case):
        promise.owner = heir


def _matters(session: Session, going: _Going) -> None:
    """What has to be looked at now: escalations, calls, conversations, and whatever else is promised."""
    staff, now = going.staff, going.now
    mine = select(Escalation).where(Escalation.owner_id == staff.id, Escalation.state != "resolved")
    for row in session.scalars(mine.order_by(Escalation.id).with_for_update()).all():
        going.give(session, "matters", row, lambda heir, row=row: escalations.hand_on(row, heir))
    calls = select(Callback).where(Callback.owner_id == staff.id, Callback.state == "open")
    for call in session.scalars(calls if going.until is None else calls.where(Callback.due_at < going.until)).all():
        going.give(
            session, "calls", call, lambda heir, call=call: callbacks.assign(session, call, heir, by=going.by, now=now)
        )
    talks = select(Conversation).where(Conversation.owner == "agent", Conversation.staff_id == staff.id)
    for talk in session.scalars(talks.with_for_update()).all():
        conversations.requeue(session, talk, gone=staff, now=now)
    owed = _owed().where(Promise.owner_id == staff.id)
    for promise in session.scalars(owed if going.until is None else owed.where(Promise.due_at < going.until)).all():
        going.give(session, "promises", promise, lambda heir, promise=promise: setattr(promise, "owner", heir))


def _owed() -> Any:
    return select(Promise).where(Promise.state.in_(("open", "paused", "missed")), Promise.met_at.is_(None))


def _heir(session: Session, going: _Going, about: Any) -> Staff | None:
    """Who gets a matter: the substitute, unless it must not reach them; else who is on duty in the same role.

    A visit goes to whom its lead went already.
    """
    if isinstance(about, Appointment) and about.enquiry.owner_id not in (None, going.staff.id):
        return about.enquiry.owner
    shut = {going.staff.id, *(sight.shut_out(session, about) if about is not None else ())}
    there = duty.present(session, going.staff, now=going.now, without=shut)
    if there is not None and (about is None or sight.fits(there, about)):
        return there
    role = going.staff.role.name
    if isinstance(about, Complaint):
        return duty.pick_able(session, role, sight.SEE, now=going.now, without=shut)
    found = duty.pick(session, role, now=going.now, without=shut)
    return found or duty.pick(session, "manager", now=going.now, without=shut)


def _tell(session: Session, going: _Going, key: str, facts: dict[str, Any]) -> None:
    for heir_id, counts in going.got.items():
        letter = Letter("staff.taken_over", {"name": going.staff.name, **facts, **counts})
        heir = session.get(Staff, heir_id)
        outbox.to_staff(session, f"{key}:{heir_id}", staff=heir, letter=letter, now=going.now)


def _in_all(going: _Going) -> dict[str, int]:
    return dict(sum(going.got.values(), Counter()))
