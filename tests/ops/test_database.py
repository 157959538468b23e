"""`migrate` and `seed`: what is pending is known, running them again changes nothing, and log-ins are shown."""

import pytest
from sqlalchemy import inspect

from admin import passwords
from models import Staff
from models.db import make_engine, make_sessions
from models.desk.demo import company as demo
from ops import database


@pytest.fixture
def deployed(tmp_path, make_settings, monkeypatch):
    """The environment of a deployment with an empty database, fresh.db; yields an engine on it."""
    url = f"sqlite:///{tmp_path}/fresh.db"
    for name, value in make_settings(database_url=url).model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), str(value))
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_an_empty_database_lacks_every_revision_and_a_migrated_one_none(deployed):
    assert database.pending(deployed)[0].startswith("0001")
    assert database.migrate([]) == 0
    assert database.pending(deployed) == [] and "ticket" in inspect(deployed).get_table_names()


def test_migrating_twice_changes_nothing(deployed):
    database.migrate([])
    before = inspect(deployed).get_table_names()
    assert database.migrate([]) == 0 and inspect(deployed).get_table_names() == before


def test_the_demo_company_is_planted_once_and_its_log_ins_are_shown(deployed, migrated, tmp_path, capsys):
    migrated(tmp_path / "fresh.db")  # so that nothing is pending
    assert database.migrate(["--seed"]) == 0
    first = capsys.readouterr().out
    assert database.seed([]) == 0
    assert capsys.readouterr().out == first
    with make_sessions(deployed)() as session:
        names = [staff.username for staff in session.query(Staff)]
    assert sorted(names) == ["admin", "agent", "designer", "engineer", "manager", "marketing"]
    assert all(f"  {name} " in first for name in names)


@pytest.mark.parametrize("verb", [lambda: database.seed([]), lambda: database.migrate(["--seed"])])
def test_a_real_account_never_gets_the_demo_company(deployed, migrated, tmp_path, monkeypatch, capsys, verb):
    migrated(tmp_path / "fresh.db")
    monkeypatch.setenv("WECHAT_API_BASE", "https://api.weixin.qq.com")
    assert verb() == 1
    said = capsys.readouterr()
    assert "WECHAT_API_BASE" in said.err and "staff add" in said.err and demo.PASSWORD not in said.out + said.err
    with make_sessions(deployed)() as session:
        assert session.query(Staff).count() == 0


def test_a_log_in_is_shown_only_while_the_demos_password_opens_it(deployed, migrated, tmp_path, capsys):
    migrated(tmp_path / "fresh.db")
    database.seed([])
    capsys.readouterr()
    with make_sessions(deployed).begin() as session:
        people = {person.username: person for person in session.query(Staff)}
        people["admin"].password_hash = passwords.make_hash("three quiet words")
        people["manager"].active = False
        people["agent"].totp_secret = "JBSWY3DPEHPK3PXP"
        people["engineer"].password_hash = ""
    assert database.seed([]) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines()[1:]] == ["marketing", "designer"]


def test_a_password_with_a_percent_sign_survives_the_ini_format():
    url = "postgresql+psycopg://u:p%40ss@host/name"
    assert database.alembic_config(url).get_main_option("sqlalchemy.url") == url
