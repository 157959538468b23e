"""Warranty: the pure judgement by table, what a repair is told, and what only a person may say."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attachment, Escalation, WarrantyTerm
from models.desk.repair import repairs, warranty
from models.desk.repair.warranty import DEFAULTS, BelowTheLaw, Ruling
from models.errors import DomainError, Missing
from models.warranty import WORK, Term, judge, months_after, said_plainly, term_for
from templates import EXAMPLE_NOW, Texts
from templates.terms import table
from tests.models.builders import House, house, repair

COMPANY = [Term(category, months, rule, tuple(places), legal) for category, places, months, rule, legal in DEFAULTS]
DONE = dt.date(2023, 6, 15)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


@pytest.mark.parametrize(
    ("category", "where", "day", "verdict", "rule", "until"),
    [
        ("防水", "卫生间墙角", dt.date(2028, 6, 15), "in", "防水保5年", dt.date(2028, 6, 15)),
        ("防水", "卫生间墙角", dt.date(2028, 6, 16), "out", "防水保5年", dt.date(2028, 6, 15)),
        ("防水", "阳台", dt.date(2026, 1, 1), "out", "一般项目保2年", dt.date(2025, 6, 15)),
        # Nobody said where: kitchen and bathroom are covered, a balcony is not.
        ("防水", "", dt.date(2026, 1, 1), "unknown", "", None),
        ("防水", "", dt.date(2024, 1, 1), "in", "一般项目保2年", dt.date(2025, 6, 15)),
        ("水", "厨房水槽", dt.date(2026, 1, 1), "in", "水路保5年", dt.date(2028, 6, 15)),
        ("木作", "主卧", dt.date(2026, 6, 15), "in", "木作保3年", dt.date(2026, 6, 15)),
        ("墙面", "客厅", dt.date(2026, 1, 1), "out", "一般项目保2年", dt.date(2025, 6, 15)),
        # Nobody could say what it is: it may be under the longest rule.
        ("其他", "厨房", dt.date(2026, 1, 1), "unknown", "", None),
        ("其他", "厨房", dt.date(2024, 1, 1), "in", "一般项目保2年", dt.date(2025, 6, 15)),
        ("其他", "厨房", dt.date(2029, 1, 1), "out", "一般项目保2年", dt.date(2025, 6, 15)),
        ("墙面", "客厅", dt.date(2023, 6, 14), "unknown", "", None),
    ],
)
def test_the_rules_of_the_house(category, where, day, verdict, rule, until) -> None:
    found = judge(COMPANY, category, where, DONE, day)
    assert (found.verdict, found.rule, found.until) == (verdict, rule, until)


def test_without_a_day_of_completion_nothing_is_claimed() -> None:
    assert judge(COMPANY, "水", "厨房", None, dt.date(2026, 1, 1)).verdict == "unknown"
    assert judge([], "水", "厨房", DONE, dt.date(2026, 1, 1)).verdict == "unknown"


def test_a_contract_gives_more_but_never_less_than_the_law() -> None:
    more = Term("墙面", 48, "合同：墙面保4年", of_contract=True)
    less = Term("防水", 36, "合同：防水保3年", of_contract=True)
    assert term_for([*COMPANY, more], "墙面", "客厅") == more
    assert term_for([*COMPANY, less], "防水", "厨房").rule == "防水保5年"
    assert term_for([*COMPANY, less], "防水", "阳台") == less


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (dt.date(2024, 2, 29), 24, dt.date(2026, 2, 28)),
        (dt.date(2023, 12, 31), 2, dt.date(2024, 2, 29)),
        (dt.date(2023, 1, 1), 12, dt.date(2024, 1, 1)),
    ],
)
def test_months_end_on_days_that_exist(day, months, after) -> None:
    assert months_after(day, months) == after


@given(
    st.dates(dt.date(2010, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 4000), st.sampled_from(["水", "防水", "墙面"])
)
def test_once_out_it_never_comes_back(done: dt.date, days: int, category: str) -> None:
    day = done + dt.timedelta(days=days)
    order = {"in": 0, "unknown": 1, "out": 2}
    today, later = (judge(COMPANY, category, "厨房", done, one).verdict for one in (day, day + dt.timedelta(days=30)))
    assert order[today] <= order[later]


def old(who: House, years: int, now: dt.datetime) -> None:
    who.project.completed_on = now.date() - dt.timedelta(days=365 * years + 10)


def test_a_repair_knows_its_verdict_from_the_report_on(session: Session, who: House, now: dt.datetime) -> None:
    old(who, 7, now)
    row = warranty.of(session, case := repair(session, who, now))
    assert (row.verdict, row.rule, row.by_kind, row.is_paid) == ("out", "水路保5年", "system", True)
    (event,) = [event for event in case.events if event.name == "warranty"]
    assert event.data == {"verdict": "out"}
    assert warranty.facts_of(row)["until"] < now.date().isoformat()


def test_a_house_that_nobody_finished_is_unknown_without_a_word(session: Session, who: House, now: dt.datetime) -> None:
    case = repair(session, who, now)
    row = warranty.of(session, case)
    assert row.verdict == "unknown" and warranty.facts_of(row) == {} and not row.is_paid
    assert "warranty" not in [event.name for event in case.events]
    stranger = repair(session, who, now, project=None, house_text="江南里3-1")
    assert warranty.of(session, stranger) is None


def test_a_corrected_place_is_judged_again_but_not_over_a_person(
    session: Session, who: House, now: dt.datetime
) -> None:
    old(who, 3, now)
    case = repair(session, who, now, category="防水", place="阳台", problem="阳台渗水")
    assert warranty.of(session, case).verdict == "out"
    repairs.update_repair(session, case, {"place": "卫生间", "problem": "渗水"}, by=who.by_customer, now=now)
    assert warranty.of(session, case).verdict == "in"
    ruling = Ruling("out", "楼上漏下来的")
    warranty.decide(session, case, ruling, by=who.by_staff, now=now)
    repairs.update_repair(session, case, {"place": "主卫"}, by=who.by_customer, now=now)
    row = warranty.of(session, case)
    assert (row.verdict, row.reason, row.by_name) == ("out", "楼上漏下来的", "小林")


def test_only_a_person_excludes_and_only_with_evidence(session: Session, who: House, now: dt.datetime) -> None:
    old(who, 1, now)
    case, other = repair(session, who, now), repair(session, who, now)
    photo = Attachment(kind="image", ticket_id=other.id, stage="before", state="fetched", created_at=now)
    session.add(photo)
    session.flush()
    for ruling in (
        Ruling("excluded", ""),
        Ruling("excluded", "自己改的", evidence="接头是软管"),
        Ruling("excluded", "自己改的", "altered"),
        Ruling("excluded", "自己改的", "altered", attachment=photo),  # of another case
        Ruling("never", "x"),
    ):
        with pytest.raises(Missing):
            warranty.decide(session, case, ruling, by=who.by_staff, now=now)
    ruling = Ruling("excluded", "自己改的", "altered", "接头是后接的软管")
    row = warranty.decide(session, case, ruling, by=who.by_staff, now=now)
    assert (row.verdict, row.exclusion, row.evidence, row.is_paid) == ("excluded", "altered", "接头是后接的软管", True)
    assert warranty.facts_of(row)["exclusion"] == "自行改动或他人施工"
    photo.ticket_id = case.id
    shown = warranty.decide(
        session, case, Ruling("excluded", "看照片", "moved", attachment=photo), by=who.by_staff, now=now
    )
    assert shown.attachment_id == photo.id


def test_a_dispute_is_the_managers_and_ends_with_the_next_verdict(
    session: Session, who: House, now: dt.datetime
) -> None:
    old(who, 7, now)
    case = repair(session, who, now)
    assert warranty.dispute(session, case, "凭什么收费", by=who.by_customer, now=now)
    assert warranty.dispute(session, case, "应该保修", by=who.by_customer, now=now)
    (row,) = session.scalars(select(Escalation).where(Escalation.kind == "warranty_disputed"))
    assert (row.owner, row.words) == (who.manager, "凭什么收费")
    warranty.decide(session, case, Ruling("in", "客诉照顾，免费修"), by=who.by_staff, now=now)
    assert row.state == "resolved" and "免费修" in row.resolution
    assert warranty.of(session, case).disputed_at is None
    assert not warranty.dispute(session, case, "再说一次", by=who.by_customer, now=now)


def test_no_rule_may_give_less_than_the_law(session: Session, who: House) -> None:
    warranty.plant(session)
    law = session.scalars(select(WarrantyTerm).where(WarrantyTerm.category == "防水")).one()
    for bad in (
        WarrantyTerm(category="五金", months=12, rule="五金保1年"),
        WarrantyTerm(category="防水", places=law.places, months=48, rule="合同防水4年", project=who.project),
    ):
        with pytest.raises(BelowTheLaw):
            warranty.check_term(session, bad)
    warranty.check_term(session, WarrantyTerm(category="五金", places=[], months=24, rule="五金保2年"))
    warranty.check_term(session, law)
    with session.no_autoflush, pytest.raises(DomainError) as refused:
        law.category = "水"  # the law's words are about waterproofing
        warranty.check_term(session, law)
    assert refused.value.key == "errors.legal_term"
    law.category = "防水"


def test_the_rules_are_planted_once(session: Session) -> None:
    warranty.plant(session)
    warranty.plant(session)
    assert len(session.scalars(select(WarrantyTerm)).all()) == len(DEFAULTS)
    assert [term.rule for term in warranty.general(session, "防水", "厨房")] == ["防水保5年"]
    assert [term.rule for term in warranty.general(session, "地板")] == ["一般项目保2年"]
    assert len(warranty.general(session)) == len(DEFAULTS)


@pytest.mark.parametrize(
    ("work", "months", "said"),
    [
        ("水", 60, "5 years on plumbing"), ("", 24, "2 years on general work"), ("五金", 12, "1 year on hardware"),
        ("门窗", 18, "18 months on doors and windows"), ("地板", 1, "1 month on floors"),
        (None, 60, "a warranty of 5 years"), ("灯具", 36, "a warranty of 3 years"),
    ],
)  # fmt: skip
def test_a_rule_that_nobody_put_into_english_is_said_plainly(work, months, said) -> None:
    assert said_plainly(work, months) == said


def test_work_has_one_name_in_english() -> None:
    assert {work: name for work, name in WORK.items() if work} == {work: table()[work] for work in WORK if work}


def test_an_english_customer_hears_the_rule_in_english(session: Session, who: House, now: dt.datetime) -> None:
    """As it was planted, as staff wrote it, and where they left it out: never Chinese inside an English sentence."""
    old(who, 3, now)
    warranty.plant(session)
    rules = {row.category: row for row in session.scalars(select(WarrantyTerm))}
    rules["木作"].rule_en, rules["电"].rule_en = "3 years on cupboards and doors", None
    heard = {
        category: warranty.facts_of(warranty.of(session, repair(session, who, now, category=category)))
        for category in ("水", "木作", "电")
    }
    assert [facts["rule_en"] for facts in heard.values()] == [
        "5 years on plumbing", "3 years on cupboards and doors", "5 years on wiring",
    ]  # fmt: skip
    texts = Texts()
    for facts in heard.values():
        known = {"number": "BX1", "now": EXAMPLE_NOW, "hours": 8, **facts}
        words = texts.render("repair.recorded", known, "en")
        assert facts["rule_en"] in words and words.isascii()


def test_a_verdict_from_before_english_still_says_the_time(session: Session, who: House, now: dt.datetime) -> None:
    old(who, 7, now)
    row = warranty.of(session, case := repair(session, who, now))
    row.rule, row.rule_en = "水路包五年", ""
    assert warranty.facts_of(row)["rule_en"] == "a warranty of 5 years"
    warranty.decide(session, case, Ruling("in", "经理同意"), by=who.by_staff, now=now)
    assert row.rule_en == "a warranty of 5 years"
