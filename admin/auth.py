"""The log-in: name and password, then the second factor where one is set up.

Nobody learns here whether an account exists: an unknown name, a wrong password and a person who has left get the
same sentence after the same time, and names are throttled alike: by the failures on record, whoever they are
about. Sessions are signed cookies that hold the person's `session_salt`: changing it (log-out, new password) ends
every session of the person at once.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from admin import passwords, place, second
from admin.words import LANGS, t
from models import AuditEntry, Staff
from models.desk import trust
from models.desk.trust import Deed

blueprint = Blueprint("auth", __name__, url_prefix="/admin")

#: So many wrong tries for one name, or from one address, shut the log-in …
TRIES, TRIES_FROM_ADDRESS = 5, 30
#: … until the first of them is so old.
SHUT_FOR = dt.timedelta(minutes=15)
#: Between the password and the second factor, seconds.
PENDING_SECONDS = 300


@blueprint.before_app_request
def load_staff() -> None:
    """`place.staff()` is the person whose valid session this is; a session that no longer counts is emptied."""
    g.staff = None
    staff_id = session.get("staff_id")
    if staff_id is None or request.endpoint == "static":
        return
    person = place.session().get(Staff, staff_id, options=[joinedload(Staff.role)])
    lasts = place.desk().settings.session_hours * 3600
    fresh = place.desk().wall() - session.get("since", 0) < lasts
    if person and person.active and fresh and secrets.compare_digest(person.session_salt, session["salt"]):
        g.staff = person
    else:
        session.clear()


@blueprint.get("/login")
def login_page() -> Any:
    """The form; whoever is logged in is sent on."""
    if place.staff():
        return redirect(_onward())
    return render_template("admin/login.html", username="", next=request.args.get("next", ""))


@blueprint.post("/login")
def login() -> Any:
    """Check name and password; the session is a new one afterwards."""
    username = request.form.get("username", "").strip()[:40]
    person = _named(username)
    if _is_shut(username, person):
        return _refuse("auth.shut", username, 429)
    stored = person.password_hash if person else ""
    place.session().rollback()  # hashing is slow on purpose: no writer waits for it
    password_fits = passwords.fits(stored, request.form.get("password", ""))
    person = _named(username)
    if _is_shut(username, person):  # by those who were hashed meanwhile: a burst gets no more tries than a queue
        return _refuse("auth.shut", username, 429)
    if not (person and person.active and password_fits):
        _note_failure(username, person)
        return _refuse("auth.wrong", username, 401)
    if person.totp_secret:
        onward, chosen = request.form.get("next", ""), session.get("lang", "")
        session.clear()
        session["lang"] = chosen
        session["pending"] = {"id": person.id, "since": place.desk().wall(), "next": onward}
        return redirect(url_for("auth.second_page"))
    return _let_in(person, request.form.get("next", ""))


@blueprint.get("/login/code")
def second_page() -> Any:
    """The form for the second factor; without a checked password there is none."""
    if not _pending():
        return redirect(url_for("auth.login_page"))
    return render_template("admin/login_code.html")


@blueprint.post("/login/code")
def check_second() -> Any:
    """Check the code from the person's app; a code that was used is not taken again."""
    pending = _pending()
    person = place.session().get(Staff, pending["id"], with_for_update=True) if pending else None
    if not (person and person.active and person.totp_secret):
        return redirect(url_for("auth.login_page"))
    if _is_shut(person.username, person):
        return render_template("admin/login_code.html", error=t("auth.shut")), 429
    if not second.take(person, request.form.get("code", ""), place.desk().wall()):
        _note_failure(person.username, person)
        return render_template("admin/login_code.html", error=t("auth.code_wrong")), 401
    return _let_in(person, pending["next"])


@blueprint.post("/logout")
def logout() -> Any:
    """End every session of the person, this one and those on other machines."""
    person = place.staff()
    if person:
        person.session_salt = secrets.token_hex(16)
        trust.record(place.session(), person, Deed("logout"), origin=place.origin(), now=place.now())
        place.session().commit()
    session.clear()
    flash(t("auth.bye"), "info")
    return redirect(url_for("auth.login_page"))


@blueprint.post("/language")
def language() -> Any:
    """Switch between Chinese and English: for the person when logged in, else for this browser."""
    chosen = request.form.get("lang", "")
    if chosen not in LANGS:
        abort(400)
    session["lang"] = chosen
    person = place.staff()
    if person:
        person.lang = chosen
        place.session().commit()
    return redirect(safe_path(request.form.get("next", "")))


def safe_path(path: str) -> str:
    """`path` when it leads into the panel, else the home page: nobody is sent to other sites from here."""
    parts = urlsplit(path)
    inside = path.startswith("/admin/") and not parts.netloc and not parts.scheme and "\\" not in path
    return path if inside else "/admin/"


def sign_in(person: Staff) -> None:
    """The browser's session is a new one and belongs to `person`."""
    session.clear()
    session.permanent = True
    session.update(staff_id=person.id, salt=person.session_salt, since=place.desk().wall(), lang=person.lang)


def _let_in(person: Staff, onward: str) -> Any:
    person.locked_until, person.last_login_at = None, place.now()
    if session.get("lang") in LANGS:  # chosen on the log-in page just now: before that, nobody has a language
        person.lang = session["lang"]
    if not person.session_salt:
        person.session_salt = secrets.token_hex(16)
    trust.record(place.session(), person, Deed("login"), origin=place.origin(), now=place.now())
    place.session().commit()
    sign_in(person)
    return redirect(safe_path(onward))


def _named(username: str) -> Staff | None:
    query = select(Staff).where(Staff.username == username).options(joinedload(Staff.role))
    return place.session().scalar(query.with_for_update(of=Staff))


def _pending() -> dict[str, Any] | None:
    pending = session.get("pending")
    fresh = pending and place.desk().wall() - pending["since"] < PENDING_SECONDS
    return pending if fresh else None


def _is_shut(username: str, person: Staff | None) -> bool:
    from_here = _failures(AuditEntry.origin == place.origin())
    return len(from_here) >= TRIES_FROM_ADDRESS or len(_failures_of(username, person)) >= TRIES


def _failures_of(username: str, person: Staff | None) -> Sequence[dt.datetime]:
    """One count for names that exist and names that do not, or the difference would tell which do.

    A right password does not wipe it out either: only an administrator forgives, and strangers cannot see that.
    """
    forgiven = person.forgiven_at if person else None
    return _failures(AuditEntry.record_id == username, *([AuditEntry.at > forgiven] if forgiven else ()))


def _failures(*about: ColumnElement[bool]) -> Sequence[dt.datetime]:
    """When it was tried wrongly within the window, oldest first."""
    lately = (AuditEntry.at > place.now() - SHUT_FOR, AuditEntry.action == "login.failed")
    return place.session().scalars(select(AuditEntry.at).where(*lately, *about).order_by(AuditEntry.id)).all()


def _note_failure(username: str, person: Staff | None) -> None:
    deed = Deed("login.failed", "staff", username)
    trust.record(place.session(), None, deed, origin=place.origin(), now=place.now())
    failures = _failures_of(username, person)
    if person and len(failures) >= TRIES:  # for administrators to see; what shuts the log-in is the count
        person.locked_until = failures[-TRIES] + SHUT_FOR
    place.session().commit()


def _refuse(key: str, username: str, status: int) -> Any:
    page = render_template("admin/login.html", error=t(key), username=username, next=request.form.get("next", ""))
    return page, status


def _onward() -> str:
    return safe_path(request.args.get("next", ""))
