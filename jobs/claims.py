"""Which messages go out now, and to whom: judged and marked in one short transaction, before anything is sent.

The follower's row is locked while their messages are judged, so a message of theirs that arrives meanwhile either is
seen here or finds here what it has to release. Nobody is waited for: what another process holds is left to it.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from jobs.letters import Edited, edited_by_staff
from jobs.world import World
from models.desk.delivery import ladder, outbox, terms, undelivered
from models.desk.delivery.terms import House, Knowledge
from models.outbound import Outgoing
from models.people import Follower

#: Reasons of a queued row that comes again soon: what the person was promised later waits behind it.
COMING_AGAIN = ("unreachable", "throttled", "misconfigured", "after_another")
#: Another worker is just sending this person an earlier message.
NEXT_TURN = dt.timedelta(seconds=2)


@dataclass(frozen=True)
class Errand:
    """One claimed row and what was spent for it. The row and the follower are read only: they are no session's."""

    row: Outgoing
    follower: Follower
    claim: str
    rung: str
    #: The window whose place was taken: reply, burst, or nothing.
    spent: str
    #: Attempts before this one.
    attempts: int


@dataclass(frozen=True)
class Batch:
    """What was claimed, the staff's wordings for it, and how many rows were decided in any way."""

    errands: Sequence[Errand] = ()
    edited: Edited | None = None
    decided: int = 0


#: What becomes of a row that is not sent now.
BECOMES = {
    "hold": "held", "refuse": "refused", "expire": "expired", "wait": "queued", "cancel": "cancelled",
}  # fmt: skip


def claim(world: World, limit: int, full: Collection[str] = ()) -> Batch:
    """Up to `limit` due rows are held, refused, expired, put off, or claimed for sending; a flat number of queries.

    `full` names the rungs whose quota of the day is used up.
    """
    with world.sessions.begin() as session:
        now = world.clock()
        rows = sorted(outbox.waiting(session, now=now, limit=limit), key=lambda row: row.id)
        people = _locked(session, {row.follower_id for row in rows})
        rows = [row for row in rows if row.follower_id in people]
        if not rows:
            return Batch()
        busy = _busy(session, people, {row.id for row in rows}, now)
        known = terms.load(session, rows, house_of(world, full), now=now)
        mark, errands = (str(uuid.uuid4()), now), []
        for row in rows:
            if _must_wait(row, busy.get(row.follower_id), known):
                continue
            errand = _decide(session, row, people[row.follower_id], known, mark)
            errands += [errand] if errand else []
        return Batch(errands, edited_by_staff(session, rows), len(rows))


def house_of(world: World, full: Collection[str] = ()) -> House:
    """What holds for every message: the settings, without the rungs whose quota of the day is used up."""
    settings = world.settings
    return House(
        quiet=settings.quiet_times,
        template=bool(settings.wechat_template_notice) and "template" not in full,
        notice="" if "subscribe" in full else settings.wechat_subscribe_notice,
    )


def _locked(session: Session, ids: Iterable[int]) -> dict[int, Follower]:
    query = (
        select(Follower)
        .where(Follower.id.in_(list(ids)))
        .order_by(Follower.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {person.id: person for person in session.scalars(query)}


def _busy(
    session: Session, people: Mapping[int, Follower], ours: set[int], now: dt.datetime
) -> dict[int, tuple[int, dt.datetime]]:
    """For people with a message in hand, coming again or in another worker's hands: its id, and when to retry."""
    query = (
        select(Outgoing.follower_id, Outgoing.id, Outgoing.next_try_at)
        .where(
            Outgoing.follower_id.in_(list(people)),
            or_(
                # Who is in a mass send still hears everything else meanwhile.
                and_(Outgoing.state == "sending", Outgoing.mass_id.is_(None)),
                and_(Outgoing.state == "queued", Outgoing.reason.in_(COMING_AGAIN), Outgoing.next_try_at > now),
                and_(Outgoing.state == "queued", Outgoing.next_try_at <= now, Outgoing.id.not_in(ours)),
            ),
        )
        .order_by(Outgoing.id.desc())
    )
    busy: dict[int, tuple[int, dt.datetime]] = {}
    for follower_id, row_id, again_at in session.execute(query):
        busy[follower_id] = (row_id, max(again_at, now + NEXT_TURN))
    return busy


def _must_wait(row: Outgoing, ahead: tuple[int, dt.datetime] | None, known: Knowledge) -> bool:
    """Put off behind an earlier message to the same person, or behind another worker who has their household."""
    again_at = ahead[1] if ahead is not None and ahead[0] < row.id else None
    if row.follower_id in known.elsewhere:
        again_at = known.now + NEXT_TURN
    if again_at is None:
        return False
    outbox.move(row, "queued", reason="after_another", now=known.now)
    row.next_try_at = again_at
    return True


def _decide(
    session: Session, row: Outgoing, person: Follower, known: Knowledge, mark: tuple[str, dt.datetime]
) -> Errand | None:
    _, now = mark
    verdict = ladder.judge(row, person, known.terms(row), now=now)
    if verdict.do == "send":
        known.touch(row)
        return _take(row, person, verdict.rung, known, mark)
    outbox.move(row, BECOMES[verdict.do], reason=verdict.reason, now=now)
    if verdict.until is not None:
        row.next_try_at = verdict.until
    else:
        undelivered.call(session, row, now=now)
    return None


def _take(row: Outgoing, person: Follower, rung: str, known: Knowledge, mark: tuple[str, dt.datetime]) -> Errand:
    claim_id, now = mark
    attempts, burst = row.attempts, person.burst_left
    outbox.move(row, "sending", now=now)
    row.claim, row.claimed_at, row.attempts, row.rung = claim_id, now, attempts + 1, rung
    if rung == "subscribe":
        known.use_consent(row)
    if rung != "custom":
        return Errand(row, person, claim_id, rung, "", attempts)
    ladder.spend(person, now)
    return Errand(row, person, claim_id, rung, "burst" if person.burst_left < burst else "reply", attempts)
