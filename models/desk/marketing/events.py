"""Events: written, opened, moved, called off; places taken, waited for and given back.

Whoever takes a place holds the event's row, so that two who want the last one cannot both have it. People who signed
up hear of what changes and are reminded the day before; that is a service they asked for.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.errors import DomainError, IllegalMove, Missing, NotFound
from models.events import Event, EventStep, Signup
from models.outbound import Outgoing
from models.people import Follower
from models.worktime import at_clock, local_day

#: More than a family and their friends is a group that somebody should talk to.
MOST_PEOPLE = 10
#: When the day before somebody is reminded, Beijing time.
REMIND_AT = dt.time(10)


class NotOpen(DomainError):
    """Nobody may sign up (any more)."""

    key = "errors.event_not_open"


class NoRoom(DomainError):
    """So many more people do not fit; `left` is how many do."""

    key = "errors.event_no_room"


class BadNumber(DomainError):
    """Nobody, or a whole group."""

    key = "errors.event_number"


class PastTime(DomainError):
    """An event that is over cannot be planned."""

    key = "errors.past_time"


@dataclass(frozen=True)
class Plan:
    """What an event is, as written in the panel."""

    title: str
    starts_at: dt.datetime
    place: str = ""
    text: str = ""
    capacity: int | None = None
    sign_up_until: dt.datetime | None = None


def make(session: Session, plan: Plan, *, by: By, now: dt.datetime) -> Event:
    """A draft that nobody sees yet; refused without a title and for a past moment."""
    event = Event(**_checked(plan, now), created_at=now, _state="draft")
    session.add(event)
    event.tell("made", by=by, now=now)
    session.flush()
    return event


def change(session: Session, event: Event, plan: Plan, *, by: By, now: dt.datetime) -> None:
    """The event is as planned now; another time or place is told to everybody with a place, and reminders move.

    More room lets those who waited longest move up; less room takes nobody's place. Refused once it was called off.
    """
    event = _held(session, event.id)
    if event.state == "cancelled":
        raise IllegalMove("errors.event_state", title=event.title)
    moved = (plan.starts_at, plan.place.strip()) != (event.starts_at, event.place)
    for name, value in _checked(plan, now).items():
        setattr(event, name, value)
    event.tell("changed", by=by, now=now)
    session.flush()
    if moved:
        event.invited_for = None  # what its invitation says is not true any more: invitations.py
    if moved and event.state in ("open", "closed"):
        for signup in _with_place(session, event):
            _forget_reminder(session, signup, now)
            _tell(session, signup, f"changed:{len(event.steps)}", "events.changed", now)
            _remind(session, signup, now)
    _move_up(session, event, now)


def _checked(plan: Plan, now: dt.datetime) -> dict[str, Any]:
    if not plan.title.strip():
        raise Missing(field="title")
    if plan.starts_at <= now:
        raise PastTime
    if plan.capacity is not None and plan.capacity < 1:
        raise BadNumber(most=MOST_PEOPLE)
    return {
        "title": plan.title.strip()[:40], "starts_at": plan.starts_at, "place": plan.place.strip()[:80],
        "text": plan.text.strip(), "capacity": plan.capacity, "sign_up_until": plan.sign_up_until,
    }  # fmt: skip


def call_off(session: Session, event: Event, *, reason: str, by: By, now: dt.datetime) -> None:
    """The event does not take place; everybody with a place or waiting is told once. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    event = _held(session, event.id)
    event.move("cancelled", by=by, now=now, reason=reason.strip())
    for signup in [one for one in event.signups if one.state != "cancelled"]:
        _forget_reminder(session, signup, now)
        _tell(session, signup, "called_off", "events.called_off", now, reason=reason.strip()[:100])


def published(session: Session) -> Sequence[Event]:
    """Events that are open, the soonest first; whether one may still sign up is for the clock to say."""
    return session.scalars(select(Event).where(Event.state == "open").order_by(Event.starts_at, Event.id)).all()


def taken(session: Session, event: Event) -> int:
    """How many people have a place."""
    return taken_of(session, [event.id]).get(event.id, 0)


