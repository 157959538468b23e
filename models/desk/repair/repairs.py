"""Repairs as the customer and the dispatcher meet them: opened, corrected, assigned, chased, paused, closed.

What the crew does is in `visits`. Every verb writes an event and tells whom it concerns through the outbox.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import phones
from models.actors import SYSTEM, By
from models.desk import escalations, promises
from models.desk.account import people
from models.desk.numbers import next_number
from models.desk.repair import finishing, items, notices, postponing, visits, warranty
from models.desk.repair.items import Fault
from models.desk.staff import calendar, duty
from models.errors import IllegalMove, Missing
from models.houses import Crew, Project
from models.people import Follower
from models.promises import Promise
from models.staff import Staff
from models.talk import Attachment
from models.work import MOVES, Repair, Ticket

#: A repair may be corrected by the customer until somebody is at work on it.
CORRECTABLE = frozenset(MOVES) - {"on_site", "done", "closed", "cancelled"}
FIELDS = ("house_text", "category", "place", "problem", "urgent", "when_text", "when_start", "when_end")


@dataclass(frozen=True)
class Report:
    """What a customer reported. Only the problem is needed; everything else may come later."""

    problem: str
    project: Project | None = None
    house_text: str = ""
    category: str = "其他"
    place: str = ""
    urgent: bool = False
    when_text: str = ""
    when_start: dt.datetime | None = None
    when_end: dt.datetime | None = None
    phone: str = ""
    name: str = ""
    form: str = ""
    media: tuple[str, ...] = field(default=())
    #: Several faults apart; without them the problem is the only one.
    items: tuple[Fault, ...] = ()
    #: The closed case that this one goes on from.
    earlier: Repair | None = None


def open_repair(session: Session, follower: Follower, report: Report, *, by: By, now: dt.datetime) -> Repair:
    """A numbered repair with the promise to be on site, given to the responsible crew at once.

    Without a crew in charge the dispatcher is told at once instead. Missing without a problem.
    """
    if not report.problem.strip():
        raise Missing(field="problem")
    customer = people.know(session, follower, now=now, name=report.name, form=report.form, phone=report.phone)
    repair = Repair(
        number=next_number(session, "BX", now=now),
        follower=follower,
        customer=customer,
        project=report.project,
        contact_name=report.name or customer.call,
        contact_phone=people.clean_phone(report.phone) or customer.phone,
        owner=_answers(session, report.project, now),
        opened_at=now,
        round=1,
        chased=0,
        earlier=report.earlier,
        **{name: getattr(report, name) for name in FIELDS},
    )
    items.name(repair, report.items)
    session.add(repair)
    session.flush()
    repair.tell("reported", by=by, now=now, reason=report.problem)
    promise = promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    _agree_on_time(session, repair, promise, now)
    attach(session, repair, report.media, sender=follower)
    warranty.judge_repair(session, repair, now=now)
    crew = crew_for(session, repair)
    if crew is not None:
        assign(session, repair, crew, by=SYSTEM, now=now)
    else:
        escalations.raise_(session, "no_crew", repair, words=repair.what, now=now, cause=str(repair.round))
    limit = finishing.promise(session, repair, now=now)
    if promise.state == "paused":
        postponing.pause(session, limit, _window(repair), now=now)
    return repair


def _answers(session: Session, project: Project | None, now: dt.datetime) -> Staff | None:
    """Who answers for a repair in the office: the site's supervisor or who stands in, else engineering on duty."""
    supervisor = project.supervisor if project is not None else None
    return duty.present(session, supervisor, now=now) or duty.pick(session, "engineer", now=now)


def _agree_on_time(session: Session, repair: Repair, promise: Promise, now: dt.datetime) -> None:
    """The customer's own words about when they are at home pause the clock, if all of that time is still to come and
    ends later than promised. A time named before is forgotten.
    """
    start, end = repair.when_start, repair.when_end
    postponing.go_on(session, promise, finishing.find(session, repair), now=now)
    if repair.urgent or start is None or end is None or start <= now or end <= promise.due_at:
        return
    promises.pause(
        session, promise, until=max(start, now + dt.timedelta(minutes=1)), words=repair.when_text, now=now, due=end
    )
    postponing.pause(session, finishing.find(session, repair), _window(repair), now=now)
    repair.tell("paused", by=By("customer", repair.follower_id), now=now, reason=repair.when_text)


