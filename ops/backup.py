"""`cli.py backup`: the database and the photos in one folder, while everything runs, and old ones put away.

A backup is whole or it is not there: it is written beside its place and renamed when nothing is missing. The database
is taken first and the photos second, so that no row names a photo that the backup lacks.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, func, select
from sqlalchemy.engine import make_url

import vitals
from clock import Clock
from models.db import make_engine, make_sessions, reading
from models.desk import trust
from models.upkeep import Backup
from settings import Settings

#: The files of a backup, and how many backups stay.
MANIFEST, SQLITE, DUMP, MEDIA = "manifest.json", "nuanju.db", "nuanju.dump", "media"
KEEP = 7
PART = ".part"


class Trouble(Exception):
    """Something outside is not as it must be; the text is one sentence for whoever sits there."""


def main(arguments: list[str]) -> int:
    """Back up the database and the photos; 1 when it failed, which the system page then shows too."""
    parser = argparse.ArgumentParser(prog="cli.py backup", description=main.__doc__)
    parser.add_argument("--keep", type=int, default=KEEP, help=f"how many backups stay, {KEEP} unless said otherwise")
    options = parser.parse_args(arguments)
    if options.keep < 1:
        parser.error("--keep: 至少留一份 (keep one at least)")
    settings = Settings.load()
    engine = make_engine(settings.database_url)
    try:
        place = make(settings, engine, keep=options.keep, clock=Clock(settings.clock_file))
    except (Trouble, OSError, sqlite3.Error) as why:
        print(f"✗ 没有备份成 (no backup was made): {why}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    print(f"✓ {place}")
    return 0


def make(settings: Settings, engine: Engine, *, keep: int, clock: Any) -> Path:
    """The folder of a new, whole backup; all but the `keep` newest are gone. What was done or failed is on record."""
    began = clock()
    name = f"{began:%Y%m%dT%H%M%SZ}"
    with make_sessions(reading(engine))() as session:
        audit = trust.standing(session)
    try:
        place = _write(settings, engine, name, (began, audit))
    except (Trouble, OSError, sqlite3.Error) as why:
        words = str(why) if isinstance(why, Trouble) else type(why).__name__
        _note(engine, Backup(kind="backup", state="failed", place=name, words=words[:200], began_at=began), clock())
        raise
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    done = Backup(kind="backup", state="done", place=name, size=size, began_at=began)
    done.audit_rows, done.audit_digest = audit
    _note(engine, done, clock())
    for old in whole(settings.backup_dir)[:-keep]:
        shutil.rmtree(old)
    return place


def whole(folder: Path) -> list[Path]:
    """The backups that are whole, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.endswith(PART))


def _write(settings: Settings, engine: Engine, name: str, stood: tuple[datetime, tuple[int, str]]) -> Path:
    folder, (began, audit) = settings.backup_dir, stood
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"*{PART}"):  # somebody was killed here
        shutil.rmtree(left)
    place, part = folder / name, folder / f"{name}{PART}"
    if place.exists():
        raise Trouble(f"{place.name} 已经有了 (is there already)")
    earlier = whole(folder)
    part.mkdir(mode=0o700)
    file = _database(engine, part)
    photos = _photos(settings.media_dir, part / MEDIA, earlier[-1] / MEDIA if earlier else None)
    manifest = {
        "made_at": began.astimezone(UTC).isoformat(), "version": vitals.version(), "kind": engine.dialect.name,
        "file": file.name, "sha256": _digest(file), "photos": photos,
        "audit": {"rows": audit[0], "digest": audit[1]},
        **_facts(engine),
    }  # fmt: skip
    (part / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    os.rename(part, place)
    return place


def _database(engine: Engine, folder: Path) -> Path:
    """A consistent copy, taken while others write."""
    if engine.dialect.name == "sqlite":
        target = folder / SQLITE
        with closing(sqlite3.connect(str(engine.url.database))) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy, pages=1000)
            copy.execute("PRAGMA journal_mode=DELETE")
        target.chmod(0o600)
        return target
    target = folder / DUMP
    call("pg_dump", "--format=custom", "--no-owner", f"--file={target}", url=engine.url)
    target.chmod(0o600)
    return target


def call(program: str, *words: str, url: Any) -> None:
    """Run one of PostgreSQL's programs on a database; Trouble with its own words when it refuses.

    The password goes by the environment: arguments can be read by everybody on the machine.
    """
    found = shutil.which(program)
    if found is None:
        raise Trouble(f"没有 {program}，请安装 postgresql-client (it is not installed)")
    plain = make_url(url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": make_url(url).password or ""} if make_url(url).password else {}
    done = subprocess.run(
        [found, *words, f"--dbname={plain}"], env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Trouble(f"{program}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")


def _photos(source: Path, target: Path, earlier: Path | None) -> int:
    """Every photo is in `target`; files never change, so those of the backup before are linked and cost nothing."""
    target.mkdir()
    count = 0
    for path in sorted(source.rglob("*")) if source.exists() else ():
        if not path.is_file():
            continue
        name = path.relative_to(source)
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        known = earlier / name if earlier is not None else None
        try:
            if known is not None and known.exists() and known.stat().st_size == path.stat().st_size:
                os.link(known, copy)
            else:
                shutil.copy2(path, copy)
        except FileNotFoundError:  # erased while we went through them
            continue
        count += 1
    return count


def _facts(engine: Engine) -> dict[str, Any]:
    """Which migration the tables are at, as far as one can be asked."""
    with reading(engine).connect() as connection:
        tables = MetaData()
        tables.reflect(connection, only=lambda name, _: name == "alembic_version")
        if "alembic_version" not in tables.tables:
            return {"revision": ""}
        return {"revision": connection.scalar(select(func.max(tables.tables["alembic_version"].c.version_num))) or ""}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(place: Path) -> dict[str, Any]:
    """The manifest of a whole backup; Trouble when a file is missing or is not the one that was written."""
    try:
        manifest = json.loads((place / MANIFEST).read_text("utf-8"))
        digest = _digest(place / manifest["file"])
    except (OSError, ValueError, KeyError):
        raise Trouble(f"{place.name} 不是完整的备份 (is no whole backup)") from None
    if digest != manifest["sha256"]:
        raise Trouble(f"{place.name} 里的数据库文件坏了 (its database file is damaged)")
    return dict(manifest)


def _note(engine: Engine, row: Backup, now: datetime) -> None:
    row.ended_at = now
    with make_sessions(engine).begin() as session:
        session.add(row)
