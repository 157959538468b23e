"""The phone pages, opened by signed link without a log-in: the crew's job, the homeowner's progress, a quote.

They hold one case each. What a step means is decided in `steps`, what is shown in `view`, what they share is in
`frame`; here is HTTP only.
"""

import contextlib
import datetime as dt
import functools
from collections.abc import Iterator
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from bot import links, photos
from bot.links import DeadLink
from bot.pages import copies, fields, frame, pictures, quotes, rooms, steps
from bot.pages import view as shown
from bot.pages.frame import blueprint, sorry
from bot.pages.steps import LONGEST_WORDS, Press
from bot.pages.view import ASIDE, LEADS_TO, View
from models.errors import DomainError
from models.files import Stored
from models.people import Follower
from models.talk import Attachment
from models.work import Repair

__all__ = ["blueprint", "copies", "pictures", "quotes", "rooms"]


@blueprint.get("/crew/<token>")
def crew(token: str) -> str:
    """The crew's job: what, where, when, whom to call, and the next step."""
    ticket = frame.ticket_of("crew", token)
    return _show_job(_job_view(ticket), token, done=request.args.get("done", ""))


@blueprint.post("/crew/<token>")
def crew_step(token: str) -> Any:
    """One press of a button. Done: back to the page, which says so. Otherwise the page again, saying why."""
    ticket = frame.ticket_of("crew", token)
    door, now = frame.door(), frame.door().clock()
    step, words = request.form.get("step", ""), request.form.get("words", "").strip()
    if step not in LEADS_TO and step not in ASIDE:
        raise DeadLink("broken")
    given = fields.read(request.form)
    seen = links.read_view(door.settings.secret_key, request.form.get("seen", ""))
    view = _job_view(ticket)
    again = functools.partial(_show_job, view, token, step=step, words=words, given=given)
    if steps.verdict(view, Press(step, words, (), seen)) == "stale":
        return again(trouble="stale"), 409
    if len(words) > LONGEST_WORDS:
        return again(trouble="too_long"), 422
    try:
        with _stored(now) as (kept, used):
            what, paths = steps.take(door.sessions, ticket, Press(step, words, kept, seen, given), now=now)
            used.extend(paths)
    except photos.BadPhoto as bad:
        return again(trouble=bad.why), 422
    except DomainError as refusal:
        return again(trouble=frame.sentence(refusal)), 422
    if what == "stale":
        return _show_job(_job_view(ticket), token, trouble="stale", step=step, words=words), 409
    return _done(token, step, what)


@blueprint.post("/crew/<token>/photos")
def crew_photo(token: str) -> tuple[dict[str, Any], int]:
    """Photos sent one by one while the crew still writes; the same photo again is the one we have."""
    ticket = frame.ticket_of("crew", token)
    door, now = frame.door(), frame.door().clock()
    _job_view(ticket)
    try:
        with _stored(now) as (kept, used):
            added = steps.add_photos(door.sessions, ticket, kept, now=now)
            used.extend(path for _, path in added)
    except photos.BadPhoto as bad:
        return {"trouble": frame.words("trouble", bad.why)}, 422
    return {"photos": [url_for(".photo", purpose="crew", token=token, photo_id=id_) for id_, _ in added]}, 200


@blueprint.get("/repair/<token>")
def repair(token: str) -> str:
    """How a repair stands, for the person who reported it. Nothing can be changed here."""
    ticket = frame.ticket_of("repair", token)
    with frame.readers()() as session:
        case = session.get(Repair, ticket.ticket_id)
        if case is None:
            raise DeadLink("broken")
        frame.speak_to(session.get(Follower, ticket.reader_id) or case.follower)
        view = shown.for_customer(session, case)
    return frame.page("progress", view=view, token=token)


@blueprint.get("/<purpose>/<token>/photos/<int:photo_id>")
def photo(purpose: str, token: str, photo_id: int) -> Response:
    """A picture of the link's own case, as a file: whatever is in it, the browser does not run it."""
    if purpose not in ("crew", "repair"):
        raise DeadLink("broken")
    ticket = frame.ticket_of(purpose, token)
    with frame.readers()() as session:
        if purpose == "crew":
            shown.job(session, ticket.ticket_id, ticket.crew_id)
        row = session.get(Attachment, photo_id)
        theirs = row is not None and row in photos.of_ticket(session, ticket.ticket_id)
    return frame.picture(row if theirs else None)


def _job_view(ticket: links.Ticket) -> View:
    with frame.readers()() as session:
        return shown.for_crew(session, shown.job(session, ticket.ticket_id, ticket.crew_id))


@contextlib.contextmanager
def _stored(now: dt.datetime) -> Iterator[tuple[list[tuple[str, Stored]], list[str]]]:
    """The request's photos on disk, and a list for the paths that became a row's; the others are gone afterwards."""
    folder, used = frame.door().settings.media_dir, []
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
    door = frame.door()
    if what == "do":
        door.nudge(door.redis)
    if step == "hand_back":
        return sorry("handed_back", 200)
    return redirect(url_for(".crew", token=token, done=step), 303)


def _show_job(view: View, token: str, **more: Any) -> str:
    seen = links.seal_view(frame.door().settings.secret_key, (view.ticket_id, view.crew_id, view.state, view.round))
    return frame.page("job", view=view, token=token, seen=seen, **more)
