"""A crew asks for another time: the customer is asked in chat, and only their own yes stops the clock.

A no leaves every promise as it was, and crew and lead know of it.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.actors import By
from models.desk import promises
from models.desk.delivery.outbox import Letter
from models.desk.repair import clashes, finishing, notices
from models.errors import DomainError, IllegalMove, Missing
from models.promises import Promise
from models.visits import Postponement
from models.work import Repair

#: A crew may ask for another time while the job is in its hands.
MAY_ASK = ("assigned", "accepted", "on_the_way", "on_site")


@dataclass(frozen=True)
class Window:
    """A span of time as understood, and as it was said."""

    start: dt.datetime
    end: dt.datetime
    text: str = ""
    #: The crew's reason, as the customer reads it.
    why: str = ""


class NothingAsked(DomainError):
    """No other time waits for this customer's answer."""

    key = "errors.nothing_asked"


def waiting(repair: Repair) -> Postponement | None:
    """The other time that waits for the customer's answer."""
    return next((row for row in reversed(repair.postponements) if row.state == "asked"), None)


def ask(session: Session, repair: Repair, window: Window, *, words: str, by: By, now: dt.datetime) -> Postponement:
    """The customer is asked whether `window` suits them, once; nothing else changes before they answer.

    Refused for a time that is past, when the job is in no crew's hands, and when the customer has no WeChat to be
    asked on: then somebody calls and pauses the clock by what was said.
    """
    if repair.state not in MAY_ASK or repair.crew is None:
        raise IllegalMove(number=repair.number, state=repair.state_name, to="改时间")
    if window.end <= now or window.end <= window.start:
        raise Missing("errors.past_time", field="until")
    if repair.follower is None or not repair.follower.subscribed:
        raise Missing("errors.no_wechat_to_ask", number=repair.number)
    before = waiting(repair)
    if before is not None and (before.start, before.end) == (window.start, window.end):
        return before
    drop(repair, now=now)
    row = Postponement(
        crew=repair.crew, start=window.start, end=window.end, when_text=window.text[:60], words=window.why.strip(),
        state="asked", asked_at=now, answer="",
    )  # fmt: skip
    repair.postponements.append(row)
    session.flush()
    repair.tell("time_asked", by=by, now=now, reason=words.strip(), start=window.start.isoformat())
    notices.ask_time(session, row, now=now)
    return row


def answer(session: Session, repair: Repair, *, agreed: bool, words: str, by: By, now: dt.datetime) -> Postponement:
    """The customer's answer stands with their words. Yes: the visit is moved and the clocks stand still until then.

    Refused when nothing was asked; so a second yes changes nothing.
    """
    row = waiting(repair)
    if row is None:
        raise NothingAsked(number=repair.number)
    row.state, row.answered_at, row.answer = "agreed" if agreed else "refused", now, words.strip()
    repair.tell("time_agreed" if agreed else "time_refused", by=by, now=now, reason=words.strip())
    if agreed:
        _move(session, repair, row, by=by, now=now)
    facts = {"start": row.start.isoformat(), "end": row.end.isoformat()}
    notices.tell_crew(session, repair, "crew_time_yes" if agreed else "crew_time_no", now=now, mark=row.id, **facts)
    lead = (repair.crew.lead if repair.crew else None) or repair.owner
    letter = Letter("staff.time_yes" if agreed else "staff.time_no", {**notices.facts_of(repair), **facts})
    notices.tell_staff(session, lead, f"postponement:{row.id}:answer", letter, now=now, ticket=repair)
    return row


def drop(repair: Repair, *, now: dt.datetime) -> None:
    """No answer is awaited any more: another time was named, or the case went on without one."""
    for row in repair.postponements:
        if row.state == "asked":
            row.state, row.answered_at = "dropped", now


def _move(session: Session, repair: Repair, row: Postponement, *, by: By, now: dt.datetime) -> None:
    repair.when_start, repair.when_end, repair.when_text = row.start, row.end, row.when_text
    if repair.state == "on_site":
        _leave(repair, by=by, now=now)
        promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    visit = promises.find(session, "repair.on_site", repair)
    if visit is not None and visit.state == "missed":  # it keeps its mark; the time agreed now is a promise of its own
        promises.drop(session, visit, now=now)
        promises.make(session, "repair.on_site", repair, now=now, urgent=repair.urgent)
    words = row.answer or row.when_text
    for promise in (promises.find(session, "repair.on_site", repair), finishing.find(session, repair)):
        pause(session, promise, Window(row.start, row.end, words), now=now)
    repair.tell("paused", by=by, now=now, reason=words, until=row.start.isoformat())
    notices.tell_household(
        session, repair, "paused", by=by, now=now, mark=f"p{row.id}", until=row.start.isoformat(), words=words
    )
    clashes.warn(session, repair, now=now)


def _leave(repair: Repair, *, by: By, now: dt.datetime) -> None:
    """The crew goes and comes again: this visit is over, the job stays its own."""
    for visit in repair.visits:
        if not visit.outcome:
            visit.finished_at, visit.outcome = now, "moved"
    repair.move("accepted", by=by, now=now)
    repair.arrived_at = None


def go_on(session: Session, *clocks: Promise | None, now: dt.datetime) -> None:
    """Clocks that stand still run again; others stay as they are."""
    for clock in clocks:
        if clock is not None and clock.state == "paused":
            promises.resume(session, clock, now=now)


def pause(session: Session, promise: Promise | None, window: Window, *, now: dt.datetime) -> None:
    """The clock stands still until the agreed time; one that is missed, or ends later anyway, stays as it is."""
    if promise is None or promise.state not in ("open", "paused") or promise.due_at <= now:
        return
    go_on(session, promise, now=now)
    if window.start <= now or (promise.policy.name == "repair.on_site" and window.end <= promise.due_at):
        return
    visit = promise.policy.name == "repair.on_site"
    due = window.end if visit else None
    promises.pause(session, promise, until=window.start, words=window.text or "客户同意", now=now, due=due)
