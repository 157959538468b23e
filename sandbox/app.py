"""The web application: platform API, control API, phones. Serves this machine only, whoever asks."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request, send_from_directory

from . import control
from .api import door
from .config import is_loopback
from .platform import Platform

#: Pictures of cards come from wherever the account keeps them, as on a real phone.
_PICTURES = "img-src 'self' data: blob: http: https:"
_CSP = f"default-src 'self'; {_PICTURES}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_LARGEST = 24 * 1024 * 1024


def _guard() -> None:
    """Refuse other machines, foreign Host names (DNS rebinding) and other sites' pages that post here."""
    if not is_loopback(request.remote_addr) or not is_loopback(urlsplit(f"//{request.host}").hostname):
        abort(403)
    origin = request.headers.get("Origin")
    if origin and not is_loopback(urlsplit(origin).hostname):
        abort(403)


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def create_app(platform: Platform) -> Flask:
    """An application around one running platform."""
    app = Flask(__package__ or "sandbox", static_folder="static")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST
    app.extensions["sandbox"] = platform
    app.before_request(_guard)
    app.after_request(_harden)
    app.register_blueprint(door.blueprint)
    app.register_blueprint(control.blueprint)
    app.add_url_rule("/", "desk", lambda: send_from_directory(app.static_folder or "", "desk.html"))
    app.add_url_rule("/healthz", "healthz", lambda: {"ok": True})
    return app
