"""A copy of one's own data, fetched once by the WeChat that it was made for.

Looking at the page takes nothing: WeChat and others look at links by themselves. Only the button fetches.
"""

from flask import Response
from sqlalchemy.orm import Session

from bot import links
from bot.links import DeadLink
from bot.pages import frame
from bot.pages.frame import blueprint
from models.desk import trust
from models.desk.personal import copies
from models.desk.trust import Deed
from models.privacy import PrivacyRequest


def _request(session: Session, ticket: links.Ticket) -> PrivacyRequest:
    """The request behind the link; DeadLink when there is nothing to fetch (any more), whatever the reason."""
    row = session.get(PrivacyRequest, ticket.ticket_id)
    if row is None or row.follower_id != ticket.reader_id:
        raise DeadLink("broken")
    frame.speak_to(row.follower)
    if row.taken_at is not None:
        raise DeadLink("taken")
    if not copies.fetchable(row, ticket.reader_id, now=frame.door().clock()):
        raise DeadLink("broken")
    return row


@blueprint.get("/copy/<token>")
def copy(token: str) -> str:
    """What the copy is, how large, and one button."""
    ticket = frame.ticket_of("copy", token)
    with frame.readers()() as session:
        row = _request(session, ticket)
        return frame.page("copy", token=token, number=row.number, size=row.size, until=row.expires_at)


@blueprint.post("/copy/<token>")
def fetch_copy(token: str) -> Response:
    """The archive, once; the audit log knows that it left the house."""
    ticket, door = frame.ticket_of("copy", token), frame.door()
    with door.sessions.begin() as session:
        _request(session, ticket)
        row = copies.take(session, ticket.ticket_id, ticket.reader_id, now=door.clock())
        path = door.settings.media_dir / row.path if row is not None else None
        if row is None or path is None or not path.is_file():
            raise DeadLink("broken")
        content, name = path.read_bytes(), f"nuanju-{row.number}.zip"
        deed = Deed("privacy.taken", "privacy", row.number, after={"bytes": len(content)})
        trust.record(session, None, deed, origin="link", now=door.clock())
    return Response(
        content, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
