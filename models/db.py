"""Engines and sessions for SQLite and PostgreSQL. Every transaction on SQLite starts as a writer.

SQLite's driver default runs SELECTs outside the transaction and silently loses updates; a deferred BEGIN
that upgrades fails at once when someone else wrote. So every transaction begins IMMEDIATE unless the
connection carries the execution option `sqlite_begin="DEFERRED"` (read-only pages, the webhook's first read).
"""

import fcntl
import os
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

#: How long a writer waits for another on SQLite, milliseconds; longer than any transaction of ours.
BUSY_TIMEOUT_MS = 15_000
#: A connection to PostgreSQL that rested so long is asked whether it still leads anywhere, seconds.
RESTED_SECONDS = 30.0


def make_engine(url: str, *, pool_size: int = 8, patience_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine for `url`; the folder of a SQLite file exists afterwards.

    A writer waits `patience_ms` milliseconds for another one's lock before it is refused. Only SQLite and
    PostgreSQL (psycopg 3) are supported; anything else raises ValueError.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url, parsed.database, pool_size, patience_ms)
    if backend == "postgresql":
        return _postgresql(parsed, pool_size, patience_ms)
    raise ValueError(f"DATABASE_URL: {backend} is not supported, use sqlite or postgresql")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


class WriteQueue:
    """Writers of one SQLite file in a row: a real lock wakes the next one at once, where SQLite's own waiting sleeps.

    Between the threads of a process a lock, between processes a locked file beside the database, which the system
    frees when its holder dies. Who does not queue is still kept apart by SQLite itself. On PostgreSQL nobody queues.
    """

    def __init__(self, engine: Engine) -> None:
        """Nothing is opened before the first use, so that a process may fork after this."""
        database = engine.url.database if engine.dialect.name == "sqlite" else None
        self._path = f"{database}.queue" if database else None
        self._lock = threading.Lock()
        self._file: tuple[int, int] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """It is our turn to write until the block ends."""
        if self._path is None:
            yield
            return
        with self._lock:
            descriptor = self._descriptor(self._path)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _descriptor(self, path: str) -> int:
        # A forked child must not share its parent's: a lock belongs to the open file, not to the process.
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return self._file[1]


def reading(engine: Engine) -> Engine:
    """The same engine for pages that only read: on SQLite they do not wait for the writer."""
    return engine.execution_options(sqlite_begin="DEFERRED")


def insert_into(session: Session, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def _postgresql(url: URL, pool_size: int, patience_ms: int) -> Engine:
    told = {"options": f"-c lock_timeout={patience_ms}"}
    # The connection used last is lent first: what is prepared on it serves again.
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), pool_size=pool_size, pool_use_lifo=True, connect_args=told
    )
    event.listen(engine, "checkin", lambda _connection, record: record.info.update(rests_since=time.monotonic()))
    event.listen(engine, "checkout", lambda connection, record, _: _still_there(engine.dialect, connection, record))
    return engine


def _still_there(dialect: Dialect, connection: Any, record: Any) -> None:
    """Nothing where a connection may be lent; where the server is gone, InvalidatePoolError makes the pool open anew.

    Asking costs a round trip, as much as a statement of a turn, so it is spared where the connection was used just now
    and nothing came in on it since: a server's good-bye would have.
    """
    rests_since = record.info.get("rests_since")
    if rests_since is None:
        return
    try:
        if time.monotonic() - rests_since > RESTED_SECONDS or _has_news(connection):
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise InvalidatePoolError from gone


def _has_news(connection: Any) -> bool:
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


def _sqlite(url: str, database: str | None, pool_size: int, patience_ms: int) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=pool_size, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", lambda connection, _record: _sqlite_connect(connection, patience_ms))
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, patience_ms: int) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see the module's docstring
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={patience_ms}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
