"""The menu: written as a draft within the platform's limits, published by a job, taken back by publishing an older one.

Limits: three buttons, five below each; 16 bytes for a name above, 60 below; keys that the bot knows
(developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import DomainError
from models.menus import KEYS, MenuVersion
from models.staff import Staff

MOST_ABOVE, MOST_BELOW = 3, 5
#: Bytes: a Chinese character has three.
NAME_ABOVE, NAME_BELOW, URL = 16, 60, 1024

Button = dict[str, Any]


class BadMenu(DomainError):
    """A button that the platform or the bot would not take; `name` is the button's, the key says why."""

    key = "errors.menu_empty"


def check(buttons: Sequence[Button]) -> None:
    """BadMenu unless the platform takes this menu and the bot understands it."""
    if not buttons:
        raise BadMenu
    if len(buttons) > MOST_ABOVE:
        raise BadMenu("errors.menu_many")
    for button in buttons:
        below = button.get("sub_button") or []
        _named(button, NAME_ABOVE)
        if len(below) > MOST_BELOW:
            raise BadMenu("errors.menu_below", name=button["name"])
        for one in below:
            _named(one, NAME_BELOW)
            _does(one)
        if not below:
            _does(button)


def _named(button: Button, most: int) -> None:
    name = str(button.get("name") or "").strip()
    if not name:
        raise BadMenu("errors.menu_no_name")
    if len(name.encode()) > most:
        raise BadMenu("errors.menu_long", name=name, most=most // 3)


def _does(button: Button) -> None:
    if button.get("type") == "click" and button.get("key") in KEYS:
        return
    address = str(button.get("url") or "")
    if button.get("type") != "view" or not address.startswith(("https://", "http://")) or len(address.encode()) > URL:
        raise BadMenu("errors.menu_nothing", name=button["name"])


def draft(session: Session, buttons: Sequence[Button], *, staff: Staff | None, now: dt.datetime) -> MenuVersion:
    """A version that nobody outside sees yet; refused unless it could be published."""
    check(buttons)
    row = MenuVersion(buttons=list(buttons), staff=staff, created_at=now, next_try_at=now, _state="draft")
    session.add(row)
    session.flush()
    return row


def publish(session: Session, version: MenuVersion, *, now: dt.datetime) -> None:
    """The version is to be the account's menu; one that waited for the same steps back."""
    for other in session.scalars(select(MenuVersion).where(MenuVersion.state == "wanted")).all():
        if other is not version:
            other.move("draft", now=now)
    if version.state != "wanted":
        version.move("wanted", now=now)
    session.flush()


def published(session: Session, version: MenuVersion, *, now: dt.datetime) -> None:
    """The platform has taken it: the one before is retired."""
    for other in session.scalars(select(MenuVersion).where(MenuVersion.state == "published")).all():
        other.move("retired", now=now)
    version.move("published", now=now)
    version.published_at = now
    session.flush()


def current(session: Session) -> MenuVersion | None:
    """The version that phones show; None before the first."""
    query = select(MenuVersion).where(MenuVersion.state == "published").order_by(MenuVersion.id.desc())
    return session.scalars(query.limit(1)).first()
