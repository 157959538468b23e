"""Callbacks 回访: asked for once by key, tried by people, done with an answer or dropped with a reason.

Whoever is to be called has been promised it: `callback.due` is owed until somebody has dialled, and again for the
next try.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import OUTCOMES, Callback, CallbackAttempt, Slip
from models.desk import numbers, promises
from models.desk.complaint import sight
from models.desk.staff import calendar, duty
from models.errors import IllegalMove, Missing
from models.houses import Project
from models.people import Customer, Follower
from models.staff import Staff
from models.talk import Conversation
from models.work import Ticket
from models.worktime import SHANGHAI, WorkCalendar, at_clock

#: What a callback may be about.
About = Ticket | Project | Conversation | Slip
#: The policy by which a callback without a named moment is due.
DUE = "callback.due"
#: Nobody answered: the next try, when the person who called names none.
TRY_AGAIN = dt.timedelta(hours=2)
#: Nobody's telephone rings before or after.
DECENT = (dt.time(9), dt.time(21))
#: After so many tries in vain it may be given up as not to be reached.
TRIES = 3


def ask(
    session: Session,
    purpose: str,
    *,
    about: About,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    **more: Any,
) -> Callback:
    """Somebody will call about it: one callback with a number, an owner and a promised moment.

    The same `key` again (by default purpose and matter) returns the callback there is, open or not. Without `due_at`
    the policy decides; a moment outside office hours becomes the next opening. `more` may set key, customer,
    follower, phone, script, words, from_at, owner and urgent.
    """
    kind = "project" if isinstance(about, Project) else about.matter
    key = more.pop("key", "") or f"{purpose}:{kind}:{about.id}"
    known = session.scalar(select(Callback).where(Callback.key == key))
    if known is not None:
        return known
    urgent, from_at = more.pop("urgent", False), more.pop("from_at", None)
    row = Callback(
        number=numbers.next_number(session, "HF", now=now), key=key, purpose=purpose, asked_at=now,
        from_at=in_office(session, from_at) if from_at else None,
        due_at=_due(session, due_at, urgent, now), **{kind: about}, **_people(session, about, more),
    )  # fmt: skip
    row.owner = row.owner or pick(session, now=max(now, row.from_at or row.due_at), without=_shut_out(session, about))
    row.tell("asked", by=By("system"), now=now, reason=row.words)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # asked for by another transaction in the same moment
        return session.scalars(select(Callback).where(Callback.key == key)).one()
    promises.make(session, DUE, row, now=now, urgent=urgent, due_at=row.due_at)
    return row


def _due(session: Session, due_at: dt.datetime | None, urgent: bool, now: dt.datetime) -> dt.datetime:
    if due_at is not None:
        return in_office(session, max(due_at, now))
    return due_by_policy(session, calendar.office(session), now, urgent=urgent)


def due_by_policy(session: Session, office: WorkCalendar, now: dt.datetime, *, urgent: bool = False) -> dt.datetime:
    """When a call is due for which nobody named a moment."""
    rule = promises.policy(session, DUE)
    minutes = rule.urgent_minutes if urgent else rule.minutes
    return office.add(now, minutes) if rule.working_time else now + dt.timedelta(minutes=minutes)


def in_office(session: Session, moment: dt.datetime) -> dt.datetime:
    """The moment itself while the office is open then, else when it opens next: nobody is called at night."""
    return calendar.office(session).next_open(moment) or moment


def _people(session: Session, about: About, named: Mapping[str, Any]) -> dict[str, Any]:
    """Who is to be called about it, as the records know where nobody is named; the phone is that very person's."""
    if isinstance(about, Conversation):
        follower: Follower | None = about.follower
        customer = about.follower.customer
    elif isinstance(about, Project):
        customer = next((one.customer for one in about.members if one.role == "owner"), None)
        follower = wechat_of(session, customer)
    else:
        customer, follower = about.customer, about.follower
    contact = about.contact_phone if isinstance(about, Ticket) else ""
    found: dict[str, Any] = {"customer": customer, "follower": follower}
    if isinstance(about, Ticket | Slip):
        found["project"] = about.project
    if isinstance(about, Slip):
        found["ticket"] = about.ticket
        contact = about.ticket.contact_phone if about.ticket is not None else ""
    found |= named
    return {"phone": contact or (found["customer"].phone if found["customer"] is not None else "")} | found


def wechat_of(session: Session, customer: Customer | None) -> Follower | None:
    """A WeChat of this person that still follows."""
    if customer is None:
        return None
    query = select(Follower).where(Follower.customer_id == customer.id, Follower.subscribed).order_by(Follower.id)
    return session.scalars(query).first()


def _shut_out(session: Session, about: About) -> frozenset[int]:
    """Nobody calls about a complaint against themselves."""
    return frozenset() if isinstance(about, Project) else sight.shut_out(session, about)


def pick(session: Session, *, now: dt.datetime, without: Collection[int] = ()) -> Staff | None:
    """Of the agents on duty the one with the fewest open callbacks; who stands in when nobody is. None in `without`."""
    found = least_called(session, duty.on_duty(session, "agent", now=now, without=without))
    return found or duty.pick(session, "agent", now=now, without=without)


def least_called(session: Session, ids: Collection[int]) -> Staff | None:
    """Of these people the one with the fewest open callbacks."""
    load = select(func.count()).where(Callback.owner_id == Staff.id, Callback.state == "open").scalar_subquery()
    return session.scalar(select(Staff).where(Staff.id.in_(ids)).order_by(load, Staff.id).limit(1))