def _window(repair: Repair) -> postponing.Window:
    """The time that the customer named."""
    assert repair.when_start is not None and repair.when_end is not None
    return postponing.Window(repair.when_start, repair.when_end, repair.when_text)


def crew_for(session: Session, repair: Repair) -> Crew | None:
    """The crew of the house; for an unbound house the active crew of the trade with the fewest open repairs."""
    if repair.project is not None and repair.project.crew is not None and repair.project.crew.active:
        return repair.project.crew
    crews = session.scalars(select(Crew).where(Crew.active).order_by(Crew.id)).all()
    able = [crew for crew in crews if not crew.trades or repair.category in crew.trades]
    if not able:
        return None
    busy = session.scalars(
        select(Repair.crew_id).where(Repair.state.in_(("assigned", "accepted", "on_the_way", "on_site")))
    )
    load = list(busy)
    return min(able, key=lambda crew: (load.count(crew.id), crew.id))


def update_repair(session: Session, repair: Repair, changes: dict[str, Any], *, by: By, now: dt.datetime) -> None:
    """The customer's later words are on the case: place, time, house, phone, urgency. Refused once the crew is at work.

    A case that becomes urgent gets the shorter promise from now on. The crew hears of changes it has not accepted yet
    through its page; changes after that reach it as a message.
    """
    if repair.state not in CORRECTABLE:
        raise IllegalMove(number=repair.number, state=repair.state_name, to="修改")
    changes = {name: value for name, value in changes.items() if value not in (None, "")}
    if phone := people.clean_phone(changes.pop("phone", "")):
        repair.contact_phone = phone
        people.know(session, people_of(repair), now=now, phone=phone)
    if project := changes.pop("project", None):
        repair.project = project
    if name := changes.pop("name", ""):
        repair.contact_name = name
    was_urgent, faults = repair.urgent, changes.pop("items", ())
    for name in FIELDS:
        if name in changes:
            setattr(repair, name, changes[name])
    _name_again(session, repair, changes, faults, now)
    repair.tell(
        "updated", by=by, now=now, reason="；".join(str(value) for value in changes.values() if isinstance(value, str))
    )
    warranty.judge_repair(session, repair, now=now)
    if repair.urgent and not was_urgent:
        _hasten(session, repair, now)
    promise = promises.find(session, "repair.on_site", repair)
    if promise is not None and "when_start" in changes and promise.state in ("open", "paused"):
        _agree_on_time(session, repair, promise, now)
    updates = sum(event.name == "updated" for event in repair.events)
    notices.tell_crew(session, repair, "crew_changed", now=now, mark=updates)


def _hasten(session: Session, repair: Repair, now: dt.datetime) -> None:
    """It is urgent from now on: an answer that a crew owes and its arrival are due by the shorter clocks, never later
    than they were. Nobody waits for a time that was agreed before.
    """
    for name in ("repair.on_site", "repair.accept"):
        before = promises.find(session, name, repair)
        if before is None and name == "repair.accept":
            continue
        stood = before is not None and before.state in ("open", "paused")
        promises.drop(session, before, now=now)
        urgent = promises.make(session, name, repair, now=now, urgent=True)
        if stood and before.due_at < urgent.due_at:
            promises.redate(urgent, before.due_at, min(before.warn_at, before.due_at))
    postponing.go_on(session, finishing.find(session, repair), now=now)


def _name_again(
    session: Session, repair: Repair, changes: dict[str, Any], faults: Sequence[Fault], now: dt.datetime
) -> None:
    """Later words about the fault are on its item too; more faults move the limit for finishing."""
    if faults or (len(repair.items) <= 1 and {"problem", "place", "category"} & changes.keys()):
        items.name(repair, faults)
        session.flush()
        finishing.promise(session, repair, now=now)
    if changes.get("when_start"):
        postponing.drop(repair, now=now)


