"""`cli.py migrate` and `cli.py seed`, and the question whether a migration is pending."""

import argparse
import functools
import sys

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from clock import Clock
from models import Staff
from models.db import make_engine, make_sessions, reading
from models.desk.demo import company as demo
from settings import ROOT, Settings

ONLY_IN_A_SANDBOX = (
    "演示账号的密码是公开的，只能放进沙箱：现在 WECHAT_API_BASE 指向真实的微信平台。"
    "第一位管理员请用 python cli.py staff add admin --name 姓名 --role admin"
    "\n  The demo's password is public, so it is for a sandbox only, and WECHAT_API_BASE names the real platform."
    " Make the first administrator with: python cli.py staff add"
)


def migrate(arguments: list[str]) -> int:
    """Bring the tables to the newest version; with --seed plant the demo company afterwards."""
    parser = argparse.ArgumentParser(prog="cli.py migrate", description=migrate.__doc__)
    parser.add_argument("--seed", action="store_true", help="plant the demo company too, in an empty database")
    options = parser.parse_args(arguments)
    settings = Settings.load()
    if options.seed and _refused(settings):
        return 1
    engine = make_engine(settings.database_url)
    try:
        if pending(engine):
            command.upgrade(alembic_config(settings.database_url), "head")
    finally:
        engine.dispose()
    return seed([]) if options.seed else 0


def seed(arguments: list[str]) -> int:
    """Plant the demo company and print its log-ins; a database that has staff already keeps everything.

    Refused for anything but a sandbox. A log-in is printed only while the demo's password still opens it.
    """
    argparse.ArgumentParser(prog="cli.py seed", description=seed.__doc__).parse_args(arguments)
    settings = Settings.load()
    if _refused(settings):
        return 1
    engine = make_engine(settings.database_url)
    with make_sessions(engine).begin() as session:
        log_ins = demo.plant(session, Clock(settings.clock_file)())
        still = _still_open(session)
    engine.dispose()
    log_ins = [row for row in log_ins if row[0] in still]
    if log_ins:
        print("演示账号 demo log-ins")
    for username, password, title in log_ins:
        print(f"  {username:<10} {password}   {title}")
    return 0


def _refused(settings: Settings) -> bool:
    if not settings.sandboxed:
        print(f"✗ {ONLY_IN_A_SANDBOX}", file=sys.stderr)
    return not settings.sandboxed


def _still_open(session: Session) -> set[str]:
    """The user names that the demo's password opens, without anything else being asked for."""

    @functools.cache  # all five are planted with one hash, and checking one is slow on purpose
    def opens(stored: str) -> bool:
        try:
            return PasswordHasher().verify(stored, demo.PASSWORD)
        except (VerificationError, InvalidHashError):
            return False

    found = session.scalars(select(Staff).where(Staff.active, Staff.totp_secret == ""))
    return {person.username for person in found if opens(person.password_hash)}


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
