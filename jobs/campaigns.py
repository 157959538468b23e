"""Campaigns under way: started when due, gone through person by person, paused, ended. Flat memory, small transactions.

A batch of people and the mark up to which the audience has been gone through are written together: a worker that dies
leaves all of a batch or nothing of it, and the next one goes on behind the mark.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.orm import Session

from jobs import masses
from jobs.claims import house_of
from jobs.rate import Rate
from jobs.upkeep import tell
from jobs.world import World
from models.actors import SYSTEM
from models.campaigns import Campaign, MassSend, Recipient
from models.db import reading
from models.desk.delivery import terms
from models.desk.marketing import campaigns, mass, reach
from models.desk.marketing.reach import Lot
from models.outbound import Outgoing
from models.people import Customer, Follower

log = logging.getLogger(__name__)
#: Seconds: a run ends long before RQ's limit and the timetable brings the next.
RUN_SECONDS = 45.0
#: Rows changed in one transaction when a campaign goes on or ends.
STEP = 1000
UNDER_WAY = ("queued", "held", "sending")


def run(world: World, *, seconds: float = RUN_SECONDS, rate: Rate | None = None, batch: int = reach.BATCH) -> int:
    """Every campaign has come as far as it can now; how many steps that took. Safe twice and on many workers."""
    until, house = time.monotonic() + seconds, house_of(world)
    steps = _start(world)
    with world.sessions() as session:
        ids = [campaign.id for campaign in campaigns.running(session)]
    for campaign_id in ids:
        steps += _step_by_step(world, campaign_id, house, until, batch)
    steps += masses.run(world, house, until=until, rate=rate)
    for campaign_id in ids:
        _finish(world, campaign_id)
    if steps:
        tell(world)
    return steps


def _start(world: World) -> int:
    """What is scheduled and due is running."""
    with world.sessions.begin() as session:
        now = world.clock()
        query = select(Campaign).where(Campaign.state == "scheduled", Campaign.starts_at <= now)
        due = session.scalars(query.with_for_update(skip_locked=True)).all()
        for campaign in due:
            campaign.move("running", by=SYSTEM, now=now)
            campaign.started_at = now
    return len(due)


def _step_by_step(world: World, campaign_id: int, house: terms.House, until: float, batch: int) -> int:
    """One campaign goes as far as it can: the audience gone through, what was paused goes on, what is over ends."""
    steps = 0
    if _has_grown(world, campaign_id, house, until):
        return 1
    for step in (_expand, _wake, _drop):
        while time.monotonic() < until and _locked(world, campaign_id, step, house, batch):
            steps += 1
    return steps


def _locked(world: World, campaign_id: int, step: Any, house: terms.House, batch: int) -> int:
    with world.sessions.begin() as session:
        query = select(Campaign).where(Campaign.id == campaign_id).with_for_update(skip_locked=True)
        campaign = session.scalars(query).one_or_none()
        return step(world, session, campaign, house, batch) if campaign is not None else 0


def _has_grown(world: World, campaign_id: int, house: terms.House, until: float) -> bool:
    """Stopped before its first message, because many more would get it than somebody approved.

    Counted until that is plain, or as far as the run's time goes; what was not looked at by then is reckoned.
    """
    with Session(reading(world.engine)) as session:
        campaign = session.get_one(Campaign, campaign_id)
        if campaign.state != "running" or campaign.cursor or campaign.expanded_at or not campaign.expected:
            return False
        approved = campaign.expected
        found = reach.preview(
            session, campaign, house, now=world.clock(), most=1_000_000,
            enough=lambda so_far: time.monotonic() >= until or campaigns.grew(approved, so_far.reached),
        ).scaled()  # fmt: skip
    if not campaigns.grew(approved, found.reached):
        return False
    with world.sessions.begin() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        if campaign.state == "running" and not campaign.cursor:
            campaigns.pause(campaign, by=SYSTEM, now=world.clock(), reason="audience_grew")
            log.warning("campaign %s is paused: %s people instead of %s", campaign_id, found.reached, campaign.expected)
    return True


def _expand(world: World, session: Session, campaign: Campaign, house: terms.House, batch: int) -> int:
    """The next people stand in it, in or out, and the mark behind them; 0 when all do."""
    if campaign.state != "running" or campaign.expanded_at is not None:
        return 0
    now = world.clock()
    rows = reach.people(session, campaign, after=campaign.cursor, limit=batch, now=now)
    if not rows:
        campaign.expanded_at = now
        return 0
    lots = reach.judge(session, campaign, rows, house, now=now)
    letters = _letters(session, campaign, rows, [lot for lot in lots if not lot.reason], now)
    session.execute(
        insert(Recipient),
        [
            {"campaign_id": campaign.id, "follower_id": lot.follower_id, "reason": lot.reason,
             "outgoing_id": letters.get(lot.follower_id)}
            for lot in lots
        ],
    )  # fmt: skip
    campaign.cursor = rows[-1].id
    return len(rows)


def _letters(
    session: Session, campaign: Campaign, rows: Sequence[Row[Any]], lots: Sequence[Lot], now: Any
) -> Mapping[int, int]:
    """A message stands for each of these people, where the ladder has it begin; follower -> message."""
    if not lots:
        return {}
    ids = [lot.follower_id for lot in lots]
    named = select(Follower.id, Customer).join(Customer, Customer.id == Follower.customer_id)
    calls = {one: customer.call for one, customer in session.execute(named.where(Follower.id.in_(ids)))}
    langs = {row.id: row.lang for row in rows}
    values = [_row(campaign, lot, langs[lot.follower_id], calls.get(lot.follower_id, ""), now) for lot in lots]
    made = session.execute(insert(Outgoing).returning(Outgoing.follower_id, Outgoing.id), values)
    return {follower_id: outgoing_id for follower_id, outgoing_id in made}


def _row(campaign: Campaign, lot: Lot, lang: str, call: str, now: Any) -> dict[str, Any]:
    letter, verdict = campaigns.letter(campaign, lang, call), lot.verdict
    waits = verdict.until if verdict.do == "wait" else None
    return {
        "dedupe_key": f"campaign:{campaign.id}:{lot.follower_id}",
        "follower_id": lot.follower_id,
        "campaign_id": campaign.id,
        "purpose": campaign.purpose,
        "text_key": letter.text_key,
        "facts": letter.facts,
        "state": "held" if verdict.do == "hold" else "queued",
        "reason": verdict.reason,
        "not_before": now,
        "not_after": campaign.ends_at,
        "next_try_at": waits or now,
        "created_at": now,
    }


def _wake(world: World, session: Session, campaign: Campaign, *_: Any) -> int:
    """What was put aside while it paused is queued again."""
    if campaign.state != "running":
        return 0
    aside = select(Outgoing.id).where(
        Outgoing.campaign_id == campaign.id, Outgoing.state == "held", Outgoing.reason == "campaign_paused"
    )
    values = {"state": "queued", "reason": "", "next_try_at": world.clock()}
    return _change(session, campaign, aside, ("held",), values)


def _drop(world: World, session: Session, campaign: Campaign, *_: Any) -> int:
    """What still waited when it was cancelled is cancelled, and so is a mass send that has not begun."""
    if campaign.state != "cancelled":
        return 0
    if called_off := mass.call_off(session, campaign):
        return called_off
    left = select(Outgoing.id).where(Outgoing.campaign_id == campaign.id, Outgoing.state.in_(("queued", "held")))
    values = {"state": "cancelled", "reason": "campaign_cancelled", "settled_at": world.clock()}
    return _change(session, campaign, left, ("queued", "held"), values)


def _change(
    session: Session, campaign: Campaign, ids: Select[tuple[int]], states: Sequence[str], values: Mapping[str, Any]
) -> int:
    """Some of these rows say this from now on. Asked again of each row: a worker may have taken it while we waited."""
    still = update(Outgoing).where(Outgoing.campaign_id == campaign.id, Outgoing.state.in_(states))
    return session.execute(still.where(Outgoing.id.in_(ids.limit(STEP))).values(values)).rowcount


def _finish(world: World, campaign_id: int) -> None:
    """It is done when everybody has been gone through and nothing of it is under way any more."""
    with world.sessions.begin() as session:
        query = select(Campaign).where(Campaign.id == campaign_id).with_for_update(skip_locked=True)
        campaign = session.scalars(query).one_or_none()
        if campaign is None or campaign.finished_at is not None or campaign.state not in ("running", "cancelled"):
            return
        if campaign.state == "running" and campaign.expanded_at is None:
            return
        waits = select(Outgoing.id).where(Outgoing.campaign_id == campaign_id, Outgoing.state.in_(UNDER_WAY)).limit(1)
        sends = select(MassSend.id).where(MassSend.campaign_id == campaign_id, MassSend.settled_at.is_(None)).limit(1)
        if session.scalar(waits) is not None or session.scalar(sends) is not None:
            return
        campaign.finished_at = world.clock()
        if campaign.state == "running":
            campaign.move("done", by=SYSTEM, now=world.clock())