def people_of(repair: Repair) -> Follower:
    """The follower who reported; a repair typed in by staff for a caller has none and cannot be asked for one."""
    if repair.follower is None:
        raise Missing(field="follower")
    return repair.follower


def assign(session: Session, repair: Repair, crew: Crew, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """`crew` is responsible and told at once; it has the promised minutes to accept. The crew before it is let go.

    Whoever waits for a crew is owed one: a promise to be on site that was met by the crew before begins anew.
    """
    if not crew.active:
        raise Missing("errors.crew_inactive", crew=crew.name)
    before = repair.crew
    repair.move("assigned", by=by, now=now, reason=reason, crew=crew.name)
    if before is not None and before.id != crew.id:
        notices.tell_crew(session, repair, "crew_released", now=now)
        visits.end_visit(repair, "ended", now=now)
        postponing.drop(repair, now=now)  # a yes to the crew before would move the visit of this one
    repair.crew, repair.accepted_at, repair.arrived_at = crew, None, None
    session.flush()  # whoever asks by crew_id from here on means this crew
    promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    promises.drop(session, promises.find(session, "repair.accept", repair), now=now)
    # What was mended and broke again goes first: the crew answers as quickly as for an urgent job.
    promises.make(session, "repair.accept", repair, now=now, urgent=repair.urgent or repair.round > 1)
    notices.tell_crew(session, repair, "crew_again" if repair.round > 1 else "crew_offer", now=now)


def chase(session: Session, repair: Repair, words: str, *, by: By, now: dt.datetime) -> int:
    """The customer asked again: on the record; the second time the lead is told, and whenever that was settled and they
    ask once more. Returns how often it was.
    """
    repair.chased += 1
    repair.tell("chased", by=by, now=now, reason=words)
    notices.tell_crew(session, repair, "crew_chased", now=now, mark=repair.chased, times=repair.chased)
    if repair.chased >= 2:
        cause = escalations.again(session, repair, "chased", str(repair.round))
        escalations.raise_(session, "chased", repair, words=words, now=now, cause=cause)
    return repair.chased


def add_words(session: Session, repair: Repair, words: str, *, by: By, now: dt.datetime) -> None:
    """What the customer adds outside any dialog is on the case, and its crew reads it: how to get in, what stopped.

    Moves no promise. Refused once nobody is coming any more; numbers of phones reach the crew masked only.
    """
    if not words.strip():
        raise Missing(field="words")
    if not repair.is_open:
        raise IllegalMove(number=repair.number, state=repair.state_name, to="补充")
    repair.tell("added", by=by, now=now, reason=words.strip())
    times = sum(event.name == "added" for event in repair.events)
    notices.tell_crew(session, repair, "crew_added", now=now, mark=times, words=phones.hide(words.strip())[:200])


def attach(session: Session, case: Ticket, media: Sequence[str], *, sender: Follower, stage: str = "before") -> int:
    """Photos already received from `sender` are the case's; returns how many. Nobody else's are taken."""
    if not media:
        return 0
    waiting = select(Attachment).where(
        Attachment.media_id.in_(list(media)), Attachment.follower_id == sender.id, Attachment.ticket_id.is_(None)
    )
    found = session.scalars(waiting).all()
    for photo in found:
        photo.ticket_id, photo.stage = case.id, stage
    return len(found)


def note(session: Session, repair: Repair, words: str, *, by: By, now: dt.datetime) -> None:
    """An internal note on the case; nobody outside the company ever sees it."""
    if not words.strip():
        raise Missing(field="words")
    repair.tell("note", by=by, now=now, reason=words.strip())


def office_opens(session: Session, now: dt.datetime) -> dt.datetime | None:
    """When somebody is in the office next; `now` itself while it is open."""
    return calendar.office(session).next_open(now)
