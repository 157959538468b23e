"""Makes tags on the platform and puts them on people, fifty a call. Each step may be repeated without harm.

A tag whose making got no answer is looked for by its name before it is made again.
"""

import datetime as dt
import logging
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from bot.errors import GatewayError, Misconfigured, Refused, Throttled
from jobs.world import World
from models.campaigns import MassSend
from models.desk.account.tags import BATCH
from models.menus import Tag, Tagging

log = logging.getLogger(__name__)
#: Longer than any call; another worker leaves the rows alone for so long.
IN_HAND, AGAIN, AFTER_MISCONFIGURED = dt.timedelta(minutes=2), dt.timedelta(seconds=30), dt.timedelta(minutes=5)

#: A mass send by this tag is on its way: whoever got it now would get the message too.
BUSY = exists().where(MassSend.tag_id == Tag.id, MassSend.state == "sending")


def run(world: World) -> int:
    """Tags that were wanted exist, and are on whom they were wanted on; returns how many rows were settled."""
    settled = 0
    while (tag := _due_tag(world)) is not None:
        settled += _make(world, tag)
    while batch := _due_people(world):
        settled += _put(world, batch)
    return settled


def _due_tag(world: World) -> Tag | None:
    with world.sessions.begin() as session:
        now = world.clock()
        query = select(Tag).where(Tag.state == "wanted", Tag.next_try_at <= now).order_by(Tag.id).limit(1)
        row = session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is not None:
            row.next_try_at = now + IN_HAND
        return row


def _make(world: World, tag: Tag) -> int:
    number, trouble = None, None
    try:
        number = world.gateway.tags().get(tag.name) or world.gateway.create_tag(tag.name)
    except GatewayError as why:
        trouble = why
    with world.sessions.begin() as session:
        row = session.get_one(Tag, tag.id, with_for_update=True)
        if row.state == "wanted" and number is not None:
            row.platform_id = number
            row.move("made", now=world.clock())
            return 1
        if row.state == "wanted" and trouble is not None:
            _put_off(world, row, trouble)
    return 0


def _due_people(world: World) -> Sequence[Tagging]:
    """Up to fifty people of one tag and one wish, put off for everybody else while they are in hand."""
    with world.sessions.begin() as session:
        now = world.clock()
        waits = (Tagging.state.in_(("wanted", "unwanted")), Tagging.next_try_at <= now)
        oldest = select(Tagging).join(Tag).where(*waits, Tag.state == "made", ~BUSY)
        first = session.scalars(oldest.order_by(Tagging.next_try_at, Tagging.id).limit(1)).first()
        if first is None:
            return ()
        # A mass send by this tag locks it while it looks who has it: whoever comes second sees the other.
        tag = session.scalars(
            select(Tag).where(Tag.id == first.tag_id, ~BUSY).with_for_update(skip_locked=True)
        ).first()
        if tag is None:
            return ()
        query = (
            select(Tagging)
            .where(*waits, Tagging.tag_id == first.tag_id, Tagging.state == first.state)
            .options(joinedload(Tagging.follower), joinedload(Tagging.tag))
            .order_by(Tagging.next_try_at, Tagging.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Tagging)
        )
        rows = session.scalars(query).all()
        for row in rows:
            row.next_try_at = now + IN_HAND
        return rows


def _put(world: World, batch: Sequence[Tagging]) -> int:
    """One call for all of them; where the platform refuses the batch each is tried alone, so that one spoils none."""
    tag, wanted = batch[0].tag, batch[0].state == "wanted"
    call = world.gateway.tag_people if wanted else world.gateway.untag_people
    trouble: GatewayError | None = None
    try:
        call(tag.platform_id, [row.follower.openid for row in batch])
    except Refused as why:
        if len(batch) > 1:
            return sum(_put(world, [row]) for row in batch)
        trouble = why
    except GatewayError as why:
        trouble = why
    with world.sessions.begin() as session:
        for one in batch:
            row = session.get_one(Tagging, one.id, with_for_update=True)
            if row.state != ("wanted" if wanted else "unwanted"):
                continue
            if trouble is None:
                row.move("put" if wanted else "off", now=world.clock())
            else:
                _put_off(world, row, trouble)
    return len(batch) if trouble is None else 0


def _put_off(world: World, row: Tag | Tagging, why: GatewayError) -> None:
    """A clear no is the end, everything else is tried again when it can help."""
    reason, now = f"{why.code} {why.message}"[:200], world.clock()
    if isinstance(why, Refused):
        row.move("off" if row.state == "unwanted" else "failed", now=now, reason=reason)
        return
    wait = AFTER_MISCONFIGURED if isinstance(why, Misconfigured) else AGAIN
    row.next_try_at = now + (dt.timedelta(seconds=why.retry_after) if isinstance(why, Throttled) else wait)
    row.reason = reason
    log.warning("tags: %s %s", type(why).__name__, why.code)
