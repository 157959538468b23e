"""What people send us as bytes: known by its content, kept under random names outside every web root.

Neither the file's name nor its claimed type is believed. What is not in the table below is not kept at all.
"""

import datetime as dt
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.worktime import SHANGHAI

#: (offset, first bytes, content type, ending). The order matters: RIFF and ftyp are decided by what follows.
_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"GIF87a", "image/gif", "gif"),
    (0, b"GIF89a", "image/gif", "gif"),
    (8, b"WEBP", "image/webp", "webp"),
    (0, b"#!AMR", "audio/amr", "amr"),
    (0, b"#!SILK", "audio/silk", "silk"),
    (0, b"\x02#!SILK", "audio/silk", "silk"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (0, b"\xff\xf3", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (4, b"ftyp", "video/mp4", "mp4"),
)
#: Pictures that every phone and browser shows.
IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class NotMedia(ValueError):
    """The bytes are nothing that we keep; the text says no more than that."""


@dataclass(frozen=True)
class Stored:
    """A file below the media folder: its path there, what its content is, and its bytes."""

    path: str
    content_type: str
    size: int


def kind_of(content: bytes) -> tuple[str, str]:
    """Content type and ending, by the first bytes; NotMedia for everything else."""
    for offset, magic, content_type, ending in _MAGIC:
        if content[offset : offset + len(magic)] == magic and (magic != b"WEBP" or content[:4] == b"RIFF"):
            return content_type, ending
    raise NotMedia("unknown content")


def keep(folder: Path, content: bytes, *, now: dt.datetime, sync: Callable[[int], None] = os.fsync) -> Stored:
    """The bytes are on disk for good under <year>/<month>/<random>; NotMedia keeps nothing.

    OSError when the disk is full: the half-written file is gone then.
    """
    content_type, ending = kind_of(content)
    local = now.astimezone(SHANGHAI)
    place = Path(f"{local:%Y}") / f"{local:%m}" / f"{secrets.token_hex(16)}.{ending}"
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            sync(file.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    return Stored(place.as_posix(), content_type, len(content))
