"""Photos that colleagues upload: read no further than they may be long, checked by content, kept whole or not."""

from pathlib import Path

from flask import Request, g, request
from werkzeug.datastructures import FileStorage

from admin import place
from models.errors import DomainError
from models.files import IMAGES, NotMedia, Stored, keep, kind_of

#: Per photo, bytes; per form, photos.
MOST_BYTES, MOST_PHOTOS = 10 << 20, 9
#: Pages whose forms may be that large; every other form is a page of words.
LARGE = frozenset({"projects.photos", "giftapplications.hand_over"})


def widen(asked: Request) -> None:
    """A form with photos may be as large as its photos."""
    if asked.endpoint in LARGE:
        asked.max_content_length = MOST_PHOTOS * MOST_BYTES + (1 << 20)


def stored(name: str) -> list[Stored]:
    """The photos of this form's field, on disk; refused when there are none, too many, too large or no pictures."""
    contents = _read([file for file in request.files.getlist(name) if file.filename])
    if not contents or len(contents) > MOST_PHOTOS:
        raise DomainError("errors.photo_count", most=MOST_PHOTOS)
    for content in contents:
        check(content)
    try:
        return [on_disk(content) for content in contents]
    except OSError:
        raise DomainError("errors.photo_no_room") from None


def on_disk(content: bytes) -> Stored:
    """The bytes as a file that goes again when this request ends without `settle`."""
    kept = keep(_folder(), content, now=place.now())
    g.setdefault("loose", []).append(kept.path)
    return kept


def settle() -> None:
    """What this request stored stays: rows that were committed name it."""
    g.pop("loose", None)


def sweep() -> None:
    """At the end of a request nothing is left on disk that no row names: refused, broken, or no room for all."""
    for path in g.pop("loose", ()):
        (_folder() / path).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(place.desk().settings.media_dir)


def _read(files: list[FileStorage]) -> list[bytes]:
    """What was sent, and no file left open: large ones lie in temporary files."""
    try:
        return [file.read(MOST_BYTES + 1) for file in files[: MOST_PHOTOS + 1]]
    finally:
        for file in files:
            file.close()


def check(content: bytes) -> None:
    """Refused unless these bytes are a picture of at most MOST_BYTES."""
    if len(content) > MOST_BYTES:
        raise DomainError("errors.photo_large")
    try:
        content_type, _ = kind_of(content)
    except NotMedia:
        raise DomainError("errors.photo_none") from None
    if content_type not in IMAGES:
        raise DomainError("errors.photo_none")
