"""`cli.py menu`: our menu goes under the account's chat: the panel's own, before the first that of templates/menu.toml.

Doing it again is harmless: the platform replaces the whole menu, and clients show the new one within five minutes.
"""

import argparse
import contextlib
import datetime as dt
import sys
import tomllib
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.errors import GatewayError
from bot.wechat import Gateway
from clock import Clock
from models.db import make_engine
from models.desk.account import menus
from ops.embedded import connect
from ops.house import load_settings
from ops.remedies import words_for
from settings import ROOT

MENU = ROOT / "templates" / "menu.toml"


def main(arguments: list[str]) -> int:
    """Publish the panel's menu, else the release's; returns 1, with the reason in words, when it is not taken."""
    argparse.ArgumentParser(prog="cli.py menu", description=main.__doc__).parse_args(arguments)
    settings = load_settings()
    engine = make_engine(settings.database_url)
    menu = _kept(engine) or wanted()
    # The token is shared with the workers where Redis is there, and fetched for this one call where it is not.
    with connect(settings.redis_url) as redis:
        try:
            Gateway(settings, redis).create_menu(menu)
        except GatewayError as error:
            print(f"✗ 菜单没有发布 / the menu was not published：{words_for(error)}", file=sys.stderr)
            return 1
    print("✓ 菜单已发布，手机上最多五分钟后可见 / the menu is published; phones show it within five minutes")
    for button in [one for above in menu["button"] for one in (above, *above.get("sub_button", ()))]:
        print(f"  {button['name']:<10} {button.get('key') or button.get('url') or ''}")
    _remember(engine, menu, Clock(settings.clock_file)())
    engine.dispose()
    return 0


def _kept(engine: Engine) -> dict[str, Any] | None:
    """The version that phones show by the records; None before the first, and before there is a database."""
    with contextlib.suppress(SQLAlchemyError), Session(engine) as session:
        version = menus.current(session)
        return {"button": version.buttons} if version else None
    return None


def _remember(engine: Engine, menu: dict[str, Any], now: dt.datetime) -> None:
    """What was published is the records' newest version, unless it is so already or there is no database yet."""
    with contextlib.suppress(SQLAlchemyError), Session(engine) as session, session.begin():
        version = menus.current(session)
        if version is None or version.buttons != menu["button"]:
            version = menus.draft(session, menu["button"], staff=None, now=now)
            menus.publish(session, version, now=now)
            menus.published(session, version, now=now)


def wanted() -> dict[str, Any]:
    """The menu as the platform takes it."""
    return tomllib.loads(MENU.read_text("utf-8"))
