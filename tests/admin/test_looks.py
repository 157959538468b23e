"""What staff read on the pages: whole words, names in their language, one fact once, nobody else's matter."""

import datetime as dt

import pytest
from flask import g

from admin import faces, words
from models import Disclosure, Message, Outgoing, Policy, Role
from models.desk import escalations, promises
from models.desk.staff import roles
from models.desk.talk import conversations
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # what a page says does not depend on the database

LINK = '点这里：<a href="https://x.example/p/secret">看单子</a>，谢谢'


def page(person, path: str) -> str:
    return person.get(f"/admin/{path}").get_data(as_text=True)


def test_links_of_ours_show_as_their_words_and_never_their_address(as_role, session, desk, now):
    sent = Outgoing(
        dedupe_key="linked", follower=desk.follower, purpose="staff", sent_text=LINK, state="sent", not_before=now,
        next_try_at=now, created_at=now, ticket=desk.repair,
    )  # fmt: skip
    talk = desk.conversation
    said = Message(
        conversation=talk, direction="out", author="bot", text=LINK, created_at=now, ticket_id=desk.repair.id
    )
    session.add_all([sent, said])
    session.commit()
    person = as_role("agent")
    for path in ("outgoing/", f"repairs/{desk.repair.number}", f"conversations/{talk.id}"):
        shown = page(person, path)
        assert "看单子" in shown and "x.example" not in shown and "&lt;a" not in shown, path


def test_the_language_chosen_at_the_log_in_is_kept(stranger, desk, look):
    stranger.post("/admin/language", lang="en", next="/admin/login")
    stranger.log_in("agent")
    assert '<html lang="en">' in page(stranger, "")
    assert look(lambda session: session.get(type(desk.staff["agent"]), desk.staff["agent"].id)).lang == "en"


def test_names_of_the_house_are_english_until_staff_rename_them(app, session, desk):
    role = session.query(Role).filter_by(name="manager").one()
    policy = session.query(Policy).filter_by(name="repair.on_site").one()
    with app.test_request_context():
        from_house = faces.title_of(role, "role"), faces.title_of(policy, "policy")
    assert from_house == (role.title, policy.title), "Chinese reads what the record says"
    desk.staff["agent"].lang = "en"
    with app.test_request_context():
        g.staff = desk.staff["agent"]
        assert (faces.title_of(role, "role"), faces.title_of(policy, "policy")) == ("Service manager", "On site")
        role.title = "店长"
        assert faces.title_of(role, "role") == "店长"


def test_everything_that_the_house_starts_with_is_named():
    for lang in words.LANGS:
        named = words.catalogue(lang)
        assert {name for name in roles.ROLES if f"role.{name}" not in named} == set()
        assert {name for name, *_ in promises.POLICIES if f"policy.{name}" not in named} == set()
    assert all(words.catalogue("zh")[f"role.{name}"] == title for name, (title, _) in roles.ROLES.items())
    assert all(words.catalogue("zh")[f"policy.{name}"] == title for name, title, *_ in promises.POLICIES)


def test_a_matter_says_where_and_what_and_a_promise_is_no_quotation(as_role, session, desk, now):
    escalations.raise_(session, "promise_missed", desk.repair, words="师傅接单", now=now, cause="9")
    session.commit()
    shown = page(as_role("agent"), "escalations/")
    assert "翡翠城8幢1602" in shown and "没按时：师傅接单" in shown
    assert '<p class="quote">没按时' not in shown


def test_the_story_of_a_case_leaves_other_cases_to_their_own_pages(as_role, session, desk, now):
    other = builders.reported(session, desk.follower, desk.project, now, "门关不严")
    talk = conversations.of(session, desk.follower)
    for text, ticket in (("这单的话", desk.repair.id), ("别单的话", other.id), ("随便聊的", None)):
        session.add(
            Message(conversation=talk, direction="in", author="customer", text=text, created_at=now, ticket_id=ticket)
        )
    session.commit()
    shown = page(as_role("agent"), f"repairs/{desk.repair.number}")
    assert "这单的话" in shown and "随便聊的" in shown and "别单的话" not in shown


def test_a_search_without_result_says_so_and_offers_the_way_back(as_role, desk):
    shown = page(as_role("agent"), "repairs/?view=mine&q=xyz")
    assert "没有找到“xyz”" in shown and "清除筛选" in shown and "没有您负责的" not in shown


def test_home_tells_mine_from_what_colleagues_have(as_role, session, desk, now):
    shown = page(as_role("engineer"), "")
    assert "别人负责" in shown and "归我" not in shown
    assert "归我" in page(as_role("agent"), "")


def test_a_promise_that_is_just_missed_is_not_zero_minutes_late(app, now):
    with app.test_request_context():
        assert faces.due(now - dt.timedelta(seconds=20), now)["words"] == "刚刚超时"


def test_revealed_numbers_name_whose_they_were(as_role, session, desk, now):
    kinds = {"customer": desk.customer.id, "crew": desk.crew.id, "repair": desk.repair.id, "message": 1}
    for kind, number in kinds.items():
        session.add(
            Disclosure(
                at=now, staff=desk.staff["agent"], record_type=kind, record_id=number, field="phone", origin="::1"
            )
        )
    session.commit()
    shown = page(as_role("manager"), "disclosures/")
    assert "陈大明" in shown and "王师傅" in shown and desk.repair.number in shown
