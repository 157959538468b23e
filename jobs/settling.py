"""What became of a claimed message: each of the platform's answers, by name, and what it changes in our records.

Each outcome is written in its own short transaction. Where the follower's row is concerned it is locked first, and news
from before the person's latest message changes nothing about them.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.errors import (
    GatewayError,
    Misconfigured,
    NoConsent,
    Refused,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from jobs.claims import Errand
from jobs.letters import Wording
from jobs.world import World
from models.desk import escalations
from models.desk.delivery import consents, ladder, outbox, undelivered
from models.outbound import Outgoing
from models.people import Follower
from models.work import Ticket

log = logging.getLogger(__name__)
#: Back-off while the platform cannot be reached: 5 s, doubling, at most 10 minutes; about three hours in all.
FIRST_WAIT, LONGEST_WAIT, MOST_ATTEMPTS = dt.timedelta(seconds=5), dt.timedelta(minutes=10), 24
#: A wrong secret or a missing white-list entry is mended by a person, so once a minute is often enough to look.
MISCONFIGURED_WAIT = dt.timedelta(minutes=1)
#: The platform's code for a call whose quota of the day is used up.
DAY_FULL = 45009


@dataclass(frozen=True)
class Outcome:
    """The state a row goes to and why. `sure` says that nothing left us, so the window's place is given back."""

    to: str
    reason: str = ""
    later: dt.timedelta | None = None
    sure: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    #: Set on the follower: why the platform takes nothing for this person.
    unreachable: str = ""
    window_closed: bool = False
    #: The platform knows of no consent to this notice.
    no_consent: bool = False
    #: A person has to know, when the message is about a case.
    escalate: bool = False
    #: Nobody else would fare better now: the rest waits as long.
    stop: bool = False

    def saying(self, words: str) -> "Outcome":
        """The same, with what the person may have read."""
        return replace(self, facts={**self.facts, "sent_text": words})


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait after the `attempts`-th failure to reach the platform."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 10))


def of_error(error: GatewayError, errand: Errand) -> Outcome:
    """What to do next, by the error's name; an error that says nothing about it is taken as Unknown."""
    facts = {"errcode": error.code or None, "error": error.message[:200], "rid": error.rid[:64]}
    match error:
        case Refused(permanent_for_person=True):
            return Outcome("refused", "not_following", facts=facts, unreachable=str(error.code))
        case Refused():
            return Outcome("refused", "refused", facts=facts, escalate=True)
        case Unreachable() if errand.attempts + 1 >= MOST_ATTEMPTS:
            return Outcome("refused", "unreachable_platform", facts=facts, escalate=True)
        case Unreachable():
            return Outcome("queued", "unreachable", wait_after(errand.attempts + 1), facts=facts)
        case NoConsent():
            return Outcome("queued", "no_consent", dt.timedelta(0), facts=facts, no_consent=True)
        case Throttled():
            wait = dt.timedelta(seconds=error.retry_after)
            # A rung's own quota of the day is nobody else's trouble.
            stop = not error.for_person and (errand.rung == "custom" or error.code != DAY_FULL)
            return Outcome("queued", "throttled", wait, facts=facts, stop=stop)
        case WindowClosed() if errand.rung == "custom":
            return Outcome("queued", "window_closed", dt.timedelta(0), facts=facts, window_closed=True)
        case WindowClosed():
            return Outcome("held", "window_closed", facts=facts)
        case Misconfigured():
            return Outcome("queued", "misconfigured", MISCONFIGURED_WAIT, facts=facts, stop=True)
        case Unknown() | _:
            return Outcome("unknown", "no_answer", sure=False, facts=facts, escalate=True)


def sent(platform_id: str | None, wording: Wording, text: str) -> Outcome:
    """The platform took it; `text` is what the person read."""
    facts = {"platform_id": (platform_id or "")[:64], "sent_text": text}
    if wording.rest:
        facts["rest"] = wording.rest
    return Outcome("sent", sure=False, facts=facts)


def put_back(errand: Errand, ahead: Outcome | None = None) -> Outcome:
    """It was not tried at all, so the attempt does not count; it waits as long as what stopped it, if anything did."""
    facts = {"attempts": errand.attempts}
    if ahead is None:
        return Outcome("queued", later=dt.timedelta(0), facts=facts)
    # A place in a window that turned out to be shut is not worth giving back.
    later = ahead.later or dt.timedelta(0)
    return Outcome("queued", ahead.reason, later, facts=facts, window_closed=ahead.window_closed)


