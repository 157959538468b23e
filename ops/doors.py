"""The two WSGI doors as factories: `gunicorn "ops.doors:web()"`, `gunicorn "ops.doors:desk()"`, or both in one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

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
    settings = _settings()
    return behind(bot.create_app(settings), settings.trusted_proxies)


def desk() -> "WSGIApplication":
    """Return the staff's door: the panel."""
    settings = _settings()
    return behind(admin.create_app(settings), settings.trusted_proxies)


def both() -> "WSGIApplication":
    """Return one app for hosts that give only one port: /admin is the desk, everything else the web."""
    return joined(web(), desk())


def behind(app: "WSGIApplication", proxies: int) -> "WSGIApplication":
    """Return the app as it stands behind so many proxies of ours, each of which adds whom it was asked by.

    Client address and scheme then come from X-Forwarded-For and -Proto, counted from the end: what a client writes
    there itself stands further to the front and is never believed. With 0 both headers are ignored.
    """
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=0, x_prefix=0) if proxies else app


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
