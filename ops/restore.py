"""`cli.py restore`: a backup becomes the database and the photos again; `--rehearse` does it beside, as a test.

What was waiting to be sent when the backup was made has probably left since, and the backup does not know: such
messages become `unknown`, and a person decides.
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, func, inspect, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from clock import Clock
from jobs import backups as backup
from jobs.backups import Trouble
from models.db import make_engine, make_sessions
from models.desk import trust
from models.outbound import Outgoing
from models.staff import Staff
from models.talk import Attachment
from models.upkeep import Backup
from ops.database import alembic_config
from settings import Settings

#: Name of the database that a rehearsal makes beside the real one, and drops.
BESIDE = "nuanju_rehearsal"


def main(arguments: list[str]) -> int:
    """Put a backup back, or with --rehearse try whether it could be; 1 when it cannot."""
    parser = argparse.ArgumentParser(prog="cli.py restore", description=main.__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="the backup's folder; the newest one when left out")
    parser.add_argument("--rehearse", action="store_true", help="restore beside, look whether all is there, clear away")
    parser.add_argument("--over", action="store_true", help="replace a database that holds something")
    options = parser.parse_args(arguments)
    settings = Settings.load()
    clock = Clock(settings.clock_file)
    try:
        place = options.folder or _newest(settings)
        if options.rehearse:
            said = rehearse(settings, place, clock=clock)
        else:
            said = restore(settings, place, over=options.over, now=clock())
    except (Trouble, OSError, sqlite3.Error, SQLAlchemyError) as why:
        print(f"✗ {why if isinstance(why, Trouble) else type(why).__name__}", file=sys.stderr)
        return 1
    print(f"✓ {said}")
    return 0


def _newest(settings: Settings) -> Path:
    folder = settings.backup_dir
    found = backup.whole(folder) if folder is not None else []
    if not found:
        name = folder.name if folder is not None else "BACKUP_DIR"
        raise Trouble(f"{name} 里没有备份，先运行 python cli.py backup (there is no backup yet)")
    return found[-1]


def restore(settings: Settings, place: Path, *, over: bool, now: datetime) -> str:
    """The database and the photos are those of the backup, migrated to this release; what waited is `unknown`.

    Refused for a database with staff in it, unless `over`, and for a backup of another kind of database.
    """
    manifest = backup.check(place)
    if not over and _holds(settings.database_url):
        raise Trouble("数据库里已经有数据；真要换掉，停掉所有进程后加 --over (stop everything, add --over)")
    _put(settings.database_url, place, manifest)
    engine = make_engine(settings.database_url)
    doubtful = _doubt(engine, now)
    engine.dispose()
    shutil.copytree(place / backup.MEDIA, settings.media_dir, dirs_exist_ok=True)
    return f"{place.name}：{doubtful} 条消息结果不明，请在“发出的消息”里决定 ({doubtful} messages are unknown)"


def rehearse(settings: Settings, place: Path, *, clock: Any) -> str:
    """Whether this backup can be restored is on record; Trouble says why it cannot. The real house is not touched."""
    began = clock()
    row = Backup(kind="rehearsal", place=place.name[:40], began_at=began)
    try:
        said = _beside(settings, place, now=began)
        row.state = "done"
    except (Trouble, OSError, sqlite3.Error, SQLAlchemyError) as why:
        row.state, row.words = "failed", (str(why) if isinstance(why, Trouble) else type(why).__name__)[:200]
        raise
    finally:
        row.ended_at = clock()
        engine = make_engine(settings.database_url)
        with make_sessions(engine).begin() as session:
            session.add(row)
        engine.dispose()
    return said


def _beside(settings: Settings, place: Path, *, now: datetime) -> str:
    manifest = backup.check(place)
    with tempfile.TemporaryDirectory() as folder:
        url = _empty(settings.database_url, Path(folder))
        try:
            _put(url, place, manifest)
            engine = make_engine(url)
            try:
                _doubt(engine, now)
                return _looked(engine, place)
            finally:
                engine.dispose()
        finally:
            _drop(settings.database_url)


def _looked(engine: Engine, place: Path) -> str:
    """The copy is sound: every table reads, every photo that it names is there."""
    with make_sessions(engine)() as session:
        if engine.dialect.name == "sqlite" and session.scalar(text("PRAGMA integrity_check")) != "ok":
            raise Trouble("数据库文件坏了 (the database file is damaged)")
        if trust.verify(session) is not None:
            raise Trouble("操作记录断了 (the audit log in it is broken)")
        tables = inspect(session.connection()).get_table_names()
        rows = sum(session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in tables)  # noqa: S608
        paths = session.scalars(select(Attachment.path).where(Attachment.state == "fetched")).all()
    lost = sum(not (place / backup.MEDIA / path).is_file() for path in paths)
    if lost:
        raise Trouble(f"少了 {lost} 张照片 ({lost} photos are missing)")
    return f"{place.name}：{len(tables)} 张表 {rows} 行，{len(paths)} 张照片都在 (tables, rows, photos: all there)"


def _put(url: str, place: Path, manifest: dict[str, Any]) -> None:
    """The database at `url` is the backup's, whatever was there, brought to this release's tables."""
    _fill(url, place, manifest)
    if manifest["revision"]:
        command.upgrade(alembic_config(url), "head")


def _fill(url: str, place: Path, manifest: dict[str, Any]) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() != manifest["kind"]:
        raise Trouble(f"这份备份是 {manifest['kind']} 的 (it was made of another kind of database)")
    file = place / manifest["file"]
    if manifest["kind"] == "sqlite":
        target = Path(str(parsed.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in (f"{target}-wal", f"{target}-shm"):
            Path(left).unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as kept, closing(sqlite3.connect(target)) as live:
            kept.backup(live)
        return
    backup.call("pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", str(file), url=parsed)


def _holds(url: str) -> bool:
    """Whether a house stands there already."""
    engine = make_engine(url)
    try:
        with make_sessions(engine)() as session:
            return bool(session.scalar(select(func.count(Staff.id))))
    except SQLAlchemyError:  # no tables
        return False
    finally:
        engine.dispose()


def _doubt(engine: Engine, now: datetime) -> int:
    """What was on its way when the backup was made may have arrived since; returns how many messages."""
    with make_sessions(engine).begin() as session:
        waits = Outgoing.state.in_(("queued", "sending"))
        became = {"state": "unknown", "reason": "worker_lost", "settled_at": now}
        return session.execute(update(Outgoing).where(waits).values(**became)).rowcount


def _empty(url: str, folder: Path) -> str:
    """A database of the same kind with nothing in it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return f"sqlite:///{folder / 'rehearsal.db'}"
    _drop(url)
    _run(parsed, f"CREATE DATABASE {BESIDE}")
    return parsed.set(database=BESIDE).render_as_string(hide_password=False)


def _drop(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        _run(parsed, f"DROP DATABASE IF EXISTS {BESIDE} WITH (FORCE)")


def _run(url: URL, statement: str) -> None:
    engine = make_engine(url.render_as_string(hide_password=False))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
