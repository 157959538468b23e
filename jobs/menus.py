"""Puts the menu that staff want under the chat. Doing it twice is harmless: the platform replaces the whole menu."""

import datetime as dt
import logging

from sqlalchemy import select

from bot.errors import GatewayError, Misconfigured, Refused, Throttled
from jobs.world import World
from models.desk.account import menus
from models.menus import MenuVersion

log = logging.getLogger(__name__)
#: Longer than a call; another worker leaves the version alone for so long.
IN_HAND, AGAIN, AFTER_MISCONFIGURED = dt.timedelta(minutes=2), dt.timedelta(seconds=30), dt.timedelta(minutes=5)


def run(world: World) -> int:
    """The wanted menu was given to the platform once; returns 1 when it took it."""
    row = _due(world)
    if row is None:
        return 0
    try:
        world.gateway.create_menu({"button": row.buttons})
    except Refused as why:
        return _note(world, row.id, failed=f"{why.code} {why.message}")
    except Misconfigured as why:
        log.error("no menu can be published: %s %s", why.code, why.message)
        return _note(world, row.id, later=AFTER_MISCONFIGURED, reason=f"{why.code} {why.message}")
    except Throttled as why:
        return _note(world, row.id, later=dt.timedelta(seconds=why.retry_after), reason=f"{why.code} {why.message}")
    except GatewayError as why:
        return _note(world, row.id, later=AGAIN, reason=type(why).__name__)
    return _note(world, row.id)


def _due(world: World) -> MenuVersion | None:
    with world.sessions.begin() as session:
        now = world.clock()
        query = (
            select(MenuVersion)
            .where(MenuVersion.state == "wanted", MenuVersion.next_try_at <= now)
            .order_by(MenuVersion.id.desc())
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.scalars(query).first()
        if row is not None:
            row.next_try_at = now + IN_HAND
        return row


def _note(world: World, row_id: int, *, failed: str = "", later: dt.timedelta | None = None, reason: str = "") -> int:
    """Written down; a version that staff took back meanwhile stays where they put it."""
    with world.sessions.begin() as session:
        now, row = world.clock(), session.get_one(MenuVersion, row_id, with_for_update=True)
        if row.state != "wanted":
            return 0
        if later is not None:
            row.next_try_at, row.reason = now + later, reason[:200]
            return 0
        if failed:
            row.move("failed", now=now, reason=failed)
            return 0
        menus.published(session, row, now=now)
        return 1
