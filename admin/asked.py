"""What staff search for. Words about people never stand in a URL, where logs and histories keep them.

Every search box posts to `find`, which sends the browser on to the list with the words sealed: one opaque value that
only this panel opens, as long as a log-in lasts. So the way back, a reload and the pages of a list go on working.
Numbers of our own records are nobody's and stay readable.
"""

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from flask import Blueprint, abort, redirect, request

from admin import auth, place

blueprint = Blueprint("asked", __name__, url_prefix="/admin")

#: The arguments that hold words; a sealed value begins with a sign that no words of people begin with.
NAMES, SEALED = ("q", "search"), "~"
#: So many letters of it are looked for.
LONGEST = 60
_OURS = re.compile(r"[A-Za-z]{2}\d{8}-\d{1,6}")
#: So many digits may be somebody's number.
_DIGITS = re.compile(r"(?:\D*\d){7}")


@blueprint.post("/find")
def find() -> Any:
    """On to the page of the form, `to`, with its fields as arguments and the words sealed."""
    if place.staff() is None:
        abort(403)
    path, told = auth.safe_path(request.form.get("to", "")).partition("?")[0], dict(request.form)
    facts = {name: value for name, value in told.items() if value.strip() and name not in ("to", "csrf_token")}
    facts |= {name: seal(facts[name]) for name in NAMES if name in facts}
    return redirect(f"{path}?{urlencode(facts)}" if facts else path, 303)


@blueprint.before_app_request
def tidy() -> Any:
    """An address that somebody typed with a number in it is left at once, for the same one with the words sealed."""
    told = request.args.to_dict()
    bare = [name for name in NAMES if _telling(told.get(name, ""))]
    if request.method != "GET" or not bare or not request.path.startswith("/admin/"):
        return None
    return redirect(f"{request.path}?{urlencode(told | {name: seal(told[name]) for name in bare})}")


def words(name: str) -> str:
    """What is searched for; "" for nothing, and for what was sealed by somebody else or too long ago."""
    said = request.args.get(name, "")
    if said.startswith(SEALED):
        lasts = place.desk().settings.session_hours * 3600
        try:
            said = _box(place.desk().settings.secret_key).decrypt_at_time(said[1:], lasts, _wall()).decode()
        except InvalidToken:
            return ""
    return _plain(said)


def seal(said: str) -> str:
    """The words as a URL may hold them."""
    said = _plain(said)
    if not said or _OURS.fullmatch(said):
        return said
    return SEALED + _box(place.desk().settings.secret_key).encrypt_at_time(said.encode(), _wall()).decode()


def _wall() -> int:
    return int(place.desk().wall())


def _plain(said: str) -> str:
    return said.replace("\x00", "").strip()[:LONGEST]


def _telling(said: str) -> bool:
    sealed = said.startswith(SEALED) or _OURS.fullmatch(_plain(said))
    return not sealed and bool(_DIGITS.match(said))


@lru_cache(4)
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"asked:{secret}".encode()).digest()))
