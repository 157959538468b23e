"""Has the platform make every code that is wanted: for binding, referrals, events and channels, by one mechanism.

Asking twice for one scene is harmless: both pictures say the same scene, and what a scan means is decided by us.
"""

import datetime as dt
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from bot.errors import GatewayError, Misconfigured, Refused, Throttled
from bot.parcels import Qr
from jobs.world import World
from models.desk.sales import referrals
from models.files import keep
from models.people import BindingCode
from models.qrcodes import QrCode

log = logging.getLogger(__name__)
BATCH = 20
#: Longer than any call; another worker leaves the code alone for so long.
IN_HAND = dt.timedelta(minutes=2)
#: The platform makes codes for 1 minute to 30 days, seconds (developers.weixin.qq.com: api_createqrcode).
LEAST, MOST = 60, 30 * 86_400
#: How long to wait after trouble that the platform names no time for.
AGAIN, AFTER_MISCONFIGURED = dt.timedelta(seconds=30), dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Made:
    """What became of one call: the code, or when to ask again, or why the platform makes none."""

    qr: Qr | None = None
    later: dt.timedelta | None = None
    reason: str = ""
    #: Everybody's trouble: the others would fare no better now.
    stop: bool = False


def run(world: World) -> int:
    """Every code that was wanted was asked for once; returns how many were made."""
    made = 0
    while batch := _due(world):
        for row in batch:
            answer = _make(world, row)
            made += _note(world, row, answer)
            if answer.stop:
                return made
    return made


def _due(world: World) -> Sequence[QrCode]:
    """The next ones that can still be used, put off for everybody else while they are in hand."""
    with world.sessions.begin() as session:
        now = world.clock()
        query = (
            select(QrCode)
            .outerjoin(BindingCode, BindingCode.id == QrCode.code_id)
            .options(joinedload(QrCode.follower))
            .where(
                QrCode.state == "wanted",
                QrCode.next_try_at <= now,
                BindingCode.used_at.is_(None),
                or_(QrCode.expires_at.is_(None), QrCode.expires_at > now),
            )
            .order_by(QrCode.next_try_at, QrCode.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=QrCode)
        )
        rows = session.scalars(query).all()
        for row in rows:
            row.next_try_at = now + IN_HAND
        return rows


def _make(world: World, row: QrCode) -> Made:
    seconds = None
    if row.expires_at is not None:
        seconds = min(MOST, max(LEAST, int((row.expires_at - world.clock()).total_seconds())))
    try:
        return Made(world.gateway.create_qr(row.scene, seconds=seconds))
    except Refused as why:
        log.error("the platform makes no code %s: %s", row.id, why.code)
        return Made(reason=f"{why.code} {why.message}")
    except Misconfigured as why:
        log.error("no code can be made: %s %s", why.code, why.message)
        return Made(later=AFTER_MISCONFIGURED, reason=f"{why.code} {why.message}", stop=True)
    except Throttled as why:
        return Made(later=dt.timedelta(seconds=why.retry_after), reason=f"{why.code} {why.message}", stop=True)
    except GatewayError as why:
        log.warning("code %s: %s", row.id, type(why).__name__)
        return Made(later=AGAIN, reason=type(why).__name__)


def _note(world: World, row: QrCode, made: Made) -> bool:
    """Written down, and shown to whoever asked for it; what another worker made meanwhile stands."""
    path = _picture(world, made.qr) if made.qr is not None and row.follower_id is not None else ""
    with world.sessions.begin() as session:
        written = _written(session, row.id, made, path, now=world.clock())
    if path and not written:
        # Nobody would ever find it again: the code was dropped meanwhile, or another worker's picture stands.
        (world.settings.media_dir / path).unlink(missing_ok=True)
    return written


def _written(session: Session, row_id: int, made: Made, path: str, *, now: dt.datetime) -> bool:
    fresh = session.get_one(QrCode, row_id, with_for_update=True)
    if fresh.state != "wanted":
        return False
    if made.qr is None and made.later is not None:
        fresh.next_try_at, fresh.reason = now + made.later, made.reason[:200]
        return False
    if made.qr is None:
        fresh.move("failed", now=now, reason=made.reason)
        return False
    fresh.move("made", now=now)
    fresh.url, fresh.ticket, fresh.path = made.qr.url, made.qr.ticket, path
    referrals.show(session, fresh, key=f"qr:{fresh.id}:made", now=now)
    return True


def _picture(world: World, qr: Qr) -> str:
    """The code as a picture that a chat can show, below the media folder."""
    drawn = io.BytesIO()
    segno.make(qr.url, error="m").save(drawn, kind="png", scale=10, border=4)
    return keep(world.settings.media_dir, drawn.getvalue(), now=world.clock()).path
