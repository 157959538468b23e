"""Care in the panel: rules read by two people, warnings of the weather, suggestions, what the planner expects."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from models import AuditEntry, Customer, Follower, Greeting, GreetingRule, Outgoing
from models.campaigns import Campaign
from models.desk.marketing import greeting_rules, greetings
from templates import Texts
from tests.admin.matrix_care import STEPS
from tests.jobs.campaign_cast import in_force

pytestmark = pytest.mark.sqlite_only  # pages; the verbs run on both databases in tests/models and tests/jobs

TEXTS = Texts()


def words(key: str, lang: str) -> str:
    return TEXTS.render(key, {}, lang)


@pytest.fixture
def rules(session, desk, now):
    """Rules by key, as a new house has them."""
    greeting_rules.ensure(session, words, now=now)
    found = {rule.key: rule.id for rule in session.scalars(select(GreetingRule))}
    session.commit()  # on SQLite an open transaction is a writer that keeps the panel waiting
    return found


def page(person, path: str) -> str:
    answer = person.get(f"/admin/{path}", follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html.split("<main")[1]).split())


@pytest.fixture
def do(look, rules):
    """`do(person, "birthday", "do/submit")` presses a button on the page as it stands; returns what is read then."""

    def press(person, key: str, path: str, **data) -> str:
        version = look(lambda session: session.get(GreetingRule, rules[key]).version)
        answer = person.post(f"/admin/greetingrules/{rules[key]}/{path}", version=str(version), **data)
        return (
            page(person, f"greetingrules/{rules[key]}") if answer.status_code == 302 else answer.get_data(as_text=True)
        )

    return press


FORM = {"body": "生日快乐，愿您一家都好。", "send_at": "10:00", "by_name": "on"}


def test_a_standing_rule_from_draft_to_force_by_two_people(as_role, rules, do, look, session, desk):
    writer, boss = as_role("marketing"), as_role("manager")
    listed = text_of(page(writer, "greetingrules/"))
    assert "生日祝福 停用" in listed and "春节问候 启用 2027年2月6日 周六（正月初一）" in listed
    assert "生日快乐，愿您一家都好。" in do(writer, "birthday", "save", **FORM)
    assert "08:30到19:00之间" in do(writer, "birthday", "save", **(FORM | {"send_at": "07:00"}))
    assert "待审批" in do(writer, "birthday", "do/submit")
    assert "太干" in do(boss, "birthday", "send-back", reason="太干")
    do(boss, "birthday", "do/submit")
    assert "要请另一位同事批准" in page(boss, f"greetingrules/{rules['birthday']}")
    assert "要请另一位同事来批准" in do(boss, "birthday", "do/approve"), "who submitted it does not approve it"
    do(boss, "birthday", "send-back", reason="请小许提交")
    do(writer, "birthday", "do/submit")
    assert "周经理 批准" in do(boss, "birthday", "do/approve")
    stale = boss.post(f"/admin/greetingrules/{rules['birthday']}/do/off", version="1")
    assert "刚刚有变化" in page(boss, "greetingrules/") or "刚刚有变化" in stale.get_data(as_text=True)
    assert "停用" in do(writer, "birthday", "save", **FORM), "changed, so it has to be approved again"
    deeds = {row.action for row in look(lambda s: s.scalars(select(AuditEntry)).all())}
    assert {"care.save", "care.submit", "care.approve", "care.send_back"} <= deeds
    desk.staff["manager"].lang = "en"
    session.commit()
    for path in ("greetingrules/", f"greetingrules/{rules['festival:spring']}", "greetingrules/new", "planner/warning"):
        main = re.sub(r"<textarea.*?</textarea>|翡翠城|placeholder=\"[^\"]*\"", "", page(boss, path), flags=re.DOTALL)
        left = re.findall(r"[\u4e00-\u9fff]{5,}", re.sub(r'<div class="wx".*?</section>|<span class="clamp">[^<]*', "",
                                                         main.split("<main")[1], flags=re.DOTALL))  # fmt: skip
        assert not left, (path, left[:5])


def test_a_hint_of_the_season_is_added_and_a_festival_is_switched_by_one_person(as_role, rules, do, look):
    writer = as_role("marketing")
    season = {"body": "空调滤网洗一洗。", "send_at": "09:30", "title": "入夏", "month": "6", "stages": "in_warranty"}
    refused = writer.post("/admin/greetingrules/add", **season, day="31")
    assert "没有这一天" in refused.get_data(as_text=True) + page(writer, "greetingrules/")
    assert writer.post("/admin/greetingrules/add", **season, day="1").status_code == 302
    added = look(lambda s: s.scalars(select(GreetingRule).where(GreetingRule.title == "入夏")).one())
    assert (added.state, added.month, added.day, added.stages) == ("draft", 6, 1, ["in_warranty"])
    assert "启用" in do(writer, "festival:qixi", "do/on") and "停用" in do(writer, "festival:qixi", "do/off")


def test_a_warning_of_the_weather_waits_for_a_second_person_who_hears_of_it(as_role, session, desk, rules, look, now):
    session.add(Follower(openid="oBoss", staff=desk.staff["manager"], created_at=now, subscribed=True))
    session.commit()
    writer, boss = as_role("marketing"), as_role("manager")
    assert "寒潮来了" in page(writer, "planner/warning?weather=cold")
    form = {"weather": "typhoon", "body": "台风要来了：关紧门窗。", "hours": "6"}
    nobody = writer.post("/admin/planner/warn", **form)
    assert "还缺一项" in nobody.get_data(as_text=True) + page(writer, "planner/")
    estate = str(desk.project.estate_id)
    assert writer.post("/admin/planner/warn", **form, estates=estate).status_code == 302
    twice = writer.post("/admin/planner/warn", **form, estates=estate)
    assert "发起过同样的提醒" in twice.get_data(as_text=True) + page(writer, "planner/")
    storm = look(lambda s: s.scalars(select(Campaign)).one())
    assert (storm.state, storm.kind, storm.expected) == ("checked", "warning", 1)
    told = select(Follower.openid).join(Outgoing).where(Outgoing.text_key == "staff.warning_waits")
    assert look(lambda s: s.scalars(told).all()) == ["oBoss"]
    shown = text_of(page(writer, f"campaigns/{storm.id}"))
    assert "台风提醒 11月21日 待审批 天气提醒" in shown and "夜里等到早上" in shown
    assert "待审批" in text_of(page(boss, "planner/")), "it stands in the month"
    version = {"version": str(storm.version)}
    # Changing its words does not make it something else.
    edited = page(writer, f"campaigns/{storm.id}/edit")
    assert 'value="warning" selected' in edited and 'value="campaign"' not in edited
    assert boss.post(f"/admin/campaigns/{storm.id}/do/approve", **version).status_code == 302
    assert look(lambda s: s.get(Campaign, storm.id)).state == "scheduled"


def test_nobody_writes_a_warning_past_the_planner(as_role, session, desk, rules, look):
    form = {"name": "促销", "kind": "warning", "body": "全场八折", "g0.c0.field": "lang", "g0.c0.was": "lang",
            "g0.c0.op": "is", "g0.c0.value": "zh"}  # fmt: skip
    as_role("marketing").post("/admin/campaigns/save", **form)
    assert look(lambda s: s.scalars(select(Campaign)).one()).kind == "campaign"


def test_the_planner_expects_what_rules_will_send_and_shows_what_was_missed(as_role, session, desk, rules, now, look):
    office = [_by(desk.staff[name]) for name in ("marketing", "manager")]
    desk.customer.birth_month, desk.customer.birth_day = 11, 28
    desk.project.moved_in_on = dt.date(2024, 11, 30)
    for key in ("birthday", "anniversary"):
        in_force(session.get(GreetingRule, rules[key]), office, now - dt.timedelta(days=2))
    session.add(Customer(name="没关注", birth_month=11, birth_day=28, created_at=now))
    session.commit()
    writer = as_role("marketing")
    month = page(writer, "planner/?month=2026-11")
    assert "生日祝福 预计 09:30 1人" in _day(month, 28) and "入住周年 预计 09:30 1人" in _day(month, 30)
    assert "春节问候 预计" in _day(page(writer, "planner/?month=2027-02"), 6)
    desk.customer.birth_day = 20  # nobody planned yesterday
    for rule_id in greetings.due(session, now=now):
        greetings.plan(session, rule_id, words, now=now)
    session.commit()
    month = page(writer, "planner/?month=2026-11")
    assert "生日祝福 11月20日 没发出" in _day(month, 20)
    assert "生日祝福" not in text_of(page(writer, "campaigns/?view=over")), "what rules send does not fill the list"
    missed = look(lambda s: s.scalars(select(Greeting)).one())
    assert "那天过去了，没有发出" in text_of(page(writer, f"campaigns/{missed.campaign_id}"))
    assert "没发出" in text_of(page(writer, f"greetingrules/{rules['birthday']}"))
    # One of today is changed by hand: its people stay those whose day it is, its approval is gone.
    desk.customer.birth_day = 21
    session.get(GreetingRule, rules["birthday"]).planned_to = dt.date(2026, 11, 20)
    greetings.plan(session, rules["birthday"], words, now=now)
    session.commit()
    today = look(lambda s: s.scalars(select(Campaign).where(Campaign.state == "scheduled")).one())
    assert "生日在2026-11-21" in page(writer, f"campaigns/{today.id}/edit")
    changed = {"number": str(today.id), "version": str(today.version), "name": today.name, "kind": "greeting"}
    writer.post("/admin/campaigns/save", **changed, body="生日快乐。")
    kept = look(lambda s: s.get(Campaign, today.id))
    assert (kept.state, kept.body, kept.audience) == ("draft", "生日快乐。", today.audience)


def _by(staff):
    return greetings.By("staff", staff.id, staff.name)


def _day(html: str, number: int) -> str:
    cells = re.findall(r'<td class="([^"]*)">(.*?)</td>', html, re.DOTALL)
    inside = [said for names, said in cells if "out" not in names.split()]
    return " ".join(re.sub(r"<[^>]*>", " ", inside[number - 1]).split())


def test_a_suggestion_is_submitted_by_one_and_approved_by_another_and_then_has_its_time(
    as_role, session, desk, rules, clock, look
):
    clock.advance(days=32)  # 23 December
    for rule_id in greetings.due(session, now=clock()):
        greetings.plan(session, rule_id, words, now=clock())
    session.commit()
    draft = look(lambda s: s.scalars(select(Campaign)).one())
    writer, boss = as_role("marketing"), as_role("manager")
    shown = text_of(page(writer, f"campaigns/{draft.id}"))
    assert "元旦问候 · 2027年1月1日 周五（冬月廿四）" in shown and "按规则" in shown and "不用再排期" in shown
    where = f"/admin/campaigns/{draft.id}"
    writer.post(f"{where}/check", version=str(draft.version))
    assert look(lambda s: s.get(Campaign, draft.id)).author_id == desk.staff["marketing"].id
    version = str(look(lambda s: s.get(Campaign, draft.id)).version)
    boss.post(f"{where}/do/approve", version=version)
    assert look(lambda s: s.get(Campaign, draft.id)).state == "scheduled"


def test_a_birthday_is_a_day_that_there_is(as_role, desk, look):
    person = as_role("agent")
    path = f"/admin/customers/edit/?id={desk.customer.id}"
    form = person.get(path).get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', form)
    plain = {"name": "陈大明", "form": "先生", "stage": "in_warranty", "seen": seen[1] if seen else ""}
    answer = person.post(path, **plain, birth_month="2", birth_day="30", wants_greetings="y")
    assert "没有这一天" in answer.get_data(as_text=True)
    moon = {"birth_month": "6", "birth_day": "30", "birth_lunar": "y", "birth_leap": "y"}
    assert person.post(path, **plain, **moon).status_code == 302
    kept = look(lambda s: s.get(Customer, desk.customer.id))
    assert (kept.birth_day, kept.birth_leap, kept.wants_greetings) == (30, True, False)
    shown = text_of(page(person, f"customers/details/?id={desk.customer.id}"))
    assert "农历闰六月三十，下次2027年8月1日 周日" in shown


def test_the_verbs_of_a_rule_are_for_whom_the_table_says(as_role):
    for letter, role in {"M": "manager", "K": "marketing", "G": "agent"}.items():
        person = as_role(role)
        for verb, who in STEPS.items():
            answer = person.post(f"/admin/greetingrules/1/do/{verb}", version="1")
            assert (answer.status_code == 403) == (letter not in who), (role, verb)
