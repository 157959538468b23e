"""`cli.py backup`: a backup now, beside those that the timetable makes every night (jobs/backups.py)."""

import argparse
import sqlite3
import sys

from clock import Clock
from jobs.backups import Trouble, make
from models.db import make_engine
from settings import Settings


def main(arguments: list[str]) -> int:
    """Back up the database and the photos; 1 when it failed, which the system page then shows too."""
    settings = Settings.load()
    keep = settings.backup_keep
    parser = argparse.ArgumentParser(prog="cli.py backup", description=main.__doc__)
    parser.add_argument("--keep", type=int, default=keep, help=f"how many backups stay, {keep} unless said otherwise")
    options = parser.parse_args(arguments)
    if options.keep < 1:
        parser.error("--keep: 至少留一份 (keep one at least)")
    engine = make_engine(settings.database_url)
    try:
        place = make(settings, engine, keep=options.keep, clock=Clock(settings.clock_file))
    except (Trouble, OSError, sqlite3.Error) as why:
        print(f"✗ 没有备份成 (no backup was made): {why}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    print(f"✓ {place}")
    return 0
