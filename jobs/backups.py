"""Backups: the database and the photos in one folder, while everything runs, every night; old ones put away.

A backup is whole or it is not there: it is written beside its place and renamed when nothing is missing. The database
is taken first and the photos second, so that no row names a photo that the backup lacks. One is made at a time.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, func, select
from sqlalchemy.engine import make_url

import vitals
from jobs import checks as check_duty
from jobs.world import World
from models.db import make_sessions, reading
from models.desk import checks, trust
from models.upkeep import Backup

#: The files of a backup, what is not whole yet, and the file that whoever makes one holds.
MANIFEST, SQLITE, DUMP, MEDIA = "manifest.json", "nuanju.db", "nuanju.dump", "media"
PART, LOCK = ".part", ".lock"
#: After a failure it is tried again so much later.
AGAIN = timedelta(hours=1)
#: The check that a failed one is found by.
FAILED = "backup_failed"


class Trouble(Exception):
    """Something outside is not as it must be; the text is one sentence for whoever sits there."""


class Busy(Trouble):
    """Somebody else is making a backup into the same folder."""


def run(world: World) -> int:
    """This night's backup is made, once; returns how many were. A failure stands as a finding, and is tried again.

    Not in the sandbox, whose time travels, and not where BACKUP_DIR is empty.
    """
    settings = world.settings
    if settings.sandboxed or settings.backup_dir is None or not _due(world):
        return 0
    try:
        with _alone(settings.backup_dir):
            if not _due(world):  # made while we came here
                return 0
            _make(settings, world.engine, settings.backup_keep, world.clock)
    except Busy:
        return 0
    finally:
        check_duty.look(world, FAILED)
    return 1


def _due(world: World) -> bool:
    """Whether this night has no backup yet, and none was tried just now."""
    now = world.clock()
    done = (Backup.state == "done") & (Backup.began_at >= checks.last_hour(now))
    failed = (Backup.state == "failed") & (Backup.ended_at > now - AGAIN)
    query = select(Backup.id).where(Backup.kind == "backup", done | failed)
    with world.sessions() as session:
        return session.scalar(query.limit(1)) is None


def make(settings: Any, engine: Engine, *, keep: int, clock: Any) -> Path:
    """The folder of a new, whole backup; all but the `keep` newest are gone. What was done or failed is on record.

    Busy while another one is being made into the same folder.
    """
    if settings.backup_dir is None:
        raise Trouble("BACKUP_DIR 是空的，不知道放到哪里 (it is empty)")
    with _alone(settings.backup_dir):
        return _make(settings, engine, keep, clock)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else makes a backup here until the block ends, or we die. A folder that cannot be had is seen later."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise Busy("另一份备份正在做 (another one is being made)") from None
    try:
        yield
    finally:
        os.close(held)


def _make(settings: Any, engine: Engine, keep: int, clock: Any) -> Path:
    began = clock()
    name = f"{began:%Y%m%dT%H%M%SZ}"
    with make_sessions(reading(engine))() as session:
        audit = trust.standing(session)
    try:
        place = _write(settings, engine, name, (began, audit))
    except Exception as why:  # whatever stopped it, a time limit too, has to stand on record
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


def _write(settings: Any, engine: Engine, name: str, stood: tuple[datetime, tuple[int, str]]) -> Path:
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
            live.backup(copy)  # in one step: in several it begins anew whenever somebody writes in between
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