def taken_of(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The same for several events in one query; those without anybody are left out."""
    query = select(Signup.event_id, func.sum(Signup.people)).where(Signup.event_id.in_(ids), Signup.state == "signed")
    return {event_id: int(people) for event_id, people in session.execute(query.group_by(Signup.event_id))}


def left(session: Session, event: Event) -> int | None:
    """How many people still fit; None where everybody does."""
    return None if event.capacity is None else max(0, event.capacity - taken(session, event))


def sign_up(session: Session, follower: Follower, event_id: int, people: int, *, by: By, now: dt.datetime) -> Signup:
    """The follower has a place, or waits for one when the event is full; twice is the same sign-up.

    Another number of people changes it: refused with NoRoom where more do not fit. NotOpen once sign-up is over.
    """
    event = _held(session, event_id)
    if not 1 <= people <= MOST_PEOPLE:
        raise BadNumber(most=MOST_PEOPLE)
    if event.state != "open" or now >= event.ends_sign_up:
        raise NotOpen(title=event.title)
    signup = session.scalars(
        select(Signup).where(Signup.event_id == event.id, Signup.follower_id == follower.id)
    ).one_or_none()
    if signup is not None and signup.state == "signed":
        return _renumber(session, signup, people, by=by, now=now)
    if signup is None:
        signup = Signup(event=event, follower=follower, people=people, _state="cancelled", round=0, since=now)
        session.add(signup)
    signup.people = people
    session.flush()
    room = left(session, event)
    to = "signed" if room is None or room >= people else "waiting"
    if signup.state != to:
        signup.move(to, by=by, now=now)
    session.flush()
    if to == "signed":
        _remind(session, signup, now)
    return signup


def has_room(session: Session, follower: Follower, event_id: int, people: int) -> bool:
    """Whether so many of this follower have a place at an open event, those that they have already included."""
    event = _held(session, event_id)
    mine = select(Signup.people).where(
        Signup.event_id == event.id, Signup.follower_id == follower.id, Signup.state == "signed"
    )
    room = left(session, event)
    return room is None or people - (session.scalar(mine) or 0) <= room


def title_of(session: Session, event_id: int) -> str:
    """The name of an event; refused for one that does not exist."""
    return _held(session, event_id).title


def _renumber(session: Session, signup: Signup, people: int, *, by: By, now: dt.datetime) -> Signup:
    room = left(session, signup.event)
    if room is not None and people - signup.people > room:
        raise NoRoom(left=room, people=signup.people)
    if people != signup.people:
        signup.event.tell("renumbered", by=by, now=now, signup=signup)
        signup.people = people
        session.flush()
        says = update(Outgoing).where(*_reminders(signup), Outgoing.state.in_(outbox.WAITING))
        session.execute(says.values(facts=facts_of(signup)).execution_options(synchronize_session="fetch"))
        _move_up(session, signup.event, now)
    return signup


def withdraw(session: Session, signup: Signup, *, by: By, now: dt.datetime) -> None:
    """The place is free: the reminder is cancelled, and who waited longest and fits moves up and is told."""
    event = _held(session, signup.event_id)
    session.refresh(signup)
    signup.move("cancelled", by=by, now=now)
    _forget_reminder(session, signup, now)
    session.flush()
    _move_up(session, event, now)


def fill(session: Session, event_id: int, *, now: dt.datetime) -> None:
    """Whoever waited longest and fits has a place that fell free without being given back, and is told."""
    _move_up(session, _held(session, event_id), now)


def own(session: Session, follower: Follower, *, now: dt.datetime) -> Sequence[Signup]:
    """The follower's places and waits at events to come, the soonest first."""
    to_come = (Event.state.in_(("open", "closed")), Event.starts_at > now)
    query = select(Signup).join(Event).where(Signup.follower_id == follower.id, Signup.state != "cancelled", *to_come)
    return session.scalars(query.order_by(Event.starts_at, Signup.id)).all()


def mark(session: Session, signup: Signup, *, came: bool, by: By, now: dt.datetime) -> None:
    """Whether they came; only somebody with a place can have, at what took place."""
    if signup.state != "signed" or signup.event.state not in ("open", "closed"):
        raise NotOpen(title=signup.event.title)
    signup.attended = came
    signup.event.tell("came" if came else "stayed_away", by=by, now=now, signup=signup)


def _held(session: Session, event_id: int) -> Event:
    """The event, its row held until the transaction ends and as it is now."""
    event = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        raise NotFound
    return event


def _with_place(session: Session, event: Event) -> Sequence[Signup]:
    query = select(Signup).where(Signup.event_id == event.id, Signup.state == "signed")
    return session.scalars(query.order_by(Signup.id)).all()


def _move_up(session: Session, event: Event, now: dt.datetime) -> None:
    if event.state not in ("open", "closed"):
        return
    waiting = select(Signup).where(Signup.event_id == event.id, Signup.state == "waiting")
    for signup in session.scalars(waiting.order_by(Signup.since, Signup.id)).all():
        room = left(session, event)
        if room is None or room >= signup.people:
            signup.move("signed", by=SYSTEM, now=now)
            session.flush()
            _tell(session, signup, f"moved_up:{signup.round}", "events.moved_up", now)
            _remind(session, signup, now)


def facts_of(signup: Signup) -> dict[str, Any]:
    """What texts about a place may name; empty facts are left out."""
    event = signup.event
    facts = {
        "title": event.title, "starts": event.starts_at.isoformat(), "place": event.place, "people": signup.people,
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value}


def _tell(session: Session, signup: Signup, step: str, key: str, now: dt.datetime, **more: str) -> None:
    letter = Letter(key, facts_of(signup) | more)
    outbox.post(
        session, f"event:{signup.event_id}:{signup.id}:{step}", to=signup.follower, letter=letter, now=now,
        not_after=signup.event.starts_at,
    )  # fmt: skip


def _reminder_key(session: Session, signup: Signup) -> str:
    """One reminder for each place taken and each change of the event: one that was taken back is not the next."""
    changes = select(func.count()).where(EventStep.event_id == signup.event_id, EventStep.name == "changed")
    return f"event:{signup.event_id}:{signup.id}:remind:{signup.round}:{session.scalar(changes)}"


def _remind(session: Session, signup: Signup, now: dt.datetime) -> None:
    """A reminder on the morning of the day before; who signs up later than that knows it anyway."""
    event = signup.event
    at = at_clock(local_day(event.starts_at) - dt.timedelta(days=1), REMIND_AT)
    if at > now:
        letter = Letter("events.reminder", facts_of(signup))
        outbox.post(
            session, _reminder_key(session, signup), to=signup.follower, letter=letter, now=now, not_before=at,
            not_after=event.starts_at,
        )  # fmt: skip


def _forget_reminder(session: Session, signup: Signup, now: dt.datetime) -> None:
    outbox.withdraw(session, *_reminders(signup), reason="signed_off", now=now)


def _reminders(signup: Signup) -> tuple[ColumnElement[bool], ...]:
    prefix = f"event:{signup.event_id}:{signup.id}:remind:"
    return Outgoing.follower_id == signup.follower_id, Outgoing.dedupe_key.startswith(prefix, autoescape=True)
