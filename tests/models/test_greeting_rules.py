"""Rules of care: what a new house starts with, two people for what sends by itself, what cannot go out."""

import pytest
from sqlalchemy import select

from models.actors import SYSTEM
from models.desk.marketing import greeting_rules
from models.desk.marketing.campaigns import CannotRun, OwnWork
from models.desk.marketing.greeting_rules import BadDay, BadHour, Draft
from models.errors import DomainError, IllegalMove, Missing
from models.greetings import GreetingRule
from models.states import GREETING_RULE
from tests.jobs.campaign_cast import colleagues, in_force


def words(key: str, lang: str) -> str:
    return f"{key} {lang}"


@pytest.fixture
def rules(session, now):
    """Rules by key, as a new house has them."""
    greeting_rules.ensure(session, words, now=now)
    return {rule.key: rule for rule in session.scalars(select(GreetingRule))}


@pytest.fixture
def office(session):
    return colleagues(session)


@pytest.mark.sqlite_only  # the machine knows no database
def test_every_arrow_of_a_rule_and_every_other_is_refused(now):
    for frm in GREETING_RULE:
        for to in GREETING_RULE:
            rule = GreetingRule(key="x", kind="birthday")
            rule._state = frm
            if to in GREETING_RULE[frm]:
                step = rule.move(to, by=SYSTEM, now=now)
                assert (rule.state, step.from_state, step.to_state) == (to, frm, to)
            else:
                with pytest.raises(IllegalMove):
                    rule.move(to, by=SYSTEM, now=now)


def test_a_new_house_suggests_festivals_and_sends_nothing_by_itself(session, rules, now):
    assert {rule.state for rule in rules.values() if rule.standing} == {"draft"}
    assert rules["festival:spring"].state == "on" and rules["festival:qixi"].state == "draft"
    assert rules["birthday"].body == "greeting.birthday zh" and "festival:qingming" not in rules
    rules["birthday"].body = "改过的"
    session.delete(rules["season:winter"])
    session.flush()
    assert not greeting_rules.whole(session)
    greeting_rules.ensure(session, words, now=now)
    greeting_rules.ensure(session, words, now=now)
    assert greeting_rules.whole(session) and len(session.scalars(select(GreetingRule)).all()) == len(rules)
    assert session.scalar(select(GreetingRule.body).where(GreetingRule.key == "birthday")) == "改过的"


@pytest.mark.sqlite_only  # who may do what does not depend on the database
def test_a_standing_rule_takes_two_people_and_a_change_takes_them_again(session, rules, office, now):
    rule, (author, boss) = rules["birthday"], office
    with pytest.raises(DomainError, match="not_submitted"):
        greeting_rules.approve(rule, by=boss, now=now)
    greeting_rules.submit(rule, by=author, now=now)
    with pytest.raises(OwnWork):
        greeting_rules.approve(rule, by=author, now=now)
    with pytest.raises(OwnWork):
        greeting_rules.approve(rule, by=SYSTEM, now=now)
    with pytest.raises(Missing):
        greeting_rules.send_back(rule, reason=" ", by=boss, now=now)
    greeting_rules.send_back(rule, reason="太长", by=boss, now=now)
    in_force(rule, office, now)
    assert (rule.state, rule.approved_by_id) == ("on", boss.id)
    greeting_rules.edit(session, rule, Draft(body="改了"), by=boss, now=now)
    assert (rule.state, rule.approved_by_id, rule.body) == ("draft", None, "改了")
    greeting_rules.submit(rule, by=author, now=now)
    with pytest.raises(OwnWork):
        greeting_rules.approve(rule, by=boss, now=now)  # changed it last
    with pytest.raises(DomainError, match="needs_approval"):
        greeting_rules.switch_on(rule, by=boss, now=now)
    assert [event.name for event in rule.events] == ["waiting", "draft", "waiting", "on", "draft", "edited", "waiting"]


@pytest.mark.sqlite_only  # nothing is asked of the database
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"body": " "}, CannotRun), ({"body": "长" * 301}, CannotRun), ({"body": "您好{name}"}, CannotRun),
        ({"body": "好", "send_at": "07:00"}, BadHour), ({"body": "好", "send_at": "22:00"}, BadHour),
        ({"body": "好", "send_at": "9点"}, BadHour), ({"body": "好", "month": 2, "day": 30}, BadDay),
        ({"body": "好"}, BadDay),
    ],
)  # fmt: skip
def test_what_cannot_go_out_is_refused(session, rules, office, now, change, refusal):
    with pytest.raises(refusal):
        greeting_rules.edit(session, rules["season:winter"], Draft(**change), by=office[0], now=now)


@pytest.mark.sqlite_only  # nothing is asked of the database
def test_a_festivals_rule_is_switched_by_one_person_and_may_leave_the_words_to_the_house(session, rules, office, now):
    rule, (author, _) = rules["festival:qixi"], office
    greeting_rules.switch_on(rule, by=author, now=now)
    greeting_rules.edit(session, rule, Draft(lead_days=99, stages=["building"]), by=author, now=now)
    assert (rule.state, rule.lead_days, rule.body, rule.stages) == ("on", 60, "", ["building"])
    with pytest.raises(DomainError, match="needs_nobody"):
        greeting_rules.submit(rule, by=author, now=now)
    greeting_rules.stop(session, rule, by=author, now=now)
    assert rule.state == "draft"
    with pytest.raises(Missing):
        greeting_rules.add_season(session, Draft(body="好", month=6, day=1), by=author, now=now)
    added = greeting_rules.add_season(session, Draft(body="好", month=6, day=1, title="空调"), by=author, now=now)
    assert (added.state, added.title, added.standing) == ("draft", "空调", True)
