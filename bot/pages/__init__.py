"""The phone pages, opened by signed link without a log-in: the crew's job and the homeowner's progress.

They hold one case each, are never stored, indexed or told to other sites, run only our own scripts, and work without
any. What a step means is decided in `steps`, what is shown in `view`; here is HTTP only.
"""

import contextlib
import datetime as dt
import functools
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException

from bot import links, photos
from bot.links import DeadLink
from bot.media import Stored
from bot.pages import steps
from bot.pages import view as shown
from bot.pages.steps import LONGEST_WORDS, Press
from bot.pages.view import LEADS_TO, Released, View
from models.db import make_sessions, reading
from models.errors import DomainError
from models.talk import Attachment
from models.work import Repair
from settings import ROOT
from templates import faces

STATIC = ROOT / "templates" / "pages" / "static"
blueprint = Blueprint("pages", __name__, url_prefix="/p", static_folder=str(STATIC), static_url_path="/static")
#: Six photos and the words around them.
MOST_BYTES = photos.MOST_PHOTOS * photos.MOST_BYTES + (1 << 20)


@blueprint.before_request
def _admit() -> None:
    g.nonce = secrets.token_urlsafe(16)
    request.max_content_length = MOST_BYTES
    request.max_form_memory_size = 64 << 10
    request.max_form_parts = 40


@blueprint.after_request
def _guard(response: Response) -> Response:
    """Nothing of a page is kept, found or told to others."""
    sources = f"script-src 'nonce-{g.get('nonce', '')}'; style-src 'self'; img-src 'self' blob:; connect-src 'self'"
    response.headers.update(
        {
            "Content-Security-Policy": f"default-src 'none'; {sources}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
        }
    )
    if request.endpoint == "pages.static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(DeadLink)
def _dead(dead: DeadLink) -> tuple[str, int]:
    return _sorry(dead.why, 410 if dead.why == "expired" else 404)


@blueprint.errorhandler(Released)
def _released(released: Released) -> tuple[str, int]:
    return _sorry("handed_back" if released.handed_back else "released", 410)


@blueprint.errorhandler(HTTPException)
def _http(trouble: HTTPException) -> tuple[str, int]:
    code = trouble.code or 500
    return _sorry("too_large" if code == 413 else "broken", code)


@blueprint.get("/crew/<token>")
def crew(token: str) -> str:
    """The crew's job: what, where, when, whom to call, and the next step."""
    ticket = _ticket("crew", token)
    return _show_job(_job_view(ticket), token, done=request.args.get("done", ""))


@blueprint.post("/crew/<token>")
def crew_step(token: str) -> Any:
    """One press of a button. Done: back to the page, which says so. Otherwise the page again, saying why."""
    ticket = _ticket("crew", token)
    door, now = _door(), _door().clock()
    step, words = request.form.get("step", ""), request.form.get("words", "").strip()
    if step not in LEADS_TO:
        raise DeadLink("broken")
    seen = links.read_view(door.settings.secret_key, request.form.get("seen", ""))
    view = _job_view(ticket)
    again = functools.partial(_show_job, view, token, step=step, words=words)
    if steps.verdict(view, Press(step, words, (), seen)) == "stale":
        return again(trouble="stale"), 409
    if len(words) > LONGEST_WORDS:
        return again(trouble="too_long"), 422
    try:
        with _stored(now) as (kept, used):
            what, paths = steps.take(door.sessions, ticket, Press(step, words, kept, seen), now=now)
            used.extend(paths)
    except photos.BadPhoto as bad:
        return again(trouble=bad.why), 422
    except DomainError as refusal:
        return again(trouble=_sentence(refusal)), 422
    if what == "stale":
        return _show_job(_job_view(ticket), token, trouble="stale", step=step, words=words), 409
    return _done(token, step, what)


@blueprint.post("/crew/<token>/photos")
def crew_photo(token: str) -> tuple[dict[str, Any], int]:
    """Photos sent one by one while the crew still writes; the same photo again is the one we have."""
    ticket = _ticket("crew", token)
    door, now = _door(), _door().clock()
    _job_view(ticket)
    try:
        with _stored(now) as (kept, used):
            added = steps.add_photos(door.sessions, ticket, kept, now=now)
            used.extend(path for _, path in added)
    except photos.BadPhoto as bad:
        return {"trouble": _words("trouble", bad.why)}, 422
    return {"photos": [url_for(".photo", purpose="crew", token=token, photo_id=id_) for id_, _ in added]}, 200


