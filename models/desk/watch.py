"""The promise watch: warns before, marks misses, climbs from owner to manager, ends agreed pauses.

Run as often as one likes, by as many as like: each step is taken by a row's own guarded change.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.callbacks import Callback, Slip
from models.complaints import Complaint
from models.desk import escalations, promises, told
from models.desk.callback import slips
from models.desk.complaint import letters as complaint_letters
from models.desk.complaint import sight
from models.desk.delivery.outbox import Letter
from models.desk.repair import apologies, finishing, notices, quotes
from models.desk.staff import duty
from models.promises import Promise
from models.staff import Staff
from models.work import Escalation, Repair, Ticket

#: Rows looked at in one run; the next run goes on.
BATCH = 200
#: What is not kept in time is the manager's at once: two days were enough for everybody below.
THE_MANAGERS = frozenset({slips.DUE})


def run(session: Session, *, now: dt.datetime) -> int:
    """All that is due by `now` has happened; returns how many promises changed."""
    changed = 0
    # Each look comes after the step before it: a pause that ends may leave a promise that is late already.
    for look, step in ((_pauses_over, _end_pause), (_to_warn, _warn), (_to_miss, _miss), (_to_climb, _climb)):
        found = look(session, now)
        for promise in found:
            step(session, promise, now)
        if step is _miss:
            apologies.fold(session, [one.ticket for one in found if one.ticket is not None], now=now)
        changed += len(found)
    changed += told.over(session, now=now)
    return changed


def _locked(session: Session, *conditions: object) -> Sequence[Promise]:
    query = select(Promise).where(*conditions).order_by(Promise.due_at).limit(BATCH).with_for_update(skip_locked=True)
    return session.scalars(query).all()


def _pauses_over(session: Session, now: dt.datetime) -> Sequence[Promise]:
    return _locked(session, Promise.state == "paused", Promise.paused_until <= now)


def _to_warn(session: Session, now: dt.datetime) -> Sequence[Promise]:
    return _locked(
        session, Promise.state == "open", Promise.warned_at.is_(None), Promise.warn_at <= now, Promise.due_at > now
    )


def _to_miss(session: Session, now: dt.datetime) -> Sequence[Promise]:
    return _locked(session, Promise.state == "open", Promise.due_at <= now)


def _to_climb(session: Session, now: dt.datetime) -> Sequence[Promise]:
    return _locked(session, Promise.state == "missed", Promise.met_at.is_(None), Promise.next_level_at <= now)


def _end_pause(session: Session, promise: Promise, now: dt.datetime) -> None:
    promises.resume(session, promise, now=now)
    if promise.ticket is not None and promise.policy.name not in finishing.NAMES:
        promise.ticket.tell("resumed", by=SYSTEM, now=now)


def _warn(session: Session, promise: Promise, now: dt.datetime) -> None:
    promise.warned_at = now
    about = promise.about
    if isinstance(about, Callback | Slip):
        facts = notices.facts_of_care(about) | {"promise": promise.policy.title, "due": promise.due_at.isoformat()}
        letter = Letter("staff.promise_near", facts)
        notices.tell_staff(session, _told(session, promise, now), f"promise:{promise.id}:warn", letter, now=now)
    case = promise.ticket
    if case is None:
        return
    if promise.policy.name == quotes.ANSWER and isinstance(case, Repair):
        quotes.remind(session, case, now=now)
        return
    case.tell("warned", by=SYSTEM, now=now, reason=promise.policy.title)
    known = notices.facts_of(case) if isinstance(case, Repair) else notices.case_of(case)
    letter = Letter("staff.promise_near", {**known, "promise": promise.policy.title, "due": promise.due_at.isoformat()})
    notices.tell_staff(
        session, _told(session, promise, now), f"promise:{promise.id}:warn", letter, now=now, ticket=case
    )
    if isinstance(case, Repair):
        if finishing.known_late(case, promise):
            return
        step = "crew_finish_near" if promise.policy.name in finishing.NAMES else "crew_reminder"
        notices.tell_crew(session, case, step, now=now, mark=promise.id, due=promise.due_at.isoformat())


def _told(session: Session, promise: Promise, now: dt.datetime) -> Staff | None:
    """Who hears of it: its owner, who stands in for them, or who is on the shift that is on now."""
    about, owner = promise.about, promise.owner
    shut = sight.shut_out(session, about)
    there = (ask(session, owner, now=now, without=shut) for ask in (duty.answers, duty.present))
    return next((person for person in there if person is not None and sight.fits(person, about)), None)


def _miss(session: Session, promise: Promise, now: dt.datetime) -> None:
    if promise.policy.name == quotes.ANSWER and isinstance(promise.ticket, Repair):
        # It was the customer's turn: nothing of ours was broken, so it is dropped and counts in no report as a miss.
        promises.drop(session, promise, now=now)
        quotes.lapse(session, promise.ticket, now=now)
        return
    promise.state, promise.missed_at = "missed", promise.due_at
    promise.level, promise.next_level_at = 1, now + promises.climb_after(promise)
    about = promise.about
    if about is None:
        return
    if isinstance(about, Ticket):
        about.tell("missed", by=SYSTEM, now=now, reason=promise.policy.title)
    if isinstance(about, Repair):
        if promise.policy.name == "repair.on_site":
            notices.tell_customer(session, about, "late", now=now)
        elif promise.policy.name in finishing.NAMES:
            finishing.missed(session, about, now=now)
    if isinstance(about, Complaint) and promise.policy.name == "complaint.explain":
        complaint_letters.write(session, about, "late", now=now)
    words, cause = promise.policy.title, str(promise.id)
    matter = escalations.raise_(session, "promise_missed", about, words=words, now=now, cause=cause)
    if promise.policy.name in THE_MANAGERS:
        promise.level += 1
        escalations.climb(session, matter, now=now)
    if isinstance(about, Repair) and promise.policy.name == "repair.accept":
        _tell_lead(session, about, matter, promise, now)


def _tell_lead(session: Session, case: Repair, matter: Escalation, promise: Promise, now: dt.datetime) -> None:
    """The crew does not answer: its lead, or who stands in, knows, beside whoever looks after the case."""
    lead = duty.present(session, case.crew.lead, now=now) if case.crew is not None else None
    if lead is not None and lead is not matter.owner:
        letter = Letter("staff.promise_missed", {**notices.facts_of(case), "words": promise.policy.title})
        notices.tell_staff(session, lead, f"promise:{promise.id}:lead", letter, now=now, ticket=case)


def _climb(session: Session, promise: Promise, now: dt.datetime) -> None:
    promise.level += 1
    promise.next_level_at = now + promises.climb_after(promise) if promise.level < promises.TOP_LEVEL else None
    if promise.about is None:
        return
    key = escalations.key_of(promise.about, "promise_missed", str(promise.id))
    row = session.scalar(select(Escalation).where(Escalation.cause_key == key))
    if row is not None:
        escalations.climb(session, row, now=now)
