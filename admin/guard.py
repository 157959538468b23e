"""What every response carries, and what a person sees when something is refused or breaks.

One check covers the CSRF token of every POST of the whole app; nothing is exempt.
"""

import json
import logging
import secrets
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from admin import place, uploads
from admin.tell import sentence
from admin.words import known, t
from models.errors import DomainError, Stale

#: Fields in which people write sentences; a refusal gives them back to be copied.
TYPED = (
    "words", "words_en", "reason", "body", "body_en", "note", "cause", "prevention", "measures", "demand", "evidence",
    "problem",
)  # fmt: skip

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Guard `app`: CSRF, headers, designed error pages, and an end to the session after each request."""
    app.before_request(lambda: uploads.widen(request))  # before the token is read out of the form
    CSRFProtect(app)
    app.after_request(_headers)
    app.after_request(_onward)
    app.teardown_appcontext(_close)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(Exception, _broken)


def nonce() -> str:
    """The one value that lets a script tag of this page run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def _headers(response: Response) -> Response:
    scripts = f"'self' 'nonce-{nonce()}'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        # What staff saw must not lie in a shared computer's cache after the log-out.
        response.headers["Cache-Control"] = "no-store"
    if place.desk().settings.public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _onward(response: Response) -> Response:
    """Our script handed a form in: where it goes on is told, not followed, so that the next page has its message."""
    if wants_json("form") and response.status_code in (302, 303):
        told = {"to": response.headers.pop("Location"), "done": place.staff() is not None}
        response.set_data(json.dumps(told))
        response.status_code, response.content_type = 200, "application/json"
    return response


def _close(_error: BaseException | None) -> None:
    uploads.sweep()
    place.desk().sessions.remove()


def _csrf(_error: CSRFError) -> Any:
    return page("csrf", 400)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if code in (301, 302, 303, 307, 308):
        return error
    if code == 403 and not place.staff():
        return redirect(url_for("auth.login_page", next=request.full_path.rstrip("?")))
    return page(str(code) if known(f"error.{code}.title") else "other", code)


def _stale(_error: StaleDataError) -> Any:
    place.session().rollback()
    return page("stale", 409, words=sentence(Stale()))


def _refused(error: DomainError) -> Any:
    place.session().rollback()
    kind = "stale" if isinstance(error, Stale) else "refused"
    return page(kind, 409, words=sentence(error), field=str(error.facts.get("field", "")))


def _broken(error: Exception) -> Any:
    """The last edge: the error is logged with its trace, the person sees a sentence and no detail."""
    log.error("the panel broke on %s", request.endpoint, exc_info=error)
    place.session().rollback()
    g.staff = None  # the page without the frame: what broke may be what the frame asks for
    return page("500", 500)


def page(kind: str, status: int, *, words: str = "", field: str = "") -> Any:
    """A designed page for `kind`; what the person typed can be copied from it. Our own script gets the sentence."""
    said = words or t(f"error.{kind}.words")
    if wants_json("form"):  # to a form a refusal is an answer, and nothing that a browser should complain about
        return {"error": said, "field": field, "stale": kind == "stale"}
    if wants_json():
        return {"error": said}, status
    # What was too large to be taken is not read a second time.
    sent = request.form.items() if status != 413 else ()
    typed = [value for name, value in sent if name in TYPED and value]
    return render_template("admin/error.html", kind=kind, status=status, words=words, typed=typed), status


def wants_json(sender: str = "desk") -> bool:
    """Whether our own script asks, rather than a person's browser; as a `form` that stays where it is if refused."""
    return request.headers.get("X-Requested-With") == sender