def settle(world: World, errand: Errand, outcome: Outcome) -> bool:
    """Written down, or False when the row was no longer ours (a sweep took us for dead)."""
    with world.sessions.begin() as session:
        now = world.clock()
        person = _person(session, errand) if outcome.to != "sent" else None
        facts = dict(outcome.facts)
        rest = facts.pop("rest", "")
        if outcome.later is not None:
            facts["next_try_at"] = now + outcome.later
        kept = outbox.settle(
            session, errand.row.id, claim=errand.claim, to=outcome.to, now=now, reason=outcome.reason, **facts
        )
        if not kept:
            log.warning("message %s was settled late: it had been taken from this worker", errand.row.id)
            return False
        if person is not None:
            _tell_ledger(person, errand, outcome, now)
        if errand.rung == "subscribe":
            _settle_consent(session, world, errand, outcome, now)
        if outcome.to in ("held", "refused", "expired"):
            _call_instead(session, errand.row.id, now)
        if rest:
            _promise_rest(session, errand, rest, now)
        if outcome.escalate:
            escalate(session, errand.row, outcome.reason, now)
        return True


def _settle_consent(session: Session, world: World, errand: Errand, outcome: Outcome, now: dt.datetime) -> None:
    if outcome.no_consent:
        consents.forbid(session, errand.follower.id, world.settings.wechat_subscribe_notice, now=now)
    consents.settle(session, errand.row.id, sure=outcome.sure, now=now)


def _call_instead(session: Session, row_id: int, now: dt.datetime) -> None:
    row = session.get(Outgoing, row_id)
    if row is not None:
        undelivered.call(session, row, now=now)


def escalate(session: Session, row: Outgoing, reason: str, now: dt.datetime) -> None:
    """A person looks after a case whose message failed, and once more when it was sent again and failed again.

    Failed messages to staff raise nothing: it would never end.
    """
    if row.ticket_id is None or row.text_key.startswith("staff."):
        return
    ticket = session.get(Ticket, row.ticket_id)
    if ticket is not None:
        cause = escalations.again(session, ticket, "message_failed", str(row.id))
        escalations.raise_(session, "message_failed", ticket, words=reason, now=now, cause=cause)


def hold_all(world: World, outcome: Outcome) -> None:
    """Everything that is due waits as long as the message that met trouble of everybody's."""
    with world.sessions.begin() as session:
        now = world.clock()
        until = now + (outcome.later or FIRST_WAIT)
        session.execute(
            update(Outgoing)
            .where(Outgoing.state == "queued", Outgoing.next_try_at <= now)
            .values(next_try_at=until, reason=outcome.reason)
            .execution_options(synchronize_session=False)
        )


def _person(session: Session, errand: Errand) -> Follower:
    query = select(Follower).where(Follower.id == errand.follower.id).with_for_update(key_share=True)
    return session.scalars(query).one()


def _tell_ledger(person: Follower, errand: Errand, outcome: Outcome, now: dt.datetime) -> None:
    claimed_at = errand.row.claimed_at
    if person.last_heard_at and claimed_at and person.last_heard_at > claimed_at:
        return  # they wrote since: their windows are new, and what the platform said was about the old ones
    if outcome.unreachable:
        person.unreachable = outcome.unreachable
    if outcome.window_closed:
        person.reply_left = person.burst_left = 0
    elif outcome.sure and errand.spent == "reply":
        ladder.give_back(person, now)
    elif outcome.sure and errand.spent == "burst":
        person.burst_left = min(ladder.BURST_COUNT, person.burst_left + 1)


def _promise_rest(session: Session, errand: Errand, rest: str, now: dt.datetime) -> None:
    row = errand.row
    person = session.get(Follower, row.follower_id)
    assert person is not None  # the row's foreign key
    outbox.post(
        session,
        f"{row.dedupe_key[:110]}:rest",
        to=person,
        letter=outbox.Letter(body=rest),
        now=now,
        purpose=row.purpose,
        urgent=row.urgent,
        ticket_id=row.ticket_id,
        staff_id=row.staff_id,
        or_call=row.or_call,
    )
