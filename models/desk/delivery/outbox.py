"""Promises to send: posted once by key, claimed by conditional update, settled by whoever claimed.

No function here talks to the network. `claim` marks rows before the call and reserves the place in the follower's
window, so that two workers can never spend the same one.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from models.actors import By
from models.db import insert_into
from models.desk.account import hearing
from models.desk.delivery import arrivals, reports, undelivered
from models.desk.delivery.ladder import RELEASED
from models.errors import DomainError
from models.outbound import OUTGOING_STATES, TOUCHES, Outgoing
from models.people import Follower
from models.staff import Staff
from phones import hide_all

#: A row that is still `sending` after this was left by a dead worker.
ABANDONED = dt.timedelta(minutes=3)
#: state -> states that may follow. `unknown` is never sent again by itself: only a person says so.
MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"sending", "held", "refused", "expired", "cancelled", "queued"}),
    "sending": frozenset({"sent", "queued", "held", "refused", "unknown", "expired"}),
    # held -> sending: it joins a mass send.
    "held": frozenset({"queued", "sending", "expired", "cancelled", "refused"}),
    "unknown": frozenset({"queued", "sent", "cancelled"}),
    "refused": frozenset({"queued"}),
    "expired": frozenset({"queued"}),
    "sent": frozenset(),
    "cancelled": frozenset(),
}


#: Nobody has it in hand: it can still be taken back.
WAITING = ("queued", "held")


class CannotChange(DomainError):
    """The message is in a state from which this step is not allowed."""

    key = "errors.outgoing_state"


@dataclass(frozen=True)
class Letter:
    """What is to be said: a text key with facts or a person's own words, with choices and a phone page."""

    text_key: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    page: dict[str, Any] = field(default_factory=dict)
    #: Words of the house for the public: a phone in them is its own.
    public: bool = False


def post(session: Session, key: str, *, to: Follower, letter: Letter, now: dt.datetime, **more: Any) -> Outgoing | None:
    """Promise one message; None if `key` was promised before, by whatever transaction.

    None, too, for a service message about a case of a house that the person has left.

    What crews and colleagues read has no phone in it, whoever typed one: they call from the page, on record.

    `more` may set purpose (service), ticket, urgent, or_call, not_before, not_after, staff, survey_id and kind.
    """
    start = more.pop("not_before", None) or now
    ticket, staff, purpose = more.pop("ticket", None), more.pop("staff", None), more.pop("purpose", "service")
    session.flush()  # the rows it speaks of have their ids
    about = ticket.project_id if ticket is not None and purpose == "service" else None
    if hearing.left(session, to, about):
        return None
    row = {
        "dedupe_key": key,
        "follower_id": to.id,
        "ticket_id": ticket.id if ticket is not None else None,
        "staff_id": staff.id if staff is not None else None,
        "purpose": purpose,
        "text_key": letter.text_key,
        "facts": hide_all(letter.facts) if purpose == "staff" and not letter.public else letter.facts,
        "body": letter.body,
        "choices": [list(choice) for choice in letter.choices],
        "page": letter.page,
        "state": "queued",
        "not_before": start,
        "next_try_at": start,
        "created_at": now,
        **more,
    }
    once = (
        insert_into(session, Outgoing)
        .values(row)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(Outgoing)
    )
    return session.scalars(once).one_or_none()


def move(row: Outgoing, to: str, *, reason: str = "", now: dt.datetime) -> None:
    """Change a row's state, or raise CannotChange; final states are stamped."""
    if to not in MOVES[row.state]:
        raise CannotChange(state=OUTGOING_STATES[row.state], to=OUTGOING_STATES[to])
    row.state, row.reason = to, reason
    row.settled_at = now if to in ("sent", "refused", "expired", "unknown", "cancelled") else None


