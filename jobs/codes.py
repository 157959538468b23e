"""Has the platform make the QR of each binding code that staff gave out, so that a scan follows and binds in one go.

Asking twice for one scene is harmless: both pictures say `bind_<code>`, and the code itself is good only once.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.errors import GatewayError, Misconfigured, Refused, Throttled
from jobs.world import World
from models.people import BindingCode

log = logging.getLogger(__name__)
#: The inbox reads this scene as if its digits had been typed (bot/inbox).
SCENE = "bind_{}"
BATCH = 20
#: Longer than any call; another worker leaves the code alone for so long.
IN_HAND = dt.timedelta(minutes=2)
#: The platform makes codes for 1 minute to 30 days, seconds (developers.weixin.qq.com: api_createqrcode).
LEAST, MOST = 60, 30 * 86_400
#: How long to wait after trouble that the platform names no time for.
AGAIN, AFTER_MISCONFIGURED = dt.timedelta(seconds=30), dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Made:
    """What became of one call: the address of the picture, or when to ask again, or neither for a clear no."""

    url: str = ""
    later: dt.timedelta | None = None
    #: Everybody's trouble: the others would fare no better now.
    stop: bool = False


def run(world: World) -> int:
    """Every code that waited was asked for once; returns how many got their QR."""
    made = 0
    while batch := _due(world):
        for row in batch:
            answer = _make(world, row)
            made += _note(world, row.id, answer)
            if answer.stop:
                return made
    return made


def _due(world: World) -> Sequence[BindingCode]:
    """The next ones that can still be used, put off for everybody else while they are in hand."""
    with world.sessions.begin() as session:
        now = world.clock()
        query = (
            select(BindingCode)
            .where(BindingCode.qr_asked_at <= now, BindingCode.used_at.is_(None), BindingCode.expires_at > now)
            .order_by(BindingCode.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = session.scalars(query).all()
        for row in rows:
            row.qr_asked_at = now + IN_HAND
        return rows


def _make(world: World, row: BindingCode) -> Made:
    left = int((row.expires_at - world.clock()).total_seconds())
    try:
        return Made(world.gateway.create_qr(SCENE.format(row.code), seconds=min(MOST, max(LEAST, left))))
    except Refused as why:
        log.error("the platform makes no QR for code %s: %s", row.id, why.code)
        return Made()
    except Misconfigured as why:
        log.error("no QR can be made: %s %s", why.code, why.message)
        return Made(later=AFTER_MISCONFIGURED, stop=True)
    except Throttled as why:
        return Made(later=dt.timedelta(seconds=why.retry_after), stop=True)
    except GatewayError as why:
        log.warning("QR of code %s: %s", row.id, type(why).__name__)
        return Made(later=AGAIN)


def _note(world: World, row_id: int, made: Made) -> bool:
    """Written down; what another worker made meanwhile stands."""
    with world.sessions.begin() as session:
        row = session.scalars(select(BindingCode).where(BindingCode.id == row_id).with_for_update()).one_or_none()
        if row is None or row.qr_asked_at is None:
            return False
        row.qr_asked_at = world.clock() + made.later if made.later is not None else None
        row.qr_url = made.url or row.qr_url
        return bool(made.url)
