"""Many calls asked for at once, each as `callbacks.ask` would have it. A portion costs little more than one call.

What the calls share is read once: the calendar, who is there, who has how many calls. Their rows, stories and promises
are written together.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from models.actors import SYSTEM
from models.callbacks import Callback, CareEvent
from models.desk import numbers, promises
from models.desk.callback import callbacks
from models.desk.complaint import sight
from models.desk.staff import calendar, duty
from models.houses import Phase, Project
from models.people import Customer, Follower, ProjectMember
from models.staff import Staff
from models.work import Ticket


@dataclass(frozen=True)
class Call:
    """A call about a house or a case, by its key. Without a moment the policy decides; `who` names whom to call."""

    about: Project | Ticket
    key: str
    words: str = ""
    due_at: dt.datetime | None = None
    phase: Phase | None = None
    hangs_on: dt.date | None = None
    script: str = ""
    who: Mapping[str, Any] | None = None


def ask(session: Session, purpose: str, wanted: Sequence[Call], *, now: dt.datetime) -> list[Callback]:
    """Somebody will make each of these calls; the callbacks in the order of `wanted`, also those that there were."""
    if not wanted:
        return []
    session.flush()
    query = select(Callback).where(Callback.key.in_([one.key for one in wanted]))
    known = {row.key: row for row in session.scalars(query)}
    new = list({one.key: one for one in wanted if one.key not in known}.values())
    if new:
        try:
            with session.begin_nested():
                known |= {row.key: row for row in _make(session, purpose, new, now)}
        except IntegrityError:  # another transaction asked for one of them in the same moment
            known |= {one.key: _alone(session, purpose, one, now) for one in new}
    return [known[one.key] for one in wanted]


def _alone(session: Session, purpose: str, one: Call, now: dt.datetime) -> Callback:
    more = {"phase": one.phase, "hangs_on": one.hangs_on, "script": one.script} | dict(one.who or {})
    return callbacks.ask(
        session, purpose, about=one.about, now=now, key=one.key, words=one.words, due_at=one.due_at, **more
    )


def _make(session: Session, purpose: str, new: Sequence[Call], now: dt.datetime) -> list[Callback]:
    """The rows with their first event and their promise."""
    series = numbers.next_numbers(session, "HF", len(new), now=now)
    whom, desk = _Whom(session, new), _Desk(session, now)
    values = []
    for one, number in zip(new, series, strict=True):
        due = desk.due(one.due_at)
        owner = desk.owner(due, sight.shut_out(session, one.about) if isinstance(one.about, Ticket) else ())
        values.append({
            "number": number, "key": one.key, "purpose": purpose, "words": one.words, "script": one.script,
            "asked_at": now, "phase_id": one.phase.id if one.phase is not None else None, "hangs_on": one.hangs_on,
            "due_at": due, "owner_id": owner, **whom.of(one),
        })  # fmt: skip
    session.execute(insert(Callback), values)
    mine = select(Callback).where(Callback.key.in_([one.key for one in new])).order_by(Callback.id)
    rows = list(session.scalars(mine.options(joinedload(Callback.owner))))
    story = {"name": "asked", "at": now, "actor_kind": SYSTEM.kind, "actor_id": SYSTEM.id, "actor_name": SYSTEM.name}
    session.execute(insert(CareEvent), [story | {"callback_id": row.id, "reason": row.words} for row in rows])
    promises.add(session, callbacks.DUE, [(row, desk.told(row)) for row in rows], now=now)
    return rows


class _Whom:
    """Whom to call about each house and case; two queries for all of them."""

    def __init__(self, session: Session, new: Sequence[Call]) -> None:
        houses = {one.about.id for one in new if isinstance(one.about, Project)}
        query = select(ProjectMember.project_id, Customer).join(Customer, Customer.id == ProjectMember.customer_id)
        query = query.where(ProjectMember.project_id.in_(houses), ProjectMember.role == "owner")
        self._owners: dict[int, Customer] = {}
        for house, customer in session.execute(query.order_by(ProjectMember.id)) if houses else ():
            self._owners.setdefault(house, customer)
        people = {customer.id for customer in self._owners.values()}
        follows = select(Follower).where(Follower.customer_id.in_(people), Follower.subscribed)
        self._wechats: dict[int | None, Follower] = {}
        for follower in session.scalars(follows.order_by(Follower.id)) if people else ():
            self._wechats.setdefault(follower.customer_id, follower)

    def of(self, one: Call) -> dict[str, Any]:
        """The columns that say who is called about what; what the call names itself wins."""
        about = one.about
        if isinstance(about, Project):
            owner = self._owners.get(about.id)
            who: dict[str, Any] = {"customer": owner, "follower": self._wechats.get(owner.id if owner else None)}
            found, contact = {"project_id": about.id, "ticket_id": None}, ""
        else:
            who = {"customer": about.customer, "follower": about.follower}
            found, contact = {"project_id": about.project_id, "ticket_id": about.id}, about.contact_phone
        who |= dict(one.who or {})
        named = {f"{name}_id": person.id if person is not None else None for name, person in who.items()}
        phone = contact or (who["customer"].phone if who["customer"] is not None else "")
        return found | named | {"phone": phone}


@dataclass
class _Desk:
    """When the calls are due and who makes them; each question is asked once of the records."""

    session: Session
    now: dt.datetime
    there: dict[tuple[dt.datetime, frozenset[int]], set[int]] = field(default_factory=dict)
    firsts: dict[int, Staff | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = calendar.office(self.session)
        self.by_policy: dt.datetime | None = None
        load = select(Callback.owner_id, func.count()).where(Callback.state == "open", Callback.owner_id.is_not(None))
        self.load = {one: count for one, count in self.session.execute(load.group_by(Callback.owner_id))}

    def due(self, moment: dt.datetime | None) -> dt.datetime:
        """The named moment in office hours, else the policy's."""
        if moment is not None:
            wished = max(moment, self.now)
            return self.office.next_open(wished) or wished
        if self.by_policy is None:
            self.by_policy = callbacks.due_by_policy(self.session, self.office, self.now)
        return self.by_policy

    def owner(self, at: dt.datetime, without: Collection[int]) -> int | None:
        """Of those on duty then the one with the fewest calls, each new one counted; the id."""
        which = (at, frozenset(without))
        if which not in self.there:
            self.there[which] = duty.on_duty(self.session, "agent", now=at, without=without)
            if not self.there[which]:
                other = duty.pick(self.session, "agent", now=at, without=without)
                self.there[which] = {other.id} if other is not None else set()
        ids = self.there[which]
        if not ids:
            return None
        found = min(ids, key=lambda one: (self.load.get(one, 0), one))
        self.load[found] = self.load.get(found, 0) + 1
        return found

    def told(self, row: Callback) -> Staff | None:
        """Who is told of the promise first: the owner, while they are away whoever stands in."""
        if row.owner is None:
            return None
        if row.owner.id not in self.firsts:
            self.firsts[row.owner.id] = promises.first_told(self.session, row, self.now)
        return self.firsts[row.owner.id]