def waiting(session: Session, *, now: dt.datetime, limit: int) -> Sequence[Outgoing]:
    """Queued rows whose time has come, the earliest first; on PostgreSQL locked and skipping what others hold."""
    query = (
        select(Outgoing)
        .where(Outgoing.state == "queued", Outgoing.next_try_at <= now)
        .order_by(Outgoing.next_try_at, Outgoing.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()


def take(session: Session, row: Outgoing, *, claim: str, now: dt.datetime) -> bool:
    """Mark a row as being sent by `claim`; False when somebody else was faster."""
    taken = session.execute(
        update(Outgoing)
        .where(Outgoing.id == row.id, Outgoing.state == "queued")
        .values(state="sending", claim=claim, claimed_at=now, attempts=Outgoing.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        return False
    session.refresh(row)
    return True


def settle(session: Session, row_id: int, *, claim: str, to: str, now: dt.datetime, **facts: Any) -> bool:
    """Write down what became of a claimed row; late news for a row that is no longer ours is refused with False.

    `facts` may set reason, next_try_at, rung, sent_text, platform_id, errcode, error and rid.
    What a sent message means follows in the same transaction (models/desk/delivery/arrivals.py).
    """
    row = session.scalars(select(Outgoing).where(Outgoing.id == row_id).with_for_update()).one_or_none()
    if row is None or row.claim != claim:
        return False
    # The sweep took its worker for dead, but it only was slow: that it was sent is good news at any time.
    late = row.state == "unknown" and row.reason == "worker_lost" and to == "sent"
    if row.state != "sending" and not late:
        return False
    move(row, to, reason=facts.pop("reason", ""), now=now)
    for name, value in facts.items():
        setattr(row, name, value)
    if to == "sent":
        reports.match(session, row, now=now)
        arrivals.happened(session, row, now=now)
    elif to == "unknown":
        arrivals.perhaps(session, row, now=now)
    return True


def sweep(session: Session, *, now: dt.datetime) -> int:
    """Rows left `sending` by a dead worker become `unknown`; what waits past its time expires. Returns how many.

    An abandoned row may have reached the person: it is never sent again blindly. Rows of a mass send are that send's
    matter: its key tells what became of them.
    """
    abandoned = session.execute(
        update(Outgoing)
        .where(Outgoing.state == "sending", Outgoing.claimed_at < now - ABANDONED, Outgoing.mass_id.is_(None))
        .values(state="unknown", reason="worker_lost", settled_at=now)
        .execution_options(synchronize_session=False)
    )
    late = session.execute(
        update(Outgoing)
        .where(Outgoing.state.in_(WAITING), Outgoing.not_after < now)
        .values(state="expired", reason="too_late", settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    if abandoned.rowcount:
        _perhaps(session, now)
    _call_instead(session, now)
    return abandoned.rowcount + late.rowcount


def _perhaps(session: Session, now: dt.datetime) -> None:
    """What has just become doubtful may have arrived."""
    doubtful = select(Outgoing).where(Outgoing.state == "unknown", Outgoing.reason == "worker_lost")
    for row in session.scalars(doubtful.where(Outgoing.settled_at == now)):
        arrivals.perhaps(session, row, now=now)


def _call_instead(session: Session, now: dt.datetime) -> None:
    """Of what has just expired somebody calls about those rows that ask for it."""
    query = select(Outgoing).where(Outgoing.state == "expired", Outgoing.settled_at == now, Outgoing.or_call)
    for row in session.scalars(query):
        undelivered.call(session, row, now=now)


def withdraw(session: Session, *which: ColumnElement[bool], reason: str, now: dt.datetime) -> int:
    """What waits of these messages is not sent any more; returns how many that were.

    Asked again of each row: one that a worker takes at this moment is his, and stays what it becomes.
    """
    waiting = update(Outgoing).where(Outgoing.state.in_(WAITING), *which)
    gone = waiting.values(state="cancelled", reason=reason, settled_at=now)
    return session.execute(gone.execution_options(synchronize_session="fetch")).rowcount


def release(session: Session, follower: Follower, *, now: dt.datetime) -> int:
    """What waited for the person's next message is queued again; returns how many rows.

    A touch says that this message released it: it does not go out into the matter that the person writes about.
    """
    why = case((Outgoing.purpose.in_(TOUCHES), RELEASED), else_="")
    freed = session.execute(
        update(Outgoing)
        .where(Outgoing.follower_id == follower.id, Outgoing.state == "held")
        .values(state="queued", reason=why, next_try_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return freed.rowcount


def retry(session: Session, row: Outgoing, *, by: By, now: dt.datetime) -> None:
    """A person decides to send it again, with as many tries as a new one; refused for what was sent, cancelled or is
    still waiting.

    Of two who decide at once the second sees what the first has made of it.
    """
    _hold(session, row)
    if row.state not in ("unknown", "refused", "expired"):
        raise CannotChange(state=OUTGOING_STATES[row.state], to=OUTGOING_STATES["queued"])
    move(row, "queued", reason=f"retried:{by.name}"[:40], now=now)
    # No longer one of a mass send: what is decided about that call is nothing to it any more.
    row.next_try_at, row.not_after, row.mass_id, row.rung, row.attempts = now, None, None, "", 0


def arrived(session: Session, row: Outgoing, *, by: By, now: dt.datetime, words: str = "") -> None:
    """A person knows that it is there: it counts as sent, with all that follows. Refused for what nobody doubts.

    `words` are what it said, where a worker died before it could write them down.
    """
    _hold(session, row)
    if row.state != "unknown":
        raise CannotChange(state=OUTGOING_STATES[row.state], to=OUTGOING_STATES["sent"])
    move(row, "sent", reason=f"confirmed:{by.name}"[:40], now=now)
    row.sent_text = row.sent_text or words
    arrivals.happened(session, row, now=now)


def cancel(session: Session, row: Outgoing, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """It will not be sent; refused for what is being sent or has been."""
    _hold(session, row)
    move(row, "cancelled", reason=reason[:40] or f"cancelled:{by.name}"[:40], now=now)


def _hold(session: Session, row: Outgoing) -> None:
    """The row is ours until the transaction ends, and as it is now."""
    session.flush()
    session.execute(select(Outgoing.id).where(Outgoing.id == row.id).with_for_update())
    session.refresh(row)


def to_staff(
    session: Session, key: str, *, staff: Staff | None, letter: Letter, now: dt.datetime, **more: Any
) -> Outgoing | None:
    """Tell a member of staff on their bound WeChat; None when they have none (the panel shows it all the same)."""
    if staff is None:
        return None
    query = select(Follower).where(Follower.staff_id == staff.id, Follower.subscribed)
    follower = session.scalars(query).first()
    if follower is None:
        return None
    return post(session, key, to=follower, letter=letter, now=now, purpose="staff", **more)
