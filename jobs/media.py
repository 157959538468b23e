"""Fetches what people sent before the platform drops it after three days; the bytes decide what it is.

A fetch may be repeated without harm, so a photo is only put off while somebody fetches it, never claimed for good.
"""

import datetime as dt
import errno
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from bot.errors import GatewayError, Misconfigured, Refused, Throttled
from jobs.world import World
from models.files import NotMedia, keep
from models.talk import Attachment

log = logging.getLogger(__name__)
BATCH = 20
#: The platform keeps temporary media for three days.
KEPT_FOR = dt.timedelta(days=3)
#: Longer than any fetch; another worker leaves the photo alone for so long.
IN_HAND = dt.timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=10), dt.timedelta(minutes=30)
#: Somebody has to make room; looking more often does not help.
DISK_WAIT = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Found:
    """What became of one fetch."""

    state: str
    error: str = ""
    later: dt.timedelta | None = None
    path: str = ""
    content_type: str = ""
    size: int = 0


def run(world: World) -> int:
    """Everything that waits was tried once; returns how many were fetched."""
    fetched = 0
    while batch := _due(world):
        for row in batch:
            found = _fetch(world, row)
            _note(world, row.id, found)
            fetched += found.state == "fetched"
            if found.error in ("misconfigured", "throttled", "disk_full"):
                return fetched
    return fetched


def _due(world: World) -> Sequence[Attachment]:
    """The next ones, put off for everybody else while they are in hand."""
    with world.sessions.begin() as session:
        now = world.clock()
        query = (
            select(Attachment)
            .where(
                Attachment.state == "waiting",
                or_(Attachment.next_try_at.is_(None), Attachment.next_try_at <= now),
            )
            .order_by(Attachment.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = session.scalars(query).all()
        for row in rows:
            row.next_try_at, row.attempts = now + IN_HAND, row.attempts + 1
        return rows


def _fetch(world: World, row: Attachment) -> Found:
    again = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts - 1, 10))
    try:
        media = world.gateway.fetch_media(row.media_id)
        stored = keep(world.settings.media_dir, media.bytes, now=world.clock())
    except Refused as why:  # gone, or never ours: asking again gets the same answer
        return Found("lost", f"refused {why.code}")
    except Misconfigured as why:
        log.error("media cannot be fetched: %s %s", why.code, why.message)
        return Found("waiting", "misconfigured", dt.timedelta(minutes=1))
    except Throttled as why:
        return Found("waiting", "throttled", dt.timedelta(seconds=why.retry_after))
    except GatewayError as why:
        return Found("waiting", type(why).__name__.lower(), again)
    except NotMedia as why:
        return Found("lost", f"not_media {why}"[:120])
    except OSError as why:
        full = why.errno in (errno.ENOSPC, errno.EDQUOT)
        log.error("the media folder cannot be written: %s", errno.errorcode.get(why.errno or 0, "?"))
        return Found("waiting", "disk_full" if full else "disk_error", DISK_WAIT)
    return Found("fetched", path=stored.path, content_type=stored.content_type, size=stored.size)


def _note(world: World, row_id: int, found: Found) -> None:
    with world.sessions.begin() as session:
        now = world.clock()
        row = session.scalars(select(Attachment).where(Attachment.id == row_id).with_for_update()).one_or_none()
        if row is None or row.state != "waiting":
            # Erased meanwhile, or another worker was faster: nobody would ever find this file again.
            if found.path and (row is None or row.path != found.path):
                (world.settings.media_dir / found.path).unlink(missing_ok=True)
            return
        if found.state == "fetched":
            row.fetched_at, row.next_try_at = now, None
        elif found.later is not None:
            row.next_try_at = now + found.later
        row.state, row.error = found.state, found.error
        row.path, row.content_type, row.size = found.path, found.content_type, found.size
        if row.state == "waiting" and now - row.created_at > KEPT_FOR:
            row.state, row.next_try_at = "lost", None