@blueprint.get("/repair/<token>")
def repair(token: str) -> str:
    """How a repair stands, for the person who reported it. Nothing can be changed here."""
    ticket = _ticket("repair", token)
    with _reading()() as session:
        case = session.get(Repair, ticket.ticket_id)
        if case is None:
            raise DeadLink("broken")
        view = shown.for_customer(session, case)
    return _page("progress", view=view, token=token)


@blueprint.get("/<purpose>/<token>/photos/<int:photo_id>")
def photo(purpose: str, token: str, photo_id: int) -> Response:
    """A picture of the link's own case, as a file: whatever is in it, the browser does not run it."""
    ticket = _ticket(purpose, token)
    with _reading()() as session:
        if purpose == "crew":
            shown.job(session, ticket.ticket_id, ticket.crew_id)
        row = session.get(Attachment, photo_id)
        theirs = row is not None and row in photos.of_ticket(session, ticket.ticket_id)
    path = _door().settings.media_dir / row.path if theirs and row is not None else None
    if path is None or row is None or not path.is_file():
        raise DeadLink("broken")
    name = {"Content-Disposition": f"attachment; filename={path.name}"}
    return Response(path.read_bytes(), mimetype=row.content_type, headers=name)


def _door() -> Any:
    return current_app.extensions["nuanju"]


def _reading() -> Any:
    return make_sessions(reading(_door().engine))


def _ticket(purpose: str, token: str) -> links.Ticket:
    door = _door()
    return links.read(door.settings.secret_key, purpose, token, now=door.clock())


def _job_view(ticket: links.Ticket) -> View:
    with _reading()() as session:
        return shown.for_crew(session, shown.job(session, ticket.ticket_id, ticket.crew_id))


@contextlib.contextmanager
def _stored(now: dt.datetime) -> Iterator[tuple[list[tuple[str, Stored]], list[str]]]:
    """The request's photos on disk, and a list for the paths that became a row's; the others are gone afterwards."""
    folder, used = _door().settings.media_dir, []
    kept = photos.store(folder, _uploaded(), now=now)
    try:
        yield kept, used
    finally:
        photos.forget(folder, kept, except_for=used)


def _uploaded() -> list[bytes]:
    """The photos of the request, read no further than a photo may be long; empty file fields are no photos."""
    files: list[FileStorage] = [file for file in request.files.getlist("photos") if file.filename]
    if len(files) > photos.MOST_PHOTOS:
        raise photos.BadPhoto("too_many")
    return [file.read(photos.MOST_BYTES + 1) for file in files]


def _done(token: str, step: str, what: str) -> Any:
    door = _door()
    if what == "do":
        door.nudge(door.redis)
    if step == "hand_back":
        return _sorry("handed_back", 200)
    return redirect(url_for(".crew", token=token, done=step), 303)


def _show_job(view: View, token: str, **more: Any) -> str:
    seen = (view.ticket_id, view.crew_id, view.state, view.round)
    return _page("job", view=view, token=token, seen=links.seal_view(_door().settings.secret_key, seen), **more)


def _page(name: str, **facts: Any) -> str:
    now: dt.datetime = _door().clock()
    known = {
        "when": lambda at: faces.when(at, now),
        "span": lambda start, end: faces.span(start, end, now),
        "now": now,
        "nonce": g.nonce,
        "most_photos": photos.MOST_PHOTOS,
        "longest": LONGEST_WORDS,
    }
    return render_template(f"pages/{name}.html", **(known | facts))


def _sorry(why: str, status: int) -> tuple[str, int]:
    return _page("sorry", why=why), status


def _words(kind: str, key: str) -> str:
    """One of the pages' own sentences."""
    return render_template("pages/words.html", kind=kind, key=key).strip()


def _sentence(refusal: DomainError) -> str:
    """A refusal of the desk as a key of the pages' sentences."""
    return f"missing_{refusal.facts['field']}" if "field" in refusal.facts else "stale"
