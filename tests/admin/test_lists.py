"""Lists: the next promise first, pages that neither skip nor repeat, and a number of queries that does not grow."""

import datetime as dt
import re
from html import unescape

import pytest
from flask import g
from sqlalchemy import event

from admin import board, callbacks
from models import Callback, Campaign, Customer, Event, Follower, Signup, Slip, SlipRound
from models.desk import escalations, promises
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
        escalations.raise_(session, "promise_missed", desk.repair, words="师傅接单", now=at, cause=f"{number}")
        event = Event(title=f"讲座{number}", starts_at=at, created_at=at)
        campaign = Campaign(name=f"问候{number}", kind="greeting", body="好", audience={}, created_at=at)
        campaign.started_at = at
        session.add_all([campaign, event, Signup(event=event, follower=row, people=2, _state="signed", since=at)])
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
    [
        "", "repairs/", "conversations/", "escalations/", "outgoing/", "promises/", "surveys/", "customers/",
        "projects/", "events/", "campaigns/",
    ],
)  # fmt: skip
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
        ({"after": "d~0001-01-01T00:00:00+14:00~1"}, 1),
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


@pytest.mark.parametrize("page", ["callbacks/?view=open", "callbacks/?view=closed", "slips/?view=open"])
def test_what_is_owed_is_on_some_page_however_much_it_is(page, as_role, session, desk, now):
    for n in range(callbacks.SIZE + 5):
        at, over = now + dt.timedelta(minutes=n // 3), "closed" in page
        call = Callback(
            number=f"HF20261121-{n:04d}", key=f"k{n}", purpose="control_point", due_at=at, asked_at=now,
            _state="done" if over else "open", closed_at=at if over else None,
        )  # fmt: skip
        first = SlipRound(number=1, problem="没修好", opened_at=now)
        session.add_all([call, Slip(number=f"LX20261121-{n:04d}", key=f"k{n}", opened_at=now, rounds=[first])])
    session.commit()
    person, path, found = as_role("manager"), page, []
    while path:
        shown = unescape(person.get(f"/admin/{path}").get_data(as_text=True))
        found += dict.fromkeys(re.findall(r"(?:HF|LX)20261121-\d{4}", shown))
        further = re.search(r'href="/admin/([^"]*after=[^"]*)"', shown)
        path = further[1] if further else ""
    assert len(found) == len(set(found)) == callbacks.SIZE + 5


def test_a_key_that_is_none_is_the_first_page(as_role, desk):
    person = as_role("manager")
    for page in ("conversations/?view=all", "repairs/?view=all", "due/?view=open", "callbacks/?view=open"):
        for key in ("2026-01-01~1", "2026-01-01T00:00:00%2B00:00~99999999999999999999", "d~2026-01-01~1", "~"):
            assert person.get(f"/admin/{page}&after={key}").status_code == 200, (page, key)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_that_a_page_shows_has_its_heading(app, desk, lang):
    desk.staff["agent"].lang = lang
    with app.test_request_context():
        g.staff = desk.staff["agent"]
        for view in app.extensions["desk_views"].values():
            for columns in ("column_list", "column_details_list", "column_export_list"):
                for column in getattr(view, columns, None) or ():
                    assert str(view.column_name(column)), (view.endpoint, column)


def test_a_filter_that_nothing_matches_does_not_say_that_there_is_nothing(as_role, desk):
    other = next(stage for stage in ("building", "in_warranty") if stage != desk.project.stage)
    assert "没有符合的记录" in as_role("manager").get(f"/admin/projects/?stage={other}").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "never"])
def test_a_day_that_no_calendar_has_is_today(day, as_role, desk, now):
    today = as_role("manager").get("/admin/appointments/").text
    assert as_role("manager").get(f"/admin/appointments/?from={day}").text.count("<h2") == today.count("<h2")


def test_a_moment_that_no_clock_has_is_refused_in_words(as_role, desk):
    told = {"until": "0001-01-01T00:00", "words": "下周再来", "version": desk.repair.version}
    answer = as_role("manager").post(f"/admin/repairs/{desk.repair.id}/pause", **told)
    assert answer.status_code == 409 and "errors." not in answer.text
