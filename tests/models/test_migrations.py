"""Migrations: up to the newest gives exactly the models' tables, and down again leaves nothing behind."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from models import Role
from models.base import Base
from models.db import make_sessions
from models.desk.demo import company as demo
from ops.database import alembic_config, pending


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """The test's database without its tables."""
    Base.metadata.drop_all(engine)
    return engine


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_upgrading_gives_the_tables_of_the_models(empty: Engine) -> None:
    assert pending(empty)
    command.upgrade(alembic_config(url_of(empty)), "head")
    assert pending(empty) == []
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    migrated = triggers(empty)
    assert len(migrated) >= 4 and migrated == triggers_of_the_models(empty)


def triggers(engine: Engine) -> dict[str, str]:
    """What the database does by itself: trigger -> its words, blanks aside."""
    known = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        found = connection.execute(text(known[engine.dialect.name])).all()
    return {name: " ".join(words.split()) for name, words in found}


def triggers_of_the_models(engine: Engine) -> dict[str, str]:
    """The same in a database that the models made; the tables of the migrations are gone afterwards."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    return triggers(engine)


def test_downgrading_leaves_no_table(empty: Engine) -> None:
    command.upgrade(alembic_config(url_of(empty)), "head")
    command.downgrade(alembic_config(url_of(empty)), "base")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}


def test_a_house_in_full_swing_goes_all_the_way_down(empty: Engine, now) -> None:
    command.upgrade(alembic_config(url_of(empty)), "head")
    with make_sessions(empty).begin() as session:
        demo.plant(session, now)
    command.downgrade(alembic_config(url_of(empty)), "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}


def permissions(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return dict(connection.execute(select(Role.name, Role.permissions)).all())


def test_codes_and_roles_survive_the_second_migration_both_ways(empty: Engine) -> None:
    config = alembic_config(url_of(empty))
    command.upgrade(config, "0001")
    code = "INSERT INTO binding_code (code, expires_at, created_at) VALUES ('123456', :at, :at)"
    with empty.begin() as connection:
        connection.execute(text(code), {"at": "2026-11-21 10:00:00+00:00"})
        role = "INSERT INTO role (name, title, permissions) VALUES (:name, :name, :can)"
        connection.execute(text(role), [{"name": name, "can": '["audit.see"]'} for name in ("manager", "agent")])
    command.upgrade(config, "0002")
    assert permissions(empty) == {"manager": ["audit.see", "inbound.see"], "agent": ["audit.see"]}
    with empty.connect() as connection:
        assert connection.execute(text("SELECT code, qr_url, qr_asked_at FROM binding_code")).one() == (
            "123456", "", None,
        )  # fmt: skip
    command.downgrade(config, "0001")
    assert permissions(empty) == {"manager": ["audit.see"], "agent": ["audit.see"]}
    with empty.connect() as connection:
        assert connection.execute(text("SELECT code FROM binding_code")).scalar_one() == "123456"
        assert "qr_url" not in {column["name"] for column in inspect(connection).get_columns("binding_code")}


def test_a_case_with_its_story_survives_the_rebuilding_of_its_table(empty: Engine) -> None:
    config, at = alembic_config(url_of(empty)), "2026-11-21 10:00:00+00:00"
    command.upgrade(config, "0002")
    case = (
        "INSERT INTO ticket (number, kind, state, house_text, contact_name, contact_phone, opened_at, close_reason,"
        " version) VALUES (:number, :kind, :state, '', '', '', :at, '', 1)"
    )
    step = (
        "INSERT INTO ticket_event (ticket_id, at, name, actor_kind, actor_name, from_state, to_state, reason, data)"
        " SELECT id, :at, 'reported', 'system', '', '', '', '', '{}' FROM ticket"
    )
    with empty.begin() as connection:
        connection.execute(text(case), {"number": "BX1", "kind": "repair", "state": "reported", "at": at})
        connection.execute(text(step), {"at": at})
    command.upgrade(config, "0003")
    with empty.begin() as connection:
        assert connection.execute(text("SELECT number FROM ticket JOIN ticket_event ON ticket_id = ticket.id")).scalar()
        connection.execute(text(case), {"number": "TS1", "kind": "complaint", "state": "upheld", "at": at})
    command.downgrade(config, "0002")
    with empty.connect() as connection:
        assert connection.execute(text("SELECT number FROM ticket")).scalars().all() == ["BX1"]


def around(config: Config, name: str) -> tuple[str, str]:
    """The revisions before and after the migration of this name."""
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    found = next(script for script in scripts if name in script.path)
    return str(found.down_revision), found.revision


def test_codes_that_the_platform_made_go_over_to_the_new_table_and_back(empty: Engine) -> None:
    config, at = alembic_config(url_of(empty)), "2026-11-21 10:00:00+00:00"
    before, after = around(config, "codes_of_the_platform")
    command.upgrade(config, before)
    code = (
        "INSERT INTO binding_code (code, expires_at, created_at, qr_url, qr_asked_at, label)"
        " VALUES (:code, :at, :at, :url, :asked, '')"
    )
    rows = [
        {"code": "111111", "url": "http://weixin.qq.com/q/1", "asked": None, "at": at},
        {"code": "222222", "url": "", "asked": at, "at": at},
        {"code": "333333", "url": "", "asked": None, "at": at},
    ]
    with empty.begin() as connection:
        connection.execute(text(code), rows)
    command.upgrade(config, after)
    with empty.connect() as connection:
        found = connection.execute(text("SELECT scene, state, url FROM qr_code ORDER BY scene")).all()
    assert found == [("bind_111111", "made", "http://weixin.qq.com/q/1"), ("bind_222222", "wanted", "")]
    command.downgrade(config, before)
    with empty.connect() as connection:
        back = connection.execute(text("SELECT qr_url, qr_asked_at IS NULL FROM binding_code ORDER BY code")).all()
    assert [tuple(row) for row in back] == [("http://weixin.qq.com/q/1", True), ("", False), ("", True)]
