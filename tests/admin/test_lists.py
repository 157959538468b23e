"""Lists: the next promise first, pages that neither skip nor repeat, and a number of queries that does not grow."""

import datetime as dt

import pytest
from flask import g
from sqlalchemy import event

from admin import board
from models import Customer, Follower
from models.desk import promises
from models.desk.talk import conversations
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # keyset paging on both databases is in test_both.py


def more_of_everything(session, desk, now, count):
    for number in range(count):
        at = now - dt.timedelta(minutes=number)
        customer = Customer(name=f"客户{number}", phone=f"136{number:08d}", created_at=at)
        session.add(customer)
        row = builders.follower(session, customer, at, openid=f"o{number}")
        builders.heard(session, row, "您好", at)
        builders.reported(session, row, desk.project, at, f"问题{number}")
        conversations.hand_over(session, conversations.of(session, row), reason="asked", words="人工", now=at)
    session.commit()


def queries(engine, ask) -> int:
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    return len(seen)


@pytest.mark.parametrize(
    "path",
    ["", "repairs/", "conversations/", "escalations/", "outgoing/", "promises/", "surveys/", "customers/", "projects/"],
)
def test_a_list_costs_the_same_however_long_it_is(path, as_role, engine, session, desk, now):
    person = as_role("manager")
    person.get(f"/admin/{path}")  # the first request warms what is cached for good
    short = queries(engine, lambda: person.get(f"/admin/{path}"))
    more_of_everything(session, desk, now, 12)
    assert queries(engine, lambda: person.get(f"/admin/{path}")) <= short + 1
    assert short < 25


def test_the_pulse_is_cheap(as_role, engine, desk):
    person = as_role("manager")
    assert queries(engine, lambda: person.get(f"/admin/pulse?watch=repair:{desk.repair.id}")) <= 10


def test_the_pulse_moves_when_something_new_appears(as_role, session, desk, now):
    person = as_role("agent")
    before = person.get("/admin/pulse").json
    assert person.get("/admin/pulse").json == before
    builders.heard(session, desk.follower, "还在吗", now)
    session.commit()
    assert person.get("/admin/pulse").json["stamp"] != before["stamp"]


def test_the_most_pressing_case_stands_first(session, desk, now):
    row = builders.follower(session, Customer(name="急", created_at=now), now, openid="oUrgent")
    urgent = builders.reported(session, row, desk.project, now - dt.timedelta(hours=3), "爆管")
    urgent.urgent = True
    settled = builders.reported(session, row, desk.project, now, "结了")
    for promise in promises.owed(session, settled):
        promises.drop(session, promise, now=now)
    session.commit()
    rows = board.page(session, board.Wish(), now=now).rows
    assert [found.id for found in rows] == [urgent.id, desk.repair.id, settled.id]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"view": "late"}, 0),
        ({"view": "near"}, 1),
        ({"view": "unassigned"}, 0),
        ({"state": "assigned"}, 1),
        ({"state": "closed"}, 0),
        ({"urgent": True}, 0),
        ({"search": "翡翠城8幢"}, 1),
        ({"search": "陈大"}, 1),
        ({"search": "8000"}, 1),
        ({"search": "138"}, 0),
        ({"search": "%"}, 0),
        ({"after": "nonsense"}, 1),
    ],
)
def test_filters_find_what_they_say(wish, found, session, desk, now):
    assert len(board.page(session, board.Wish(**wish), now=now).rows) == found


def test_a_follower_without_a_name_does_not_break_the_inbox(as_role, session, desk, now):
    row = Follower(openid="oNobody1234", created_at=now)
    session.add(row)
    builders.heard(session, row, "在吗", now)
    session.commit()
    assert "微信用户…1234" in as_role("agent").get("/admin/conversations/?view=all").get_data(as_text=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_that_a_page_shows_has_its_heading(app, desk, lang):
    desk.staff["agent"].lang = lang
    with app.test_request_context():
        g.staff = desk.staff["agent"]
        for view in app.extensions["desk_views"].values():
            for columns in ("column_list", "column_details_list", "column_export_list"):
                for column in getattr(view, columns, None) or ():
                    assert str(view.column_name(column)), (view.endpoint, column)
