"""Pictures and voices a person can send without owning a camera: real files, drawn for this sandbox."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "samples"
#: key -> (file, what people read)
PICTURES = {
    "leak": ("leak.jpg", "水槽下漏水"),
    "wall": ("wall.jpg", "墙面渗水"),
    "tile": ("tile.jpg", "瓷砖空鼓"),
}
_AMR_HEAD = b"#!AMR\n"
#: One 20 ms frame of silence at 12.2 kbit/s.
_AMR_FRAME = bytes([0x3C]) + bytes(31)


@cache
def picture(key: str) -> bytes:
    """The JPEG of a sample; KeyError for one we do not have."""
    return (_FOLDER / PICTURES[key][0]).read_bytes()


def voice(seconds: float) -> bytes:
    """Silence as AMR, of a length between 1 and 60 s."""
    frames = int(min(60.0, max(1.0, seconds)) * 50)
    return _AMR_HEAD + _AMR_FRAME * frames


def video() -> bytes:
    """The smallest file that calls itself MP4."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08free"


def kind_of(data: bytes) -> str | None:
    """The content type that the bytes themselves show, never the one they are said to have."""
    heads = {
        b"\xff\xd8\xff": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"GIF8": "image/gif",
        b"BM": "image/bmp",
        b"#!AMR": "audio/amr",
        b"ID3": "audio/mpeg",
        b"\xff\xfb": "audio/mpeg",
    }
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for head, kind in heads.items() if data.startswith(head)), None)
