"""Lists over thousands of messages: by key, by index, never by a walk through the whole table."""

import datetime as dt
import re

import pytest
from sqlalchemy import event, insert, select, text

from models import Inbound, Message, Outgoing, Ticket
from models.outbound import OUTGOING_STATES

pytestmark = pytest.mark.sqlite_only  # PostgreSQL has the same indexes; its plans depend on statistics

MANY = 5000
#: What they are about; messages that were all about nothing would make every index look useless.
CASES = 250
#: Tables that grow with every message.
#: A partial index over the few rows that could not be read: to walk through it is to walk through those.
SHORT = "ix_inbound_unreadable"
LONG = ("outgoing", "message", "inbound")


@pytest.fixture
def crowd(session, desk, now):
    """5,000 messages out and in, nearly all of them sent; the other states are few, as in life."""
    states = [name for name in OUTGOING_STATES if name != "sent"]
    case = {"kind": "ticket", "state": "open", "opened_at": now, "follower_id": desk.follower.id}
    cases = [case | {"number": f"ZX{n}"} for n in range(CASES)]
    session.execute(insert(Ticket.__table__), cases)
    known = session.scalars(select(Ticket.id).where(Ticket.kind == "ticket")).all()
    rows = [
        {
            "dedupe_key": f"k{n}", "follower_id": desk.follower.id, "purpose": "service", "body": f"第{n}条",
            "state": states[n // 700 % len(states)] if n % 700 == 0 else "sent", "not_before": now, "next_try_at": now,
            "created_at": now, "settled_at": now, "claimed_at": now, "ticket_id": known[n % CASES],
        }
        for n in range(MANY)
    ]  # fmt: skip
    session.execute(insert(Outgoing), rows)
    said = {"conversation_id": desk.conversation.id, "direction": "in", "author": "customer", "kind": "text"}
    session.execute(insert(Message), [said | {"text": f"话{n}", "created_at": now} for n in range(MANY)])
    heard = {"kind": "text", "received_at": now}
    session.execute(insert(Inbound), [heard | {"dedupe_key": f"m{n}"} for n in range(MANY)])
    session.execute(text("ANALYZE"))
    session.commit()


def plans(engine, ask) -> list[str]:
    """What SQLite does for every statement of one request that reads a long table."""
    seen = []
    listener = lambda *args: seen.append((args[2], args[3]))  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    found = []
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        for statement, facts in seen:
            if statement.startswith("SELECT") and any(f"FROM {name}" in statement for name in LONG):
                found += [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", facts)]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "", "pulse", "outgoing/", "outgoing/?after=3000", "outgoing/?search=BX20261121-0001", "outgoing/?search=陈大",
        *(f"outgoing/?state={name}" for name in ("stuck", *OUTGOING_STATES) if name != "sent"),
        "inbound/", "conversations/{talk}", "conversations/{talk}?before=2500", "repairs/{number}",
    ],
)  # fmt: skip
def test_no_list_walks_through_a_long_table(path, as_role, engine, crowd, desk):
    person = as_role("manager")
    address = f"/admin/{path.format(talk=desk.conversation.id, number=desk.repair.number)}"
    steps = plans(engine, lambda: person.get(address))
    assert steps, "the search itself must work"
    walks = [step for step in steps if re.match(rf"SCAN ({'|'.join(LONG)})\b", step) and SHORT not in step]
    assert not walks


def pages(person, path: str) -> list[int]:
    """The rows of all pages of a list, following its link to older ones."""
    found = []
    while path:
        page = person.get(path).get_data(as_text=True)
        found += [int(number) for number in re.findall(r'data-href="[^"]*id=(\d+)', page)]
        older = re.search(r'href="([^"]*after=\d+[^"]*)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    return found


def test_pages_by_key_neither_skip_nor_repeat_and_keep_the_filter(as_role, session, desk, now):
    rows = [
        {
            "dedupe_key": f"k{n}", "follower_id": desk.follower.id, "purpose": "service", "not_before": now,
            "next_try_at": now, "created_at": now, "state": "held" if n % 2 else "sent",
        }
        for n in range(140)
    ]  # fmt: skip
    session.execute(insert(Outgoing), rows)
    session.commit()
    person = as_role("manager")
    everything = pages(person, "/admin/outgoing/")
    assert everything == sorted(set(everything), reverse=True) and len(everything) >= 141
    assert len(pages(person, "/admin/outgoing/?state=held")) == 70


@pytest.fixture
def in_short_stretches(app):
    """The list of messages looks through a thousand at a time."""
    view = app.extensions["desk_views"]["outgoing"]
    usual, view.reach = view.reach, 1000
    yield
    view.reach = usual


def test_a_rare_purpose_is_looked_for_stretch_by_stretch(as_role, session, crowd, desk, in_short_stretches):
    first = session.query(Outgoing).filter_by(dedupe_key="k0").one()
    first.purpose = "marketing"
    session.commit()
    person = as_role("manager")
    page = person.get("/admin/outgoing/?purpose=marketing").get_data(as_text=True)
    assert "最近 1000 条里没有" in page and "继续往前找" in page
    assert pages(person, "/admin/outgoing/?purpose=marketing") == [first.id]


def test_home_and_rail_count_what_needs_a_look_however_many_came_since(as_role, session, crowd, desk, now):
    for number, (state, settled) in enumerate(
        [("unknown", now - dt.timedelta(days=40)), ("refused", now), ("refused", now - dt.timedelta(days=4))]
    ):
        row = session.query(Outgoing).filter_by(dedupe_key=f"k{number * 7 + 1}").one()
        row.state, row.reason, row.settled_at = state, "no_answer", settled
    session.flush()
    count = sum(
        row.state == "unknown" or (row.state == "refused" and row.settled_at >= now - dt.timedelta(days=3))
        for row in session.query(Outgoing)
    )
    session.commit()
    assert as_role("manager").get("/admin/pulse").json["badges"]["outgoing"] == count >= 3
