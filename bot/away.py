"""Whether a failure will pass: the database is locked, full or away, so that the same push may succeed later."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

#: Locked, no memory, read-only, I/O, full, cannot open, protocol. Not SQLITE_ERROR: wrong SQL stays wrong.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def is_away(error: BaseException) -> bool:
    """True when trying again later may help; False for what would fail again in the same way."""
    if isinstance(error, PoolTimeout):  # every connection is busy
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSING  # the low byte is the family of the code
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
