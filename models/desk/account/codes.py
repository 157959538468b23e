"""Codes of the platform: wanted here, made by a job, counted when they are scanned.

Wanting one twice is one code: its scene is unique, and what was made stays made.
"""

import datetime as dt
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.errors import Missing
from models.people import BindingCode
from models.qrcodes import QrCode
from models.worktime import local_day

#: The inbox reads this scene as if its digits had been typed.
BIND_SCENE = "bind_{}"


def want(session: Session, kind: str, scene: str, *, title: str, now: dt.datetime, **more: object) -> QrCode:
    """A code with this scene is wanted, or wanted again after the platform refused; one that was made stays.

    `more` may set code, follower and expires_at of the row.
    """
    found = session.scalar(select(QrCode).where(QrCode.scene == scene))
    if found is None:
        found = QrCode(kind=kind, scene=scene, title=title[:60], next_try_at=now, created_at=now, **more)
        session.add(found)
        session.flush()
    elif found.state in ("failed", "dropped"):
        found.move("wanted", now=now)
    return found


def for_binding(session: Session, code: BindingCode, *, now: dt.datetime) -> QrCode:
    """The code that follows us and binds in one go."""
    kind = "project" if code.project else "crew" if code.crew else "staff"
    title = str(code.project or code.crew or code.staff)
    return want(
        session, kind, BIND_SCENE.format(code.code), title=title, now=now, code=code, expires_at=code.expires_at
    )


def for_channel(session: Session, title: str, *, now: dt.datetime) -> QrCode:
    """A code for a fair, a leaflet or a shop window, good for ever: scans tell where people come from."""
    if not title.strip():
        raise Missing(field="title")
    scene = f"ch_{local_day(now):%Y%m%d}_{secrets.token_hex(3)}"
    return want(session, "channel", scene, title=title.strip(), now=now)


def drop(session: Session, row: QrCode | None, *, now: dt.datetime) -> None:
    """Nobody is to be shown the code any more; the platform keeps it until it ends."""
    if row is not None and row.state != "dropped":
        row.move("dropped", now=now)


def scanned(session: Session, scene: str) -> None:
    """One scan more, in one statement: many at once are all counted. Unknown scenes are nobody's."""
    if scene:
        session.execute(
            update(QrCode)
            .where(QrCode.scene == scene)
            .values(scans=QrCode.scans + 1)
            .execution_options(synchronize_session=False)
        )
