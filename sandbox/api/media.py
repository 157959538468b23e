"""Temporary media: three days, by kind and size, known by their bytes and not by their names."""

from __future__ import annotations

from sandbox.api.call import Binary, Call, Route
from sandbox.refusals import Refusal
from sandbox.samples import kind_of
from sandbox.world import Medium, media_id

_MB = 1024 * 1024
#: kind -> (content types, most bytes, code when larger)
KINDS: dict[str, tuple[tuple[str, ...], int, int]] = {
    "image": (("image/jpeg", "image/png", "image/gif", "image/bmp"), 10 * _MB, 40009),
    "voice": (("audio/amr", "audio/mpeg"), 2 * _MB, 40010),
    "video": (("video/mp4",), 10 * _MB, 40011),
    "thumb": (("image/jpeg",), 64 * 1024, 40012),
}


def _file(call: Call) -> tuple[bytes, str]:
    """The bytes and name of the one form field the platform knows, `media`."""
    upload = call.files.get("media")
    data = upload.read() if upload else b""
    if not upload or not data:
        raise Refusal(41005)
    return data, (upload.filename or "file").replace('"', "")


def upload(call: Call) -> dict:
    """Keep a file for three days of the sandbox's clock. Refuses kinds, sizes and bytes that do not fit together."""
    kind = call.args.get("type", "")
    if kind not in KINDS:
        raise Refusal(40004)
    data, name = _file(call)
    types, most, too_large = KINDS[kind]
    content_type = kind_of(data)
    if content_type not in types:
        raise Refusal(40005)
    if len(data) > most:
        raise Refusal(too_large)
    kept = call.platform.world.keep_file(Medium(media_id(), kind, content_type, name, call.now), data)
    return {"type": kind, "thumb_media_id" if kind == "thumb" else "media_id": kept, "created_at": int(call.now)}


def download(call: Call) -> dict | Binary:
    """The file while it lives (40007 after three days); a video comes as an address."""
    wanted = call.args.get("media_id")
    if not wanted:
        raise Refusal(41006)
    found = call.platform.world.file(wanted, call.now)
    if found is None:
        raise Refusal(40007)
    medium, data = found
    if medium.type == "video":
        config = call.platform.config
        return {"video_url": f"http://{config.host}:{config.port}/control/media/{medium.id}"}
    return Binary(data, medium.content_type, medium.filename)


def upload_image(call: Call) -> dict:
    """The address of a picture for articles: JPG or PNG up to 1 MB."""
    data, name = _file(call)
    content_type = kind_of(data)
    if content_type not in ("image/jpeg", "image/png"):
        raise Refusal(40005)
    if len(data) > _MB:
        raise Refusal(40009)
    kept = call.platform.world.keep_file(Medium(media_id(), "url", content_type, name, call.now), data)
    config = call.platform.config
    return {"url": f"http://{config.host}:{config.port}/control/media/{kept}"}


ROUTES = {
    "/cgi-bin/media/upload": Route(upload),
    "/cgi-bin/media/get": Route(download, "GET"),
    "/cgi-bin/media/uploadimg": Route(upload_image),
}
