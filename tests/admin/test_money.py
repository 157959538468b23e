"""Warranty and quotes in the panel: rules within the law, verdicts with evidence, quotes written, sent and answered."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from models import AuditEntry, Outgoing, Quote, RepairWarranty, WarrantyTerm
from models.actors import By
from models.desk.repair import quotes, warranty
from models.desk.repair.quotes import Line

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def old(session, desk, now):
    """The house was finished long ago, and the repair is judged."""
    warranty.plant(session)
    desk.project.completed_on = dt.date(2019, 8, 15)
    desk.repair.project = desk.project
    warranty.judge_repair(session, desk.repair, now=now)
    session.commit()
    return desk


def sent(session, desk, now) -> int:
    by = By("crew", desk.crew.id, "王师傅")
    quote = quotes.make(session, desk.repair, [Line("换角阀", 128000, unit="个")], by=by, now=now)
    quotes.send(session, quote, by=by, now=now)
    session.commit()
    return quote.id


def form(*rows: tuple[str, ...], do: str = "send", note: str = "") -> dict:
    names = ("name", "quantity", "unit", "price")
    return {name: [row[n] for row in rows] for n, name in enumerate(names)} | {"do": do, "note": note}


def test_the_case_shows_verdict_and_quote_in_words(as_role, old, session, now):
    sent(session, old, now)
    page = text(as_role("agent").get(f"/admin/repairs/{old.repair.number}"))
    for words in ("过保", "水路保5年", "1,280元", "等客户答复", "记电话答复", "做新的一版"):
        assert words in page
    assert "改判" not in page, "an agent does not judge"


def test_a_rule_is_kept_within_the_law(as_role, old, look):
    person = as_role("manager")
    page = text(person.get("/admin/warranties/"))
    assert "防水保5年" in page and "公司通用" in page and "5年" in page
    short = person.post("/admin/warranties/new/", rule="五金保1年", category="五金", months="12", active="y")
    assert "不能比法定的短" in text(short)
    person.post("/admin/warranties/new/", rule="五金保3年", category="五金", months="36", places="", active="y")
    made = look(lambda session: session.scalars(select(WarrantyTerm).where(WarrantyTerm.category == "五金")).one())
    assert (made.months, made.places, made.legal) == (36, [], False)
    law = look(lambda session: session.scalars(select(WarrantyTerm).where(WarrantyTerm.category == "防水")).one())
    person.post("/admin/warranties/delete/", id=law.id)
    assert look(lambda session: session.get(WarrantyTerm, law.id)) is not None


def test_a_rule_is_seen_in_both_languages_before_it_is_saved(as_role, old, look):
    person, told = as_role("manager"), {"rule": "五金保3年", "category": "五金", "months": "36"}
    words = person.post("/admin/warranties/preview", **told).get_json()["words"]
    assert "五金保3年，保到" in words and "3 years on hardware: covered until" in words
    words = person.post("/admin/warranties/preview", **told, rule_en="3 years on handles").get_json()["words"]
    assert "3 years on handles: covered until" in words
    assert "problem" in person.post("/admin/warranties/preview", **(told | {"months": "0"})).get_json()
    person.post("/admin/warranties/new/", **told, rule_en="  ", active="y")
    made = look(lambda session: session.scalars(select(WarrantyTerm).where(WarrantyTerm.category == "五金")).one())
    assert made.rule_en is None and made.english == "3 years on hardware"


def test_a_verdict_needs_its_evidence_and_stands_in_the_log(as_role, old, look):
    person, path = as_role("engineer"), f"/admin/warranties/decide/{old.repair.id}"
    assert person.post(path, verdict="excluded", reason="自己改的", exclusion="altered").status_code == 409
    answer = person.post(path, verdict="excluded", reason="自己改的", exclusion="altered", evidence="后接的软管")
    assert answer.status_code == 302
    row = look(lambda session: session.get(RepairWarranty, old.repair.id))
    assert (row.verdict, row.exclusion, row.by_name) == ("excluded", "altered", "赵工")
    deed = look(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    assert (deed.action, deed.before, deed.after["verdict"]) == ("repair.warranty", {"verdict": "out"}, "excluded")
    assert "自行改动或他人施工" in text(person.get(f"/admin/repairs/{old.repair.number}"))


def test_a_quote_is_written_sent_and_answered_by_phone(as_role, old, look):
    person, path = as_role("agent"), f"/admin/quotes/write/{old.repair.number}"
    assert "给 " in text(person.get(path))
    drafted = person.post(path, **form(("换角阀", "2", "个", "80"), ("", "", "", ""), do="draft", note="含拆旧"))
    assert drafted.status_code == 302
    quote = look(lambda session: session.scalars(select(Quote)).one())
    assert (quote.state, quote.total, quote.note) == ("draft", 16000, "含拆旧")
    assert "发给客户" in text(person.get(f"/admin/repairs/{old.repair.number}"))
    assert person.post(f"/admin/quotes/{quote.id}/send").status_code == 302
    told = look(lambda session: session.scalars(select(Outgoing).where(Outgoing.text_key == "quote.offer")).all())
    assert len(told) == 1
    assert person.post(f"/admin/quotes/{quote.id}/answer", decision="agreed", words="").status_code == 409
    person.post(f"/admin/quotes/{quote.id}/answer", decision="agreed", words="同意，明天来", who="陈先生")
    quote = look(lambda session: session.get(Quote, quote.id))
    assert (quote.state, quote.answered_by_way, quote.answered_by_name, quote.answer) == (
        "agreed", "phone", "陈先生", "同意，明天来",
    )  # fmt: skip
    assert "陈先生 电话答复" in text(person.get(f"/admin/repairs/{old.repair.number}"))


def test_what_is_no_quote_is_shown_again_with_all_that_was_typed(as_role, old, look):
    person, path = as_role("agent"), f"/admin/quotes/write/{old.repair.number}"
    answer = person.post(path, **form(("换角阀", "2", "个", ""), ("人工", "1", "次", "120"), note="含拆旧"))
    page = text(answer)
    assert answer.status_code == 422 and "第 1 项" in page
    assert all(f'value="{cell}"' in page for cell in ("换角阀", "个", "人工", "120")) and "含拆旧" in page
    assert look(lambda session: session.scalars(select(Quote)).all()) == []


def test_a_covered_repair_refuses_a_quote_in_words(as_role, old, session, look, now):
    old.project.completed_on = now.date()
    warranty.judge_repair(session, old.repair, now=now)
    session.commit()
    answer = as_role("agent").post(f"/admin/quotes/write/{old.repair.number}", **form(("换角阀", "1", "个", "80")))
    assert answer.status_code == 409 and "在保修期" in text(answer)


def test_the_list_goes_by_state_and_due_moment(as_role, old, session, now):
    sent(session, old, now)
    person = as_role("finance")
    page = text(person.get("/admin/quotes/?state=sent"))
    print(re.sub(r"\s+", " ", page[page.index("<main") :])[:3000])
    assert "1,280元" in page and old.repair.number in page and "剩" in page
    assert 'href="/admin/repairs/' not in page, "finance opens no cases"
    assert "1,280元" not in text(person.get("/admin/quotes/?state=refused"))
    assert "1,280元" in text(person.get(f"/admin/quotes/?search={old.repair.number}"))
    link = re.search(r"/admin/quotes/details/\?id=\d+", page)[0]
    assert "换角阀" in text(person.get(link))


def test_in_english(as_role, old, session, now):
    sent(session, old, now)
    person = as_role("agent")
    person.post("/admin/language", lang="en", next="/admin/")
    page = text(person.get(f"/admin/repairs/{old.repair.number}"))
    assert "¥1,280" in page and "Waits for an answer" in page and "Expired" in page
