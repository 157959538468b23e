"""PostgreSQL databases for tests: made once, lent one test at a time, emptied afterwards.

Making one costs the better part of a second (a thousand files), emptying one a fiftieth of that.
"""

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

#: Whoever a test left connected is put out, as a dropped database would do; a killed process may not have noticed yet.
_PUT_OUT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
#: What a test may have changed besides rows: such a database is not lent again.
_SHAPE = """
SELECT (SELECT array_agg((oid, relname, relnatts, relchecks)::text ORDER BY oid) FROM pg_class WHERE oid >= 16384),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
       (SELECT array_agg((oid, tgenabled)::text ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT array_agg((attrelid, attname, atttypid, attnotnull)::text ORDER BY attrelid, attnum)
          FROM pg_attribute WHERE attrelid >= 16384)
"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
#: Numbers begin at one again.
_RESTART = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"


class Databases:
    """Databases on the server at `url` (with {name}), each like its database `template`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[str] = []
        self._serial = itertools.count(1)
        self._shapes: dict[str, object] = {}

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a database with every table and no row, for the time of the block."""
        name = self._free.pop() if self._free else self._make()
        yield self._url.format(name=name)
        if self._emptied(name):
            self._free.append(name)
        else:
            self._drop(name)

    def _connect(self, name: str) -> "psycopg.Connection[tuple]":
        return psycopg.connect(self._url.format(name=name).replace("+psycopg", ""), autocommit=True)

    def _make(self) -> str:
        name = f"test_{next(self._serial)}_{secrets.token_hex(3)}"
        with self._connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template").format(sql.Identifier(name)))
        with self._connect(name) as connection:
            self._shapes[name] = connection.execute(_SHAPE).fetchone()
        return name

    def _emptied(self, name: str) -> bool:
        with self._connect(name) as connection:
            connection.execute(_PUT_OUT)
            if connection.execute(_SHAPE).fetchone() != self._shapes[name]:
                return False
            connection.execute(
                "SET session_replication_role = replica"
            )  # neither foreign keys nor triggers stand in the way
            tables = [sql.Identifier(row[0]) for row in connection.execute(_TABLES)]
            connection.execute(sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(table) for table in tables))
            connection.execute(_RESTART)
        return True

    def _drop(self, name: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
