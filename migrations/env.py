"""Alembic's environment: one engine by DATABASE_URL, one metadata, batch mode for SQLite."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

import models
from models.base import Base, UTCDateTime
from models.db import make_engine
from settings import Settings

assert models.__all__  # every table is registered by importing the package

config = context.config


def plain_moment(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration must not depend on a class of ours that may change: moments are written as plain DateTime."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run() -> None:
    """Migrate the database of `sqlalchemy.url`, or of the settings when none is given; one transaction a revision."""
    url = config.get_main_option("sqlalchemy.url") or Settings.load().database_url
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            _let_tables_be_rebuilt(connection)
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                compare_type=True,
                render_item=plain_moment,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


def _let_tables_be_rebuilt(connection: Connection) -> None:
    """SQLite changes a constraint by building the table anew; while the old one is dropped, rows that refer to it wait."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")


run()
