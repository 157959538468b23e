"""Wishes about one's own data: asked, looked at, approved by a second colleague, taken back while nothing is gone yet.

Carrying them out is the job's (erasing.py and copies.py beside this). Nothing here tells a stranger whether
anything is known of anybody.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, or_, select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import promises
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.numbers import next_number
from models.desk.personal import whose
from models.desk.personal.whose import Whose
from models.desk.staff import duty
from models.errors import DomainError, IllegalMove, Missing, NotFound
from models.people import Customer, Follower
from models.privacy import PrivacyRequest
from models.promises import Promise
from models.staff import Staff

ANSWER = "privacy.answer"
#: Until it is done, refused or taken back.
OPEN = ("open", "checked", "approved", "running")


class TooLate(DomainError):
    """Some of it is gone already; there is no way back."""

    key = "errors.privacy_running"


class SecondPerson(DomainError):
    """Whoever looked at it cannot let it happen too."""

    key = "errors.second_person"


def standing(session: Session, who: Whose, wish: str = "") -> PrivacyRequest | None:
    """The person's newest open request (of this wish), whichever of their WeChats asked."""
    query = select(PrivacyRequest).where(
        or_(whose.of(PrivacyRequest.follower_id, who.followers), whose.of(PrivacyRequest.customer_id, who.customer)),
        PrivacyRequest.state.in_(OPEN),
    )
    query = query.where(PrivacyRequest.wish == wish) if wish else query
    return session.scalars(query.order_by(PrivacyRequest.id.desc()).limit(1)).first()


