"""`cli.py migrate` and `cli.py seed`, and the question whether a migration is pending."""

import argparse

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from clock import Clock
from models.db import make_engine, make_sessions, reading
from models.desk import demo
from settings import ROOT, Settings


def migrate(arguments: list[str]) -> int:
    """Bring the tables to the newest version; with --seed plant the demo company afterwards."""
    parser = argparse.ArgumentParser(prog="cli.py migrate", description=migrate.__doc__)
    parser.add_argument("--seed", action="store_true", help="plant the demo company too, in an empty database")
    options = parser.parse_args(arguments)
    settings = Settings.load()
    engine = make_engine(settings.database_url)
    try:
        if pending(engine):
            command.upgrade(alembic_config(settings.database_url), "head")
    finally:
        engine.dispose()
    return seed([]) if options.seed else 0


def seed(arguments: list[str]) -> int:
    """Plant the demo company and print its log-ins; a database that has it already keeps everything."""
    argparse.ArgumentParser(prog="cli.py seed", description=seed.__doc__).parse_args(arguments)
    settings = Settings.load()
    engine = make_engine(settings.database_url)
    with make_sessions(engine).begin() as session:
        log_ins = demo.plant(session, Clock(settings.clock_file)())
    engine.dispose()
    if log_ins:
        print("演示账号 demo log-ins")
    for username, password, title in log_ins:
        print(f"  {username:<10} {password}   {title}")
    return 0


def pending(engine: Engine) -> list[str]:
    """Return the revisions that this database still lacks, oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config(""))
    with reading(engine).connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    missing = scripts.iterate_revisions("heads", current or "base")
    return [revision.revision for revision in missing][::-1]


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for one database; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    # The ini format takes % for its own.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
