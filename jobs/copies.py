"""Packs a person's copy: JSON under stable keys, a sheet for each family with headings people read, and their files.

Made beside the media under the request's own number, so that a worker that dies leaves a file the next one writes over.
"""

import csv
import functools
import io
import json
import os
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs.world import World
from models.desk.personal import copies, privacy, whose
from models.files import Stored
from models.privacy import PrivacyRequest
from settings import ROOT
from templates import terms

FOLDER = "exports"
#: What starts a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Sheets = Mapping[str, Sequence[Mapping[str, Any]]]
#: The words of people: never looked up, whatever they say.
_THEIRS = ("words", "problem", "demand", "name", "asked")


@functools.cache
def _words() -> dict[str, Any]:
    return tomllib.loads((ROOT / "templates" / "copy.toml").read_text("utf-8"))


def run(world: World) -> int:
    """Every approved copy lies ready and its person has the link; returns how many were made."""
    with world.sessions() as session:
        due = [row.id for row in privacy.carried_out(session, "export")]
    return sum(_make(world, request_id) for request_id in due)


def _make(world: World, request_id: int) -> bool:
    now = world.clock()
    with world.sessions() as session:
        row = session.get_one(PrivacyRequest, request_id)
        who = whose.person(session, row.follower, row.customer)
        lang = row.follower.lang if row.follower is not None else "zh"
        sheets = copies.collect(session, who)
        media = world.settings.media_dir
        files = [(copies.name_of(one), media / one.path) for one in copies.files(session, who)]
        facts = {"number": row.number, "made": copies.said(now)}
    stored = _keep(media, request_id, lambda file: pack(file, sheets, files, facts, lang=lang))
    with world.sessions.begin() as session:
        if copies.made(session, request_id, stored, now=now):
            return True
        there = session.get(PrivacyRequest, request_id)
    if there is None or there.path != stored.path:
        (media / stored.path).unlink(missing_ok=True)
    return False


def _keep(media: Path, request_id: int, write: Any) -> Stored:
    """The file is on disk for good, or not there at all."""
    place = Path(FOLDER) / f"{request_id}.zip"
    target = media / place
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    return Stored(place.as_posix(), "application/zip", target.stat().st_size)


def pack(file: Any, sheets: Sheets, files: Sequence[tuple[str, Path]], facts: Mapping[str, str], *, lang: str) -> None:
    """One archive into `file`; a file of the person that is gone meanwhile is left out."""
    words = _words().get(lang) or _words()["zh"]
    named = {"zh": ("说明.txt", "资料.json"), "en": ("readme.txt", "data.json")}[lang if lang == "en" else "zh"]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(named[0], words["readme"].format(**facts))
        plain = {"request": facts["number"], "made": facts["made"], **_plain(sheets, lang)}
        archive.writestr(named[1], json.dumps(plain, ensure_ascii=False, indent=1, default=str))
        for name, rows in sheets.items():
            archive.writestr(f"{words['sheets'][name]}.csv", _csv(rows, words, lang))
        for name, path in files:
            if path.is_file():
                archive.write(path, name, zipfile.ZIP_STORED)


def _plain(sheets: Sheets, lang: str) -> dict[str, list[dict[str, Any]]]:
    """The rows with our own words in the reader's language; the keys are the same in both."""
    return {
        name: [{key: value if key in _THEIRS else _own(value, lang) for key, value in row.items()} for row in rows]
        for name, rows in sheets.items()
    }


def _own(value: Any, lang: str) -> Any:
    if isinstance(value, list):
        return [_own(one, lang) for one in value]
    return terms.english(value) if lang == "en" and isinstance(value, str) else value


def _csv(rows: Sequence[Mapping[str, Any]], words: Mapping[str, Any], lang: str) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow([words["columns"][key] for key in rows[0]])
    writer.writerows([_cell(key, value, words["values"], lang) for key, value in row.items()] for row in rows)
    # Without the mark a spreadsheet reads Chinese as garbage.
    return page.getvalue().encode("utf-8-sig")


def _cell(key: str, value: Any, values: Mapping[str, str], lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        joint = "; " if lang == "en" else "；"
        value = joint.join(" ".join(part for part in _own(one, lang) if part) for one in value)
    text = str(value)
    if isinstance(value, bool) or key not in _THEIRS:
        text = _own(values.get(text.lower() if isinstance(value, bool) else text, text), lang)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
