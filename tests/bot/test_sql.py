"""The hot statements name only what the models have, and say the same on both databases."""

import datetime as dt
import re

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.inbox import sql
from bot.inbox.sql import POSTGRESQL_ONLY, STATEMENTS, for_driver
from models.base import Base
from models.talk import Inbound
from models.work import OPEN_STATES


def columns_of(statement: str) -> tuple[str, list[str]]:
    found = re.search(r"INSERT INTO (\w+) \(([^)]*)\)", statement)
    assert found
    return found[1], [name.strip() for name in found[2].split(",")]


@pytest.mark.parametrize("name", [name for name in STATEMENTS if "INSERT" in getattr(sql, name)])
def test_an_insert_names_every_column_that_needs_a_value(name: str) -> None:
    table, named = columns_of(getattr(sql, name))
    columns = Base.metadata.tables[table].columns
    assert set(named) <= set(columns.keys())
    needed = {c.name for c in columns if not c.nullable and not (c.primary_key and table != "dialog")}
    assert needed <= set(named)


@pytest.mark.parametrize("name", STATEMENTS + POSTGRESQL_ONLY)
def test_every_statement_is_accepted_by_the_database(name: str, engine: Engine) -> None:
    statements = for_driver(engine)
    if name in POSTGRESQL_ONLY and not statements.postgresql:
        assert name not in statements.sql
        return
    sql = statements.sql[name]
    explain = "EXPLAIN " + sql
    names = set(re.findall(r"%\((\w+)\)s", sql) or re.findall(r"(?<!:):([a-z_]+)", sql))
    now = statements.moment(dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    kinds = {
        "now": now,
        "reply_until": now,
        "burst_until": now,
        "flood_since": now,
        "follow_said_at": now,
        "fields": "{}",
        "subscribed": True,
    }
    integers = {
        "id",
        "turn",
        "inbound_id",
        "message_id",
        "conversation_id",
        "unread",
        "reply_left",
        "burst_left",
        "flood_count",
    }
    values = {n: kinds.get(n, 1 if n in integers else "x") for n in names}
    with engine.connect() as connection, connection.begin():
        connection.connection.cursor().execute(explain, values)


def test_the_board_of_open_cases_is_the_models_own_idea_of_open() -> None:
    closed = re.search(r"t\.state NOT IN \(([^)]*)\)", sql.LOAD)
    assert closed
    told = set(re.findall(r"'(\w+)'", closed[1]))
    assert OPEN_STATES.isdisjoint(told) and told == {"done", "closed", "cancelled"}


def test_a_moment_goes_in_and_comes_back_the_same(session: Session, engine: Engine, now: dt.datetime) -> None:
    statements = for_driver(engine)
    cursor = session.connection().connection.cursor()
    row = {"dedupe_key": "k", "openid": "o", "kind": "text", "event": "", "fields": '{"a": ["厨房", 1]}', "reply": None}
    cursor.execute(statements.sql["KEEP"], row | {"state": "kept", "now": statements.moment(now)})
    stored = session.get_one(Inbound, cursor.fetchone()[0])
    assert (stored.received_at, stored.fields) == (now, {"a": ["厨房", 1]})
    assert statements.heard_moment(now.isoformat()) == now
