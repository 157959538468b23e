"""The slip in an archive that is handed over: who gave it out, and when."""

import datetime as dt
import io
import zipfile

from admin import faces
from admin.words import t


def words(number: str, name: str, now: dt.datetime) -> str:
    """What stands on it."""
    return t("privacy.slip", number=number, name=name, at=faces.full(now))


def added(content: bytes, said: str) -> bytes:
    """The archive with the slip in it; the one on disk stays as it is."""
    page = io.BytesIO(content)
    with zipfile.ZipFile(page, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{t('privacy.slip_name')}.txt", said)
    return page.getvalue()
