"""Conversations are played on the same scene as the stories, one after the other on one engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.db import make_engine
from tests.stories.conftest import make_scene, scene, texts

__all__ = ["make_scene", "scene", "texts"]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine whose file is put down anew for each conversation: what it knows of statements is not learnt twice."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('stage')}/nuanju.db")
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database of this conversation alone, with every table and no row."""
    if database_kind == "postgresql":
        engine = make_engine(request.getfixturevalue("database_url"))
        yield engine
        engine.dispose()
        return
    engine = request.getfixturevalue("stage")
    path = Path(engine.url.database)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    yield engine
    engine.dispose()
