"""What a crew does with a repair: accept or hand back, set out, arrive, finish. Each step tells the homeowner once."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import escalations, notices, promises, quotes
from models.desk.outbox import Letter
from models.errors import Missing, NotYours
from models.houses import Crew
from models.work import Repair

#: The states in which a job stands on a crew's list.
ON_THE_LIST = ("assigned", "accepted", "on_the_way", "on_site")


def jobs_of(session: Session, crew: Crew) -> list[Repair]:
    """The crew's jobs, the most urgent promise first."""
    query = (
        select(Repair)
        .where(Repair.crew_id == crew.id, Repair.state.in_(ON_THE_LIST))
        .order_by(Repair.next_due_at.is_(None), Repair.next_due_at, Repair.id)
    )
    return list(session.scalars(query))


def own_job(session: Session, crew: Crew | None, ticket_id: int) -> Repair:
    """The crew's repair with this id; NotYours for everyone else's, existing or not."""
    repair = session.get(Repair, ticket_id)
    if repair is None or crew is None or repair.crew_id != crew.id:
        raise NotYours
    return repair


def accept(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew takes the job; the acceptance promise is met and the homeowner knows who comes."""
    repair.move("accepted", by=by, now=now)
    repair.accepted_at = now
    promises.meet(session, promises.find(session, "repair.accept", repair), now=now)
    notices.tell_customer(session, repair, "accepted", now=now)


def start(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew is on its way."""
    if repair.state == "assigned":
        accept(session, repair, by=by, now=now)
    repair.move("on_the_way", by=by, now=now)
    notices.tell_customer(session, repair, "on_the_way", now=now)


def arrive(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew is at the door: the promise to be on site is met, late or in time, and the homeowner is told."""
    if repair.state == "assigned":
        accept(session, repair, by=by, now=now)
    repair.move("on_site", by=by, now=now)
    repair.arrived_at = now
    promises.meet(session, promises.find(session, "repair.on_site", repair), now=now)
    notices.tell_customer(session, repair, "arrived", now=now)


def finish(session: Session, repair: Repair, *, note: str, by: By, now: dt.datetime) -> None:
    """The work is done and `note` says what was done; the survey is planned by a worker from the case's state.

    Refused without a note (the next crew and the customer have a right to know), and for paid work that the customer
    has not agreed to.
    """
    if not note.strip():
        raise Missing(field="note")
    quotes.need_consent(session, repair)
    repair.move("done", by=by, now=now, reason=note.strip())
    repair.finished_at, repair.finish_note = now, note.strip()
    notices.tell_customer(session, repair, "finished", now=now)


def hand_back(session: Session, repair: Repair, *, reason: str, by: By, now: dt.datetime) -> None:
    """The crew cannot do it: the dispatcher owns it, and the customer is owed another one. Refused without a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    repair.move("handed_back", by=by, now=now, reason=reason.strip())
    crew = repair.crew
    repair.crew, repair.accepted_at, repair.arrived_at = None, None, None
    session.flush()  # from here on nobody finds it on the crew's list
    promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    promises.drop(session, promises.find(session, "repair.accept", repair), now=now)
    times = sum(event.to_state == "handed_back" for event in repair.events)
    escalations.raise_(session, "handed_back", repair, words=reason.strip(), now=now, cause=str(times))
    if crew is not None and crew.lead is not None:
        letter = Letter("staff.handed_back", {**notices.facts_of(repair), "words": reason.strip(), "crew": crew.name})
        notices.tell_staff(session, crew.lead, f"handed_back:{repair.id}:{times}:lead", letter, now=now, ticket=repair)
