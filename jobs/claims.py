"""Which messages go out now, and to whom: judged and marked in one short transaction, before anything is sent.

The follower's row is locked while their messages are judged, so a message of theirs that arrives meanwhile either is
seen here or finds here what it has to release. Nobody is waited for: what another process holds is left to it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from jobs.letters import Edited, edited_by_staff
from jobs.world import World
from models.desk import ladder, outbox
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


def claim(world: World, limit: int) -> Batch:
    """Up to `limit` due rows are held, refused, expired, put off, or claimed for sending; a flat number of queries."""
    with world.sessions.begin() as session:
        now = world.clock()
        rows = sorted(outbox.waiting(session, now=now, limit=limit), key=lambda row: row.id)
        people = _locked(session, {row.follower_id for row in rows})
        rows = [row for row in rows if row.follower_id in people]
        if not rows:
            return Batch()
        busy = _busy(session, people, {row.id for row in rows}, now)
        mark, errands = str(uuid.uuid4()), []
        for row in rows:
            errand = _decide(world, row, people[row.follower_id], busy.get(row.follower_id), (mark, now))
            errands += [errand] if errand else []
        return Batch(errands, edited_by_staff(session, rows), len(rows))


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
                Outgoing.state == "sending",
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


def _decide(
    world: World, row: Outgoing, person: Follower, ahead: tuple[int, dt.datetime] | None, mark: tuple[str, dt.datetime]
) -> Errand | None:
    claim_id, now = mark
    if ahead is not None and ahead[0] < row.id:
        outbox.move(row, "queued", reason="after_another", now=now)
        row.next_try_at = ahead[1]
        return None
    template = bool(world.settings.wechat_template_notice)
    verdict = ladder.judge(row, person, now=now, quiet=world.settings.quiet_times, template=template)
    if verdict.do == "send":
        return _take(row, person, verdict.rung, (claim_id, now))
    to = {"hold": "held", "refuse": "refused", "expire": "expired", "wait": "queued"}[verdict.do]
    outbox.move(row, to, reason=verdict.reason, now=now)
    if verdict.until is not None:
        row.next_try_at = verdict.until
    return None


def _take(row: Outgoing, person: Follower, rung: str, mark: tuple[str, dt.datetime]) -> Errand:
    claim_id, now = mark
    attempts, burst = row.attempts, person.burst_left
    outbox.move(row, "sending", now=now)
    row.claim, row.claimed_at, row.attempts, row.rung = claim_id, now, attempts + 1, rung
    if rung != "custom":
        return Errand(row, person, claim_id, rung, "", attempts)
    ladder.spend(person, now)
    return Errand(row, person, claim_id, rung, "burst" if person.burst_left < burst else "reply", attempts)