def _next_try(session: Session, tried: "Try", at: dt.datetime | None) -> dt.datetime | None:
    """The moment a person chose, if it is a decent one; our own guess falls into office hours."""
    if at is None:
        return None
    if tried.next_at is None:
        return in_office(session, at)
    local = at.astimezone(SHANGHAI)
    if DECENT[0] <= local.time() <= DECENT[1]:
        return at
    day = local.date() + dt.timedelta(days=local.time() > DECENT[1])
    return at_clock(day, DECENT[0])


@dataclass(frozen=True)
class Try:
    """How dialling ended: reached, no_answer, off, refused or later; when the next try is, and what was said."""

    outcome: str
    next_at: dt.datetime | None = None
    words: str = ""


def attempt(session: Session, callback: Callback, tried: Try, *, by: By, now: dt.datetime) -> CallbackAttempt:
    """Somebody has dialled: the outcome is on file, the promise kept; the next try is promised while it stays open.

    Refused for an unknown outcome, for `later` without a moment, and once it is closed. Who refuses to be called is
    not called again.
    """
    _must_be_open(callback)
    outcome, next_at, words = tried.outcome, tried.next_at, tried.words.strip()
    if outcome not in OUTCOMES or (outcome == "later" and next_at is None):
        raise Missing(field="outcome" if outcome not in OUTCOMES else "next_at")
    if next_at is not None and next_at <= now:
        raise Missing("errors.past_time", field="next_at")
    if outcome in ("no_answer", "off") and next_at is None:
        next_at = now + TRY_AGAIN
    row = CallbackAttempt(
        callback=callback, at=now, staff_id=by.id if by.kind == "staff" else None, outcome=outcome,
        words=words, next_at=_next_try(session, tried, next_at),
    )  # fmt: skip
    session.add(row)
    session.flush()
    promises.meet(session, promises.find(session, DUE, callback), now=now)
    if outcome == "refused":
        drop(session, callback, reason=words or OUTCOMES["refused"], by=by, now=now)
    elif row.next_at is not None:
        callback.due_at, callback.from_at = row.next_at, None
        promises.make(session, DUE, callback, now=now, due_at=row.next_at)
    return row


def done(
    session: Session, callback: Callback, *, by: By, now: dt.datetime, words: str = "", valid: bool = True
) -> None:
    """Spoken to, or answered in chat meanwhile. `valid` says whether it counts in the figures."""
    callback.move("done", by=by, now=now, reason=words.strip())
    _end(session, callback, valid=valid, words=words, now=now)
    promises.meet(session, promises.find(session, DUE, callback), now=now)


def drop(session: Session, callback: Callback, *, by: By, now: dt.datetime, reason: str) -> None:
    """Nobody will call: not to be reached, refused, moot. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    callback.move("dropped", by=by, now=now, reason=reason.strip())
    _end(session, callback, valid=False, words=reason, now=now)
    promises.drop(session, promises.find(session, DUE, callback), now=now)


def _end(session: Session, callback: Callback, *, valid: bool, words: str, now: dt.datetime) -> None:
    callback.closed_at, callback.valid, callback.result = now, valid, words.strip()


def reschedule(
    session: Session, callback: Callback, due_at: dt.datetime, *, by: By, now: dt.datetime, reason: str = ""
) -> None:
    """Due at another moment, because the date it hangs on has moved; refused once it is closed.

    Whoever is away by then does not get it: whoever stands in for them does.
    """
    _must_be_open(callback)
    due_at = in_office(session, max(due_at, now))
    if due_at == callback.due_at:
        return
    callback.due_at, callback.from_at = due_at, None
    callback.tell("moved", by=by, now=now, reason=reason)
    _manned(session, callback, by=by, now=now)
    promises.drop(session, promises.find(session, DUE, callback), now=now)
    promises.make(session, DUE, callback, now=now, due_at=due_at)


def _manned(session: Session, callback: Callback, *, by: By, now: dt.datetime) -> None:
    """Somebody is there when the call is due."""
    at, without = callback.due_at, sight.shut_out(session, callback)
    if callback.owner is None or duty.present(session, callback.owner, now=at) is callback.owner:
        return
    there = duty.present(session, callback.owner, now=at, without=without) or pick(session, now=at, without=without)
    if there is not None and there is not callback.owner:
        assign(session, callback, there, by=by, now=now)


def assign(session: Session, callback: Callback, staff: Staff, *, by: By, now: dt.datetime) -> None:
    """`staff` will call; what is owed is theirs. Refused once closed, and for whomever it is a complaint about."""
    _must_be_open(callback)
    if staff.id in sight.shut_out(session, callback):
        raise IllegalMove("errors.not_for_them", name=staff.name)
    callback.owner = staff
    callback.tell("assigned", by=by, now=now, reason=staff.name)
    if (promise := promises.find(session, DUE, callback)) is not None:
        promise.owner = staff


def _must_be_open(callback: Callback) -> None:
    if not callback.is_open:
        raise IllegalMove(number=callback.number, state=callback.names[callback.state], to=callback.names["open"])


def of(session: Session, *, about: About, purpose: str = "") -> list[Callback]:
    """All callbacks about a matter, oldest first; of one purpose where it is named."""
    kind = "project" if isinstance(about, Project) else about.matter
    query = select(Callback).where(getattr(Callback, f"{kind}_id") == about.id)
    if purpose:
        query = query.where(Callback.purpose == purpose)
    return list(session.scalars(query.order_by(Callback.id)))


def unsuccessful(callback: Callback) -> int:
    """How often nobody was reached so far."""
    return sum(row.outcome in ("no_answer", "off") for row in callback.attempts)
