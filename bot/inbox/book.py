"""Where turns are read and written: the kinds of transaction, and the named statements run in them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from bot.inbox.sql import Statements
from models.db import WriteQueue


class Book:
    """One database as turns write to it. Writers on SQLite queue in a real lock; a plain turn skips SQLAlchemy."""

    def __init__(self, engine: Engine, statements: Statements) -> None:
        """Nothing is opened yet."""
        self.sql = statements
        self._engine, self._queue = engine, WriteQueue(engine)
        self._columns: tuple[str, ...] = ()

    def run(self, cursor: Any, name: str, **values: Any) -> Any:
        """One named statement; returns the cursor to fetch from."""
        return cursor.execute(self.sql.sql[name], values)

    def load(self, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        """All that a turn must know of the person who pushed, in one row; None for somebody we have not seen."""
        with self.at_once() as cursor:
            found = self.run(cursor, "LOAD", **wanted).fetchone()
            if found is None:
                return None
            # They are always the same, and psycopg makes thirty objects each time it is asked for them.
            self._columns = self._columns or tuple(column[0] for column in cursor.description)
            return dict(zip(self._columns, found, strict=True))

    def flood(self, turn: Any) -> dict[str, Any]:
        """What the row of the turn's follower counts of this minute's messages, as its statement binds it."""
        since, count = turn.person.counted(turn.push.kind == "event", turn.now)
        return {"flood_since": self.sql.moment(since), "flood_count": count}

    @contextmanager
    def at_once(self) -> Iterator[Any]:
        """A cursor for one statement that is a transaction of its own; on SQLite only for reading.

        On PostgreSQL that spares the round trips of BEGIN and of the pool's ROLLBACK, at which psycopg forgets all that
        it has prepared: planning the turn's read takes five times as long as running it.
        """
        pooled = self._engine.raw_connection()
        try:
            if self.sql.postgresql:
                pooled.driver_connection.autocommit = True
            yield pooled.cursor()
            if self.sql.postgresql:
                pooled.driver_connection.autocommit = False
        except BaseException:
            pooled.invalidate()
            raise
        finally:
            pooled.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction in which a Session can work."""
        with self._queue.turn(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def on_driver(self) -> Iterator[Any]:
        """A write transaction on the driver's own cursor: the plain turn's, which needs nothing else."""
        with self._queue.turn():
            pooled = self._engine.raw_connection()
            try:
                cursor = pooled.cursor()
                if not self.sql.postgresql:  # psycopg begins by itself
                    cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                pooled.commit()
            except BaseException:
                pooled.rollback()
                raise
            finally:
                pooled.close()
