"""The short look before a start: nothing is skipped that the long one would have had to do."""

import shutil

import pytest
from sqlalchemy import text

from admin import passwords
from models import Staff
from models.db import make_engine, make_sessions
from ops import database, ready


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Where the first test leaves the planted database for the others."""
    return tmp_path_factory.mktemp("planted")


@pytest.fixture
def planted(tmp_path, make_settings, monkeypatch, capsys, shelf):
    """A migrated and planted database, remembered; yields (url, what was said, file)."""
    made, told = shelf / "demo.db", shelf / "said"
    if not told.exists():
        for name, value in make_settings(database_url=f"sqlite:///{made}").model_dump(exclude_none=True).items():
            monkeypatch.setenv(name.upper(), str(value))
        assert database.migrate(["--seed"]) == 0
        told.write_text(capsys.readouterr().out)
    url, said = f"sqlite:///{shutil.copy(made, tmp_path / 'demo.db')}", told.read_text()
    ready.remember(url, said, tmp_path / "ready.json")
    return url, said, tmp_path / "ready.json"


def change(url, act):
    engine = make_engine(url)
    with make_sessions(engine).begin() as session:
        act(session)
    engine.dispose()


def test_what_has_not_changed_needs_no_process(planted):
    url, said, file = planted
    assert "admin" in said and ready.known(url, file) == said


@pytest.mark.parametrize(
    "act",
    [
        lambda session: setattr(session.query(Staff).first(), "password_hash", passwords.make_hash("another one")),
        lambda session: setattr(session.query(Staff).first(), "active", False),
        lambda session: setattr(session.query(Staff).first(), "totp_secret", "JBSWY3DPEHPK3PXP"),
        lambda session: session.execute(text("UPDATE staff SET username = 'somebody' WHERE username = 'marketing'")),
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = '0000'")),
        lambda session: session.execute(text("DROP TABLE alembic_version")),
    ],
)
def test_another_password_person_or_version_needs_the_long_look(planted, act):
    url, _said, file = planted
    change(url, act)
    assert ready.known(url, file) is None


def test_another_or_no_database_needs_the_long_look(planted, tmp_path):
    url, _said, file = planted
    shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "copy.db")
    for other in (f"sqlite:///{tmp_path}/copy.db", f"sqlite:///{tmp_path}/none.db", "postgresql+psycopg://h/n"):
        assert ready.known(other, file) is None


def test_what_could_not_be_looked_at_is_never_known(tmp_path):
    url, file = "postgresql+psycopg://h/n", tmp_path / "ready.json"
    ready.remember(url, "said", file)
    assert ready.known(url, file) is None


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"digest": null, "said": "x"}'])
def test_a_broken_file_is_as_none(planted, words):
    url, _said, file = planted
    file.write_text(words)
    assert ready.known(url, file) is None and ready.known(url, file.with_name("none")) is None
