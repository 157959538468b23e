"""The two WSGI doors as factories: `gunicorn "ops.doors:web()"`, `gunicorn "ops.doors:desk()"`, or both in one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import admin
import bot
from ops import logs
from settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where the panel begins. Its app knows its whole paths, so nothing is cut off on the way.
DESK_PATH = "/admin"


def web() -> "WSGIApplication":
    """Return the customer's door: webhook, phone pages, health."""
    return bot.create_app(_settings())


def desk() -> "WSGIApplication":
    """Return the staff's door: the panel."""
    return admin.create_app(_settings())


def both() -> "WSGIApplication":
    """Return one app for hosts that give only one port: /admin is the desk, everything else the web."""
    return joined(web(), desk())


def joined(web_app: "WSGIApplication", desk_app: "WSGIApplication") -> "WSGIApplication":
    """Return one app of two: the desk's own paths go to the desk, with nothing cut off, the rest to the web."""

    def door(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        is_desk = path == DESK_PATH or path.startswith(DESK_PATH + "/")
        return (desk_app if is_desk else web_app)(environ, start_response)

    return door


def _settings() -> Settings:
    settings = Settings.load()
    logs.configure(settings.log_level)
    return settings
