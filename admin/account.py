"""One's own account: password, second factor, language. Nobody changes these for somebody else here."""

import secrets
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for

from admin import auth, base, passwords, place, second
from admin.words import t
from models import Staff
from models.desk.trust import Deed

blueprint = Blueprint("account", __name__, url_prefix="/admin/account")


def _person() -> Staff:
    person = place.staff()
    if person is None:
        abort(403)
    return person


@blueprint.get("/")
def page() -> Any:
    """The account as it is."""
    return _page(_person())


@blueprint.post("/password")
def password() -> Any:
    """A new password; every other session of the person ends, this one goes on."""
    person = _person()
    if not passwords.fits(person.password_hash, request.form.get("old", "")):
        return _page(person, error=t("account.old_wrong"), status=422)
    new = request.form.get("new", "")
    refusal = passwords.refusal(new, person.username)
    if refusal is None and new != request.form.get("again", ""):
        refusal = "account.not_same"
    if refusal:
        return _page(person, error=t(refusal), status=422)
    person.password_hash, person.session_salt = passwords.make_hash(new), secrets.token_hex(16)
    base.keep(Deed("password", "staff", str(person.id)))
    auth.sign_in(person)
    flash(t("account.password_done"), "success")
    return redirect(url_for("account.page"))


@blueprint.post("/second")
def set_up() -> Any:
    """Begin or finish setting up the second factor: it counts only when a code has proved the app.

    Refused while there is one: whoever finds an open log-in must not put their own app in its place.
    """
    person = _person()
    if person.totp_secret:
        session.pop("new_secret", None)
        return _page(person, error=t("account.second_first_off"), status=409)
    secret = session.get("new_secret")
    code = request.form.get("code", "")
    if not secret or not code:
        session["new_secret"] = second.new_secret()
        return redirect(url_for("account.page"))
    if not second.set_up(person, secret, code, place.desk().wall()):
        return _page(person, error=t("auth.code_wrong"), status=422)
    session.pop("new_secret")
    base.keep(Deed("second.on", "staff", str(person.id)))
    flash(t("account.second_on"), "success")
    return redirect(url_for("account.page"))


@blueprint.post("/second/off")
def switch_off() -> Any:
    """No second factor any more; the password is asked for once more."""
    person = _person()
    if not passwords.fits(person.password_hash, request.form.get("old", "")):
        return _page(person, error=t("account.old_wrong"), status=422)
    person.totp_secret = ""
    base.keep(Deed("second.off", "staff", str(person.id)))
    flash(t("account.second_off"), "success")
    return redirect(url_for("account.page"))


def _page(person: Staff, *, error: str = "", status: int = 200) -> Any:
    secret = session.get("new_secret") if not person.totp_secret else None
    picture = second.picture(secret, person.username) if secret else ""
    return render_template("admin/account.html", account=person, secret=secret, picture=picture, error=error), status
