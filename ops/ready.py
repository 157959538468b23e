"""Whether the sandbox's tables and demo company are as the last run left them, found out in a few milliseconds.

Asking Alembic and the models takes a process of its own and more than a second, on every start. A digest of what that
process would look at says as much: the migrations, the version of the tables, and the log-ins it prints.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from settings import ROOT

READY_FILE = ROOT / "var" / "ready.json"
MIGRATIONS = ROOT / "migrations"
#: Everything on which the printed log-ins depend.
LOG_INS = (
    "SELECT s.username, s.name, s.password_hash, s.active, s.totp_secret, r.title"
    " FROM staff s JOIN role r ON r.id = s.role_id ORDER BY s.id"
)


def known(database_url: str, file: Path = READY_FILE) -> str | None:
    """Return what `migrate --seed` said when the database was exactly so, or None when it must be run."""
    try:
        told = json.loads(file.read_text("utf-8"))
        return str(told["said"]) if told["digest"] == _digest(database_url) is not None else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(database_url: str, said: str, file: Path = READY_FILE) -> None:
    """`known` returns `said` as long as nothing of the above changes; nothing is kept of what cannot be looked at."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"digest": _digest(database_url), "said": said}), "utf-8")
    os.replace(fresh, file)


def _digest(database_url: str) -> str | None:
    """None for what is not a readable SQLite file: another process has to look then."""
    if not database_url.startswith("sqlite:///"):
        return None
    place = Path(database_url.removeprefix("sqlite:///")).absolute().as_uri()
    try:
        with closing(sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=1)) as database:
            version = database.execute("SELECT version_num FROM alembic_version").fetchall()
            rows = database.execute(LOG_INS).fetchall()
    except sqlite3.Error:
        return None
    seen = hashlib.sha256(repr((place, version, rows)).encode())
    for migration in sorted(MIGRATIONS.rglob("*.py")):
        seen.update(migration.name.encode() + migration.read_bytes())
    return seen.hexdigest()
