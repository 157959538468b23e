"""The panel on SQLite and on PostgreSQL: lists open, a case is worked through, pages of the board fit together."""

import datetime as dt

from admin import board
from models import Repair
from models.desk import trust
from tests.admin import builders

VIEWS = (
    "", "repairs/", "repairs/?q=翡翠", "conversations/", "conversations/?view=all", "escalations/", "outgoing/",
    "outgoing/?state=unknown", "promises/?sort=4", "surveys/", "customers/?search=陈", "projects/?search=翡翠城8幢",
    "phases/", "estates/", "crews/?active=yes", "codes/", "texts/", "policies/", "calendar/", "staff/", "roles/",
    "audit/?search=登", "disclosures/", "search?q=陈", "pulse?watch=conversation:1",
)  # fmt: skip


def test_every_list_opens(as_role, desk):
    person = as_role("manager")
    assert {path: person.get(f"/admin/{path}").status_code for path in VIEWS} == dict.fromkeys(VIEWS, 200)


def test_a_case_is_worked_through(as_role, desk, session, look):
    person, path = as_role("manager"), f"/admin/repairs/{desk.repair.id}"
    assert person.get(f"/admin/repairs/{desk.repair.number}").status_code == 200
    for step, facts in (
        ("assign", {"crew": desk.other_crew.id}),
        ("note", {"words": "带角阀"}),
        ("answer", {"words": "师傅下午到"}),
        ("close", {"reason": "客户确认"}),
    ):
        version = look(lambda session: session.get(Repair, desk.repair.id)).version
        assert person.post(f"{path}/{step}", version=version, **facts).status_code == 302, step
    session.expire_all()
    assert trust.verify(session) is None


def test_pages_of_the_board_neither_skip_nor_repeat(session, desk, now):
    for number in range(board.SIZE * 2 + 5):
        at = now - dt.timedelta(minutes=number % 7)  # many share a moment
        repair = builders.reported(session, desk.follower, desk.project, at, f"问题{number}")
        if number % 5 == 0:
            repair.next_due_at = None
    session.flush()
    seen, after = [], ""
    while True:
        page = board.page(session, board.Wish(view="all", after=after), now=now)
        seen += [row.id for row in page.rows]
        if not page.more:
            break
        after = page.more
    assert len(seen) == len(set(seen)) == board.SIZE * 2 + 6
