"""Databases as `cli.py migrate` makes them, made once and copied: eighty migrations take longer than most tests."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command

from ops import database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """`migrated(path)` puts a SQLite file there with every migration and no row of ours; returns its URL."""
    made = tmp_path_factory.mktemp("migrated") / "made.db"
    command.upgrade(database.alembic_config(f"sqlite:///{made}"), "head")

    def copy(path: Path) -> str:
        return f"sqlite:///{shutil.copy(made, path)}"

    return copy
