"""What protects people: tokens, headers, masks, the log of what was revealed, safe files and safe exports."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy import text as text_of

from admin import export
from models import AuditEntry, Customer, Disclosure, Estate
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # nothing here depends on the database

LISTS = [
    "", "repairs/", "repairs/?view=all", "conversations/", "escalations/", "outgoing/", "promises/", "surveys/",
    "customers/", "projects/", "crews/", "codes/", "audit/", "disclosures/", "staff/", "search?q=8000", "search?q=翡翠",
]  # fmt: skip
FULL = re.compile(rf"{builders.PHONE}|{builders.CREW_PHONE}|13700137007")


def text(answer) -> str:
    return answer.get_data(as_text=True)


# --- CSRF


@pytest.mark.parametrize(
    "path",
    [
        "logout",
        "language",
        "account/password",
        "customers/new/",
        "estates/delete/",
        "repairs/1/assign",
        "customers/export/csv/",
    ],
)  # fmt: skip
def test_a_post_without_the_token_does_nothing(as_role, path, look):
    person = as_role("manager")
    before = look(lambda session: len(session.scalars(select(AuditEntry.id)).all()))
    answer = person.client.post(f"/admin/{path}", data={"name": "X", "lang": "en"})
    assert answer.status_code == 400
    assert "页面放太久了" in text(answer)
    assert look(lambda session: len(session.scalars(select(AuditEntry.id)).all())) == before


def test_the_token_of_somebody_else_is_refused(as_role):
    mine, theirs = as_role("manager"), as_role("agent")
    assert mine.client.post("/admin/logout", data={"csrf_token": theirs.token()}).status_code == 400


# --- headers and scripts


def every_page(person, desk):
    yield from (person.get(f"/admin/{path}") for path in LISTS)
    yield person.get(f"/admin/repairs/{desk.repair.number}")
    yield person.get(f"/admin/conversations/{desk.conversation.id}")
    for view in ("customers", "projects", "crews", "codes", "outgoing", "staff", "roles"):
        yield person.get(f"/admin/{view}/details/?id=1")
    yield person.get("/admin/customers/edit/?id=1")
    yield person.get("/admin/account/")
    yield person.get("/admin/texts/")
    yield person.get("/admin/nowhere")


def test_no_page_carries_script_or_style_in_its_markup(as_role, desk):
    for answer in every_page(as_role("manager"), desk):
        page = text(answer)
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", page), answer.request.path
        assert "javascript:" not in page
        assert not re.search(r"<[^>]+\sstyle\s*=|<style", page), answer.request.path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page), "everything is served from here"


def test_every_answer_carries_the_policy_and_its_own_nonce(as_role, desk):
    person, nonces = as_role("manager"), set()
    for answer in every_page(person, desk):
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)[1]
        assert "unsafe" not in policy
        assert f'nonce="{nonce}"' in text(answer)
        nonces.add(nonce)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(nonces) > 20


# --- masks


@pytest.mark.parametrize("role", ["admin", "manager", "agent", "engineer"])
def test_no_page_prints_a_phone_in_full(role, as_role, desk):
    for answer in every_page(as_role(role), desk):
        assert not FULL.search(text(answer)), answer.request.path


def test_the_masked_number_is_shown(as_role, desk):
    assert "138****8000" in text(as_role("agent").get(f"/admin/repairs/{desk.repair.number}"))


def test_revealing_gives_the_number_and_leaves_its_trace_first(as_role, desk, look):
    answer = as_role("agent").post(f"/admin/reveal/customer/{desk.customer.id}/phone")
    assert answer.json == {"value": builders.PHONE, "seconds": 30}
    row = look(lambda session: session.scalars(select(Disclosure)).one())
    assert (row.record_type, row.record_id, row.field) == ("customer", desk.customer.id, "phone")


@pytest.mark.parametrize("path", ["customer/999/phone", "customer/1/note", "staff/1/password_hash", "repair/1/state"])
def test_only_what_is_masked_can_be_revealed(as_role, path):
    assert as_role("manager").post(f"/admin/reveal/{path}").status_code == 404


def test_revealing_needs_a_post(as_role, desk, look):
    assert as_role("agent").get(f"/admin/reveal/customer/{desk.customer.id}/phone").status_code == 405
    assert look(lambda session: session.scalars(select(Disclosure)).all()) == []


@pytest.mark.parametrize("number", ["138－0013－8111", "１３８００１３８２２２", "0571-88886666", "138.0013.8000"])
def test_a_strangers_number_in_a_conversation_is_revealed_on_record_only(number, as_role, session, desk, look, now):
    message = builders.heard(session, desk.follower, f"厨房漏水，电话{number}", now)
    session.commit()
    agent = as_role("agent")
    page = text(agent.get(f"/admin/conversations/{desk.conversation.id}"))
    assert number not in page and "厨房漏水，电话" in page
    assert f"/admin/reveal/message/{message.id}/text" in page
    assert number in agent.post(f"/admin/reveal/message/{message.id}/text").json["value"]
    assert look(lambda session: session.scalars(select(Disclosure.record_id)).all()) == [message.id]


def test_a_number_in_a_note_is_masked_where_the_note_is_edited_and_stays(as_role, session, desk, look):
    desk.customer.note = f"邻居老李 {builders.PHONE}，怕狗"
    session.commit()
    agent, path = as_role("agent"), f"/admin/customers/edit/?id={desk.customer.id}"
    page = text(agent.get(path))
    assert "邻居老李 138****8000，怕狗" in page and not FULL.search(page)
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)[1]
    told = {"name": "陈大明", "form": "先生", "stage": "in_warranty", "seen": seen}
    assert agent.post(path, **told, note="邻居老李 138****8000，不怕狗了").status_code == 302
    stored = look(lambda session: session.get(Customer, desk.customer.id).note)
    assert stored == f"邻居老李 {builders.PHONE}，不怕狗了"


def test_a_phone_is_not_found_by_guessing_pieces(as_role):
    person = as_role("manager")
    assert "陈大明" in text(person.get("/admin/customers/?search=8000"))
    assert "陈大明" in text(person.get(f"/admin/customers/?search={builders.PHONE}", follow_redirects=True))
    for piece in ("138", "1380013", "800"):
        assert "陈大明" not in text(person.get(f"/admin/customers/?search={piece}"))


def test_what_customers_type_is_shown_as_text(as_role, session, desk, now):
    builders.heard(session, desk.follower, "<script>alert(1)</script>{{ 7*7 }}", now)
    session.commit()
    page = text(as_role("agent").get(f"/admin/conversations/{desk.conversation.id}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


# --- exports


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_a_cell_never_starts_a_formula(value):
    assert export.cell(value).startswith("'")


def test_a_list_leaves_as_csv_that_excel_reads(as_role, session, desk, look):
    session.add(Customer(name='=HYPERLINK("http://evil")', phone="13600136000", created_at=desk.customer.created_at))
    session.commit()
    answer = as_role("manager").post("/admin/customers/export/csv/")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    page = answer.data.decode("utf-8-sig")
    assert "'=HYPERLINK" in page
    assert "陈大明" in page
    assert "138****8000" in page
    assert not FULL.search(page)
    entry = look(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    assert (entry.action, entry.record_type, entry.after["rows"]) == ("export", "customers", 2)


def test_a_list_leaves_as_a_workbook_without_formulas(as_role, session, desk):
    session.add(Customer(name="=1+1", phone="", created_at=desk.customer.created_at))
    session.commit()
    answer = as_role("manager").post("/admin/customers/export/xlsx/")
    cells = [cell for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows() for cell in row]
    assert "'=1+1" in {cell.value for cell in cells}
    assert not any(cell.data_type == "f" for cell in cells)


def test_an_export_holds_what_the_filter_shows(as_role, session, desk):
    session.add(Customer(name="李未来", stage="potential", created_at=desk.customer.created_at))
    session.commit()
    page = as_role("manager").post("/admin/customers/export/csv/?stage=potential").data.decode("utf-8-sig")
    assert "李未来" in page
    assert "陈大明" not in page


def test_the_audit_log_never_holds_a_phone_or_a_password(as_role, look):
    person = as_role("admin")
    person.post(
        "/admin/staff/new/",
        name="新人", username="newone", phone="13500135000", role="2", active="y", password="a fresh password",
    )  # fmt: skip
    entry = look(lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "create")).one())
    assert entry.after["phone"] == "135****5000"
    assert entry.after["password_hash"] == "•••"
    assert "argon2" not in str(entry.after)


def test_an_estate_in_use_is_not_deleted(as_role, desk, look):
    estate = desk.project.estate_id
    answer = as_role("manager").post("/admin/estates/delete/", id=estate, url="/admin/estates/")
    assert answer.status_code == 302
    assert look(lambda session: session.get(Estate, estate)) is not None


def test_a_bug_is_a_sentence_without_its_trace(as_role, session):
    person = as_role("manager")
    session.execute(text_of("DROP TABLE survey"))
    session.commit()
    answer = person.get("/admin/surveys/")
    assert answer.status_code == 500
    assert "出了点问题" in text(answer)
    assert "survey" not in text(answer).lower().replace("/admin/surveys/", "")


@pytest.mark.parametrize("role", ["admin", "finance", "marketing"])
def test_who_reads_no_conversations_reads_no_words_of_customers(role, as_role, desk):
    person = as_role(role)
    for path in ("", "escalations/", "outgoing/", "search?q=陈", f"outgoing/details/?id={desk.lost.id}"):
        page = text(person.get(f"/admin/{path}"))
        assert "还在滴水" not in page
        assert "水槽漏水" not in page
        assert "师傅电话" not in page


def test_a_form_that_is_too_large_is_a_sentence(as_role):
    answer = as_role("agent").post("/admin/tags/new/", name="长" * 1_000_000)
    assert answer.status_code == 413 and "太大" in text(answer)
