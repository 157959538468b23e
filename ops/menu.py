"""`cli.py menu`: our menu goes under the account's chat. Its buttons stand in templates/menu.toml.

Doing it again is harmless: the platform replaces the whole menu, and clients show the new one within five minutes.
"""

import argparse
import sys
import tomllib
from typing import Any

from bot.errors import GatewayError
from bot.wechat import Gateway
from ops.embedded import connect
from ops.house import load_settings
from ops.remedies import words_for
from settings import ROOT

MENU = ROOT / "templates" / "menu.toml"


def main(arguments: list[str]) -> int:
    """Publish the menu and print its buttons; returns 1, with the reason in words, when it is not taken."""
    argparse.ArgumentParser(prog="cli.py menu", description=main.__doc__).parse_args(arguments)
    settings, menu = load_settings(), wanted()
    # The token is shared with the workers where Redis is there, and fetched for this one call where it is not.
    with connect(settings.redis_url) as redis:
        try:
            Gateway(settings, redis).create_menu(menu)
        except GatewayError as error:
            print(f"✗ 菜单没有发布 / the menu was not published：{words_for(error)}", file=sys.stderr)
            return 1
    print("✓ 菜单已发布，手机上最多五分钟后可见 / the menu is published; phones show it within five minutes")
    for button in menu["button"]:
        print(f"  {button['name']:<10} {button['key']}")
    return 0


def wanted() -> dict[str, Any]:
    """The menu as the platform takes it."""
    return tomllib.loads(MENU.read_text("utf-8"))
