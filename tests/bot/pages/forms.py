"""Photos and forms as a phone sends them, and what came of them."""

from sqlalchemy import func, select

from models.work import Repair

JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 200
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200


def form_of(fields: dict[str, str], photos: tuple[bytes, ...]) -> dict[str, object]:
    """A form as a phone sends it. (werkzeug's own builder leaves a temporary file open for large ones.)"""
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = b"".join(head.format(name, "").encode() + value.encode() + b"\r\n" for name, value in fields.items())
    for number, content in enumerate(photos):
        body += head.format("photos", f'; filename="{number}.exe"').encode() + content + b"\r\n"
    return {"data": body + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}


def read(sessions, house) -> Repair:
    with sessions() as session:
        return session.get(Repair, house.repair)


def kept_in(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def counted(sessions, *what) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(*what))
