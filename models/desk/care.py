"""What keeps a case honest after it was opened: pauses by the customer's word, reopening, closing, cancelling."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk import escalations, promises
from models.desk.callback import callbacks
from models.desk.repair import finishing, items, notices, postponing, quotes, repairs, visits
from models.errors import IllegalMove, Missing
from models.surveys import Survey
from models.work import Escalation, Repair


def pause(session: Session, repair: Repair, *, until: dt.datetime, words: str, by: By, now: dt.datetime) -> None:
    """The on-site clock stands still until `until`, by the customer's recorded words; the customer is told of it.

    Refused without words, for a past moment, and when no on-site promise is open.
    """
    promise = promises.find(session, "repair.on_site", repair)
    promises.pause(session, promise, until=until, words=words, now=now)
    postponing.drop(repair, now=now)
    postponing.pause(session, finishing.find(session, repair), postponing.Window(until, until, words), now=now)
    repair.tell("paused", by=by, now=now, reason=words, until=until.isoformat())
    pauses = sum(event.name == "paused" for event in repair.events)
    notices.tell_customer(session, repair, "paused", now=now, mark=pauses, until=until.isoformat(), words=words)


def resume(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The on-site clock runs again; refused when it is not paused."""
    promise = promises.find(session, "repair.on_site", repair)
    if promise is None:
        raise promises.NothingToPause
    promises.resume(session, promise, now=now)
    postponing.go_on(session, finishing.find(session, repair), now=now)
    repair.tell("resumed", by=by, now=now)


def reopen(session: Session, repair: Repair, *, reason: str, by: By, now: dt.datetime) -> None:
    """Not right yet: the next round begins with a new promise, given to the same crew, and a person owns the case."""
    repair.move("reopened", by=by, now=now, reason=reason)
    repair.round += 1
    repair.closed_at, repair.close_reason, repair.arrived_at, repair.finished_at = None, "", None, None
    repair.finish_note, repair.late_reason, repair.late_until = "", "", None
    if repair.when_end is not None and repair.when_end <= now:
        repair.when_text, repair.when_start, repair.when_end = "", None, None
    items.open_again(repair, reason)
    _drop_surveys(session, repair, now)
    promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    crew = repair.crew if repair.crew is not None and repair.crew.active else repairs.crew_for(session, repair)
    if crew is not None:
        repairs.assign(session, repair, crew, by=SYSTEM, now=now, reason=reason)
    else:
        escalations.raise_(session, "no_crew", repair, words=reason, now=now, cause=str(repair.round))
    finishing.promise(session, repair, now=now)


def close(session: Session, repair: Repair, *, reason: str, by: By, now: dt.datetime) -> None:
    """Nothing is owed any more; open questions and escalations about it end too. Refused without a reason.

    A crew that had it in hand is told not to come.
    """
    if not reason.strip():
        raise Missing(field="reason")
    in_hand = repair.state in visits.ON_THE_LIST
    repair.move("closed", by=by, now=now, reason=reason.strip())
    if in_hand:
        notices.tell_crew(session, repair, "crew_closed", now=now)
    repair.closed_at, repair.close_reason = now, reason.strip()[:200]
    _let_go(session, repair, by=by, now=now)


def cancel(session: Session, repair: Repair, *, reason: str, by: By, now: dt.datetime) -> None:
    """The customer needs nobody any more: the crew is told, nothing is owed. Refused once the crew is on site."""
    if repair.state == "on_site":
        raise IllegalMove("errors.cancel_on_site", number=repair.number)
    repair.move("cancelled", by=by, now=now, reason=reason)
    repair.closed_at, repair.close_reason = now, reason[:200]
    notices.tell_crew(session, repair, "crew_cancelled", now=now)
    notices.tell_household(session, repair, "cancelled", by=by, now=now, reason=repair.close_reason)
    _let_go(session, repair, by=by, now=now)


def restore(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> Repair:
    """Cancelled by mistake: registered anew with all that was told, its promises and crew as for any report.

    The old case stays cancelled, because its crew was sent away. Refused for one that is not cancelled.
    """
    if repair.state != "cancelled" or repair.follower is None:
        raise IllegalMove(number=repair.number, state=repair.state_name, to="恢复")
    told = {name: getattr(repair, name) for name in repairs.FIELDS}
    if repair.when_end is not None and repair.when_end <= now:
        told |= {"when_text": "", "when_start": None, "when_end": None}
    faults = tuple(items.Fault(one.problem, one.category, one.place, one.urgent) for one in repair.items)
    report = repairs.Report(
        **told,
        project=repair.project,
        phone=repair.contact_phone,
        earlier=repair,
        items=faults if len(faults) > 1 else (),
    )
    again = repairs.open_repair(session, repair.follower, report, by=by, now=now)
    repair.tell("restored", by=by, now=now, reason=again.number)
    return again


def _let_go(session: Session, repair: Repair, *, by: By, now: dt.datetime) -> None:
    postponing.drop(repair, now=now)
    visits.end_visit(repair, "ended", now=now)
    for promise in promises.owed(session, repair):
        promises.drop(session, promise, now=now)
    _drop_surveys(session, repair, now)
    quotes.withdraw(session, repair, by=by, now=now)
    open_ones = select(Escalation).where(Escalation.ticket_id == repair.id, Escalation.state != "resolved")
    for row in session.scalars(open_ones):
        escalations.resolve(session, row, by=by, words=repair.close_reason or repair.state_name, now=now)


def _drop_surveys(session: Session, repair: Repair, now: dt.datetime) -> None:
    """Questions that nobody answered are moot: the case went on or ended without them, and nobody calls about them."""
    query = select(Survey).where(Survey.ticket_id == repair.id, Survey.state.in_(("planned", "asked", "phone")))
    for survey in session.scalars(query):
        if survey.callback is not None and survey.callback.is_open:
            callbacks.drop(session, survey.callback, reason=f"{repair.number} {repair.state_name}", by=SYSTEM, now=now)
        if survey.state != "phone":
            survey.state = "dropped"