def ask(
    session: Session, asker: Follower | Customer, wish: str, words: str, *, by: By, now: dt.datetime
) -> tuple[PrivacyRequest, bool]:
    """A numbered request with an owner, who is told, and a promised end; and whether it is new.

    The same wish again while one is open is written on that one: nobody has two. Missing without words.
    """
    if not words.strip():
        raise Missing(field="words")
    follower, customer = _both(asker)
    known = standing(session, whose.person(session, follower, customer), wish)
    if known is not None:
        known.chased += 1
        known.tell("asked_again", by=by, now=now, reason=words.strip()[:500])
        return known, False
    row = PrivacyRequest(
        number=next_number(session, "YS", now=now), wish=wish, follower=follower, customer=customer,
        proof=_proof(session, asker), cause="asked" if asker is follower else "phone", words=words.strip()[:1000],
        contact_name=customer.call if customer else "", contact_phone=customer.phone if customer else "",
        owner=duty.pick_able(session, "manager", "privacy.handle", now=now), opened_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.tell("asked", by=by, now=now, reason=row.words[:500])
    promises.make(session, ANSWER, row, now=now)
    letter = Letter("staff.privacy", {"number": row.number, "wish": wish})
    outbox.to_staff(session, f"privacy:{row.id}:owner", staff=row.owner, letter=letter, now=now, ticket=row)
    return row, True


def _both(asker: Follower | Customer) -> tuple[Follower | None, Customer | None]:
    if isinstance(asker, Follower):
        return asker, asker.customer
    return next((one for one in asker.followers if one.subscribed), None), asker


def _proof(session: Session, asker: Follower | Customer) -> str:
    if isinstance(asker, Customer):
        return "papers"
    return "bound" if whose.contracts(session, whose.person(session, asker, None)) else "wechat"


def due_at(session: Session, row: PrivacyRequest) -> dt.datetime | None:
    """By when it was promised to be over; None when nothing is owed any more."""
    promise: Promise | None = promises.find(session, ANSWER, row)
    return promise.due_at if promise is not None else None


def owed_first(session: Session, row: PrivacyRequest) -> list[str]:
    """The numbers of what must be finished before anything is erased; empty when nothing stands in the way."""
    who = whose.person(session, row.follower, row.customer)
    return [one.number for one in (*whose.open_cases(session, who, but=row.id), *whose.open_slips(session, who))]


def withdraw(session: Session, follower: Follower, words: str, *, by: By, now: dt.datetime) -> PrivacyRequest:
    """The person's newest open request is taken back; NotFound without one, TooLate once it is being carried out."""
    row = standing(session, whose.person(session, follower, None))
    if row is None:
        raise NotFound("errors.no_privacy")
    if row.state == "running":
        raise TooLate(number=row.number)
    taken_back(session, row, by=by, now=now, words=words.strip()[:500])
    return row


def taken_back(session: Session, row: PrivacyRequest, *, by: By, now: dt.datetime, words: str = "") -> None:
    """Nothing is done, and nothing is owed any more."""
    row.move("withdrawn", by=by, now=now, reason=words)
    _over(session, row, now)


def check(session: Session, row: PrivacyRequest, staff: Staff, note: str, *, now: dt.datetime) -> None:
    """A colleague has looked at who asks and at what will go, and hands it to a second one. Deletions only."""
    if row.wish != "delete":
        raise IllegalMove(number=row.number, state=row.state_name, to=row.names["checked"])
    _needs(note)
    row.move("checked", by=_by(staff), now=now, reason=note)
    row.checked_by, row.checked_at = staff, now


def send_back(session: Session, row: PrivacyRequest, staff: Staff, reason: str, *, now: dt.datetime) -> None:
    """The second colleague is not convinced; it is looked at again. Needs a reason."""
    _needs(reason)
    if row.state != "checked":
        raise IllegalMove(number=row.number, state=row.state_name, to=row.names["open"])
    row.move("open", by=_by(staff), now=now, reason=reason)
    row.checked_by = row.checked_at = None


def approve(session: Session, row: PrivacyRequest, staff: Staff, *, now: dt.datetime) -> None:
    """The job may carry it out. A deletion must have been looked at by somebody else: SecondPerson otherwise."""
    if row.wish == "delete":
        if row.state != "checked":
            raise IllegalMove(number=row.number, state=row.state_name, to=row.names["approved"])
        if row.checked_by is None or row.checked_by.id == staff.id:
            raise SecondPerson
    row.move("approved", by=_by(staff), now=now)
    row.approved_by, row.approved_at = staff, now
    if row.wish == "delete":
        facts = {"number": row.number} | ({"cases": waits} if (waits := owed_first(session, row)) else {})
        _tell(session, row, "approved", facts, now)


def refuse(session: Session, row: PrivacyRequest, staff: Staff, reason: str, *, now: dt.datetime) -> None:
    """Nothing is done, and the person hears why. Needs a reason."""
    _needs(reason)
    row.move("refused", by=_by(staff), now=now, reason=reason)
    row.closed_at, row.close_reason = now, reason[:200]
    promises.meet(session, promises.find(session, ANSWER, row), now=now)
    _tell(session, row, "refused", {"number": row.number, "reason": reason[:200]}, now)


def finish(session: Session, row: PrivacyRequest, *, by: By, now: dt.datetime) -> None:
    """It is done and the promise kept."""
    row.move("done", by=by, now=now)
    row.done_at = row.closed_at = now
    promises.meet(session, promises.find(session, ANSWER, row), now=now)


def _over(session: Session, row: PrivacyRequest, now: dt.datetime) -> None:
    row.closed_at = now
    promise = promises.find(session, ANSWER, row)
    if promise is not None:
        promises.drop(session, promise, now=now)


def _tell(session: Session, row: PrivacyRequest, what: str, facts: dict[str, object], now: dt.datetime) -> None:
    if row.follower is None:
        return
    times = sum(event.to_state == what for event in row.events)
    key = f"privacy:{row.id}:{what}:{times}"
    outbox.post(session, key, to=row.follower, letter=Letter(f"privacy.{what}", facts), now=now, ticket=row)


def _needs(words: str) -> None:
    if not words.strip():
        raise Missing(field="words")


def _by(staff: Staff) -> By:
    return By("staff", staff.id, staff.name)


def carried_out(session: Session, wish: str, *, limit: int = 20) -> Sequence[PrivacyRequest]:
    """Requests of this wish that a job has to do something about, oldest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.state.in_(("approved", "running")), PrivacyRequest.wish == wish)
    return session.scalars(query.order_by(PrivacyRequest.id).limit(limit)).all()


def erased_key(key: Any) -> ColumnElement[str]:
    """What stands where something unique stood: unlike any other, and like nothing that anybody sends."""
    return literal("erased-") + cast(key, String)


def is_done(session: Session, request_id: int) -> bool:
    """Whether the request has been carried out."""
    row = session.get(PrivacyRequest, request_id)
    return row is not None and row.state == "done"
