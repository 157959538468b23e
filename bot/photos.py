"""Photos on a case that came by a phone page: checked by content, kept on disk, one row each, the same photo once."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.files import IMAGES, NotMedia, Stored, keep, kind_of
from models.talk import Attachment

#: Per photo, bytes; per stage of one round, photos.
MOST_BYTES, MOST_PHOTOS = 10 << 20, 6
#: What a crew's photo shows, by the state in which it is taken.
STAGE_OF = {"accepted": "arrival", "on_the_way": "arrival", "on_site": "finish"}


class BadPhoto(ValueError):
    """A photo that is not kept; `.why` is not_a_photo, too_large, too_many or no_room."""

    def __init__(self, why: str) -> None:
        """Keep the reason, a key of the pages' sentences."""
        super().__init__(why)
        self.why = why


def check(content: bytes) -> None:
    """BadPhoto unless these bytes are a picture that phones show, of at most MOST_BYTES."""
    if len(content) > MOST_BYTES:
        raise BadPhoto("too_large")
    try:
        content_type, _ = kind_of(content)
    except NotMedia:
        raise BadPhoto("not_a_photo") from None
    if content_type not in IMAGES:
        raise BadPhoto("not_a_photo")


def mark_of(content: bytes) -> str:
    """What tells this photo from others: the same bytes sent twice are one photo."""
    return f"page:{hashlib.sha256(content).hexdigest()[:40]}"


def of_ticket(session: Session, ticket_id: int) -> Sequence[Attachment]:
    """The pictures of a case that can be shown, the oldest first."""
    query = select(Attachment).where(
        Attachment.ticket_id == ticket_id, Attachment.state == "fetched", Attachment.content_type.in_(IMAGES)
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def store(folder: Path, contents: Sequence[bytes], *, now: dt.datetime) -> list[tuple[str, Stored]]:
    """All of them are on disk afterwards, or none is: BadPhoto for a wrong one or a full disk."""
    for content in contents:
        check(content)
    kept: list[tuple[str, Stored]] = []
    try:
        for content in contents:
            kept.append((mark_of(content), keep(folder, content, now=now)))
    except OSError:
        forget(folder, kept)
        raise BadPhoto("no_room") from None
    return kept


def add(
    session: Session, kept: Sequence[tuple[str, Stored]], *, ticket_id: int, stage: str, now: dt.datetime
) -> list[Attachment]:
    """The stored photos belong to the case; those it has already are not added again. BadPhoto beyond MOST_PHOTOS.

    The caller holds the case's row, so that two uploads at once count each other.
    """
    query = select(Attachment).where(Attachment.ticket_id == ticket_id, Attachment.stage == stage)
    there = {photo.media_id: photo for photo in session.scalars(query)}
    photos = []
    for mark, stored in kept:
        if mark not in there:
            if sum(name.startswith("page:") for name in there) >= MOST_PHOTOS:
                raise BadPhoto("too_many")
            there[mark] = Attachment(
                ticket_id=ticket_id,
                kind="image",
                media_id=mark,
                stage=stage,
                state="fetched",
                path=stored.path,
                content_type=stored.content_type,
                size=stored.size,
                created_at=now,
                fetched_at=now,
            )
            session.add(there[mark])
        photos.append(there[mark])
    session.flush()
    return photos


def forget(folder: Path, kept: Sequence[tuple[str, Stored]], *, except_for: Sequence[str] = ()) -> None:
    """Files that no row names are gone."""
    for _, stored in kept:
        if stored.path not in except_for:
            (folder / stored.path).unlink(missing_ok=True)
