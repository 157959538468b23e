"""Photos, voices and videos of customers and crews, for people who may see the case or the talk.

The type comes from the bytes themselves, whatever the row claims; what is no known picture or sound is only ever
downloaded, so that nothing a customer sends can run in a colleague's browser.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, send_file

from admin import frame, hidden, leads, place
from models import Attachment, Enquiry, Project, Ticket, files

blueprint = Blueprint("media", __name__, url_prefix="/admin/media")

#: What browsers show; everything else is downloaded.
_SHOWN = ("image/", "video/", "audio/mpeg")
#: So many bytes prove what a file is.
_HEAD = 16


def kind_of(head: bytes) -> tuple[str, str]:
    """Content type and ending that the first bytes prove; application/octet-stream when they prove none."""
    try:
        return files.kind_of(head)
    except files.NotMedia:
        return "application/octet-stream", "bin"


@blueprint.get("/<int:number>")
def show(number: int) -> Any:
    """The bytes, inline when they are a picture, sound or video; 404 for what is not here or not for this person."""
    if place.staff() is None:
        abort(403)
    row = place.session().get(Attachment, number)
    if row is None or not _may_see(row):
        abort(404)
    path = _path(row)
    if path is None:
        abort(404)
    with path.open("rb") as file:
        kind, ending = kind_of(file.read(_HEAD))
    response = send_file(
        path,
        mimetype=kind,
        as_attachment=not kind.startswith(_SHOWN),
        download_name=f"{row.kind}-{row.id}.{ending}",
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _may_see(row: Attachment) -> bool:
    if not hidden.has_photo(row):
        return False
    about = place.session().get(Ticket, row.ticket_id) if row.ticket_id else None
    if about is not None and _opens(about):
        return True
    if row.project_id:
        house = place.session().get(Project, row.project_id)
        if house is not None and house.locked_at is not None:
            return False
        if place.may("project.see"):
            return True
    if row.stage == "receipt":
        return place.may("gift.see")
    return place.may("conversation.see")


def _opens(case: Ticket) -> bool:
    """Whether the person may open the page of this case; a lead only in their own scope."""
    if isinstance(case, Enquiry):
        return place.may("enquiry.see") and leads.visible(case)
    return frame.case_at(case.number) != ""


def _path(row: Attachment) -> Path | None:
    """The file below the media folder; None for what is not fetched and for paths that lead out of the folder."""
    if row.state != "fetched" or not row.path:
        return None
    folder = Path(place.desk().settings.media_dir).resolve()
    path = (folder / row.path).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None
