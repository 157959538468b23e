"""What the calendar brings: the right people on the right day, once, and nobody who does not want it."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Customer, Follower, Outgoing, Project, ProjectMember
from models.desk.account import people
from models.desk.delivery import terms
from models.desk.marketing import audience, campaigns, greeting_rules, greetings, occasions, reach
from models.desk.marketing.campaigns import OwnWork
from models.desk.marketing.greeting_rules import Draft
from models.desk.marketing.greetings import AlreadyWarned, Warned
from models.errors import DomainError
from models.greetings import Greeting, GreetingRule
from models.worktime import SHANGHAI
from tests.jobs.campaign_cast import QUIET, colleagues, crowd, in_force
from tests.models.builders import house

DAY = dt.timedelta(days=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def words(key: str, lang: str) -> str:
    return {"occasion.spring": "春节问候", "occasion.birthday": "生日祝福"}.get(key, f"{key} {lang}")


@pytest.fixture
def rules(session, now):
    """Rules by key, as a new house has them."""
    greeting_rules.ensure(session, words, now=now)
    return {rule.key: rule for rule in session.scalars(select(GreetingRule))}


@pytest.fixture
def office(session):
    return colleagues(session)


def born(session, now, name, **facts) -> Follower:
    customer = Customer(name=name, created_at=now, **facts)
    person = Follower(openid=f"o{name}", customer=customer, created_at=now, last_heard_at=now,
                      reply_left=5, reply_until=now + 40 * DAY)  # fmt: skip
    session.add(person)
    session.flush()
    return person


def names(session, whom, now) -> set[str]:
    people = session.scalars(select(Follower).where(audience.condition(whom, now)))
    return {person.customer.name for person in people}


def test_whose_birthday_it_is_by_sun_and_moon(session, now):
    def sun(month, day):
        return {"birth_month": month, "birth_day": day}

    def moon(month, day, leap=False):
        return sun(month, day) | {"birth_lunar": True, "birth_leap": leap}

    for name, facts in {
        "阳": sun(7, 4), "同日": sun(7, 5), "闰日": sun(2, 29), "平": moon(6, 10), "闰": moon(6, 10, leap=True),
        "三十": moon(12, 30), "无": {},
    }.items():  # fmt: skip
        born(session, now, name, **facts)

    def on(day):
        return names(session, occasions.whom_on(GreetingRule(kind="birthday", key="birthday"), day), now)

    assert on(dt.date(2025, 7, 4)) == {"阳", "平"}  # 六月初十
    assert on(dt.date(2025, 8, 3)) == {"闰"}  # 闰六月初十
    assert on(dt.date(2026, 7, 23)) == {"平", "闰"}  # no leap month that year
    assert on(dt.date(2027, 2, 28)) == {"闰日"}
    assert on(dt.date(2027, 2, 5)) == {"三十"}  # the twelfth month has 29 days
    assert on(dt.date(2027, 2, 4)) == set()


def test_the_anniversary_of_moving_in_begins_a_year_later(session, now):
    who = house(session, now)
    who.project.moved_in_on = dt.date(2024, 2, 29)
    session.add(Project(number="HT-2", estate=who.project.estate, created_at=now, moved_in_on=dt.date(2020, 2, 28)))
    session.flush()
    rule = GreetingRule(kind="anniversary", key="anniversary")

    def on(day):
        return names(session, occasions.whom_on(rule, day), now)

    assert on(dt.date(2025, 2, 28)) == on(dt.date(2028, 2, 29)) == {"陈明"}
    assert on(dt.date(2024, 2, 29)) == on(dt.date(2028, 2, 28)) == on(dt.date(2025, 3, 1)) == set()


@pytest.mark.sqlite_only  # checks of values
@pytest.mark.parametrize("value", [[], ["x"], ["2026-13-01"], ["2026-11-26", "2026-11-27"], ["0001-01-01"]])
def test_a_day_that_is_none_is_no_audience(value):
    with pytest.raises(audience.BadAudience):
        audience.check({"groups": [{"conditions": [{"field": "birthday", "op": "is", "value": value}]}]})


def plan_all(session, now) -> int:
    return sum(greetings.plan(session, one, words, now=now) for one in greetings.due(session, now=now))


def test_a_festival_is_suggested_ten_days_ahead_once(session, rules, office):
    early, eve = at("2027-01-26 23:59"), at("2027-01-27 00:01")
    assert plan_all(session, early) == 0
    assert plan_all(session, eve) == 1
    assert plan_all(session, eve) == plan_all(session, eve + DAY) == 0
    row = session.scalars(select(Greeting)).one()
    draft = row.campaign
    assert (row.key, row.occasion, row.day) == ("festival:spring:2027", "spring", dt.date(2027, 2, 6))
    assert (draft.name, draft.kind, draft.state) == ("春节问候 2027", "greeting", "draft")
    assert (draft.body, draft.body_en) == ("greeting.spring zh", "greeting.spring en")
    assert (draft.starts_at, draft.ends_at) == (at("2027-02-06 09:30"), at("2027-02-06 21:00"))


def test_a_suggestion_belongs_to_whoever_submits_it_so_that_one_person_is_not_enough(session, rules, office):
    now, (author, boss) = at("2027-02-01 10:00"), office
    house(session, now)
    plan_all(session, now)
    draft = session.scalars(select(Greeting)).one().campaign
    campaigns.check(draft, reach.preview(session, draft, QUIET, now=now), by=author, now=now)
    with pytest.raises(OwnWork):
        greetings.approve(session, draft, by=author, now=now)
    greetings.approve(session, draft, by=boss, now=now)
    assert (draft.state, draft.author_id, draft.approved_by_id) == ("scheduled", author.id, boss.id)
    assert draft.starts_at == at("2027-02-06 09:30")


@pytest.mark.sqlite_only  # the same statements as above
def test_two_festivals_on_one_day_are_one_suggestion_and_nobody_suggests_what_is_over(session, rules):
    assert plan_all(session, at("2031-09-28 10:00")) == 1
    assert session.scalars(select(Greeting.occasion)).all() == ["mid_autumn"]
    assert plan_all(session, at("2032-01-01 21:30")) == 0
    assert plan_all(session, at("2033-01-01 20:00")) == 1


@pytest.mark.sqlite_only  # the same statements as above
def test_a_suggestion_that_nobody_approved_is_over_after_its_day_and_says_so(session, rules):
    plan_all(session, at("2026-12-28 10:00"))
    before, after = at("2027-01-01 20:59"), at("2027-01-01 21:00")
    assert not greetings.is_late(session, now=before) and greetings.lapse(session, now=before) == 0
    assert greetings.is_late(session, now=after) and greetings.lapse(session, now=after) == 1
    draft = session.scalars(select(Greeting)).one().campaign
    assert (draft.state, draft.reason, draft.events[-1].actor_kind) == ("cancelled", "too_late", "system")
    assert greetings.lapse(session, now=after) == 0


def test_a_standing_rule_plans_its_day_once_and_writes_down_what_was_missed(session, rules, office):
    start = at("2026-11-20 22:00")
    for number, day in enumerate((21, 22, 24)):
        born(session, start, f"人{number}", birth_month=11, birth_day=day)
    in_force(rules["birthday"], office, start)
    assert plan_all(session, start) == 0, "that day is over"
    morning = at("2026-11-21 00:05")
    assert plan_all(session, morning) == 1 and plan_all(session, morning) == 0
    # The clock stood still for three days: two days are over, the third can still be kept.
    assert plan_all(session, at("2026-11-24 08:00")) == 2
    rows = session.scalars(select(Greeting).order_by(Greeting.id)).all()
    assert [(row.key, row.campaign.state, row.campaign.reason) for row in rows] == [
        ("birthday:2026-11-21", "scheduled", ""), ("birthday:2026-11-22", "cancelled", "too_late"),
        ("birthday:2026-11-24", "scheduled", ""),
    ]  # fmt: skip
    author, boss = office
    assert (rows[0].campaign.author_id, rows[0].campaign.approved_by_id) == (author.id, boss.id)
    assert [event.reason for event in rows[0].campaign.events if event.reason] == ["standing_rule"] * 2


@pytest.mark.sqlite_only  # the same statements as above
def test_a_hint_of_the_season_may_come_three_days_late_and_a_rule_out_of_force_sends_nothing(
    session, rules, office, now
):
    house(session, now).customer.stage = "in_warranty"
    rule = rules["season:winter"]
    greeting_rules.edit(session, rule, Draft("水管", month=11, day=25, stages=["in_warranty"]), by=office[0], now=now)
    in_force(rule, office, now)
    assert plan_all(session, at("2026-11-24 10:00")) == 0
    assert plan_all(session, at("2026-11-28 10:00")) == 1
    planned = session.scalars(select(Greeting)).one().campaign
    assert (planned.state, planned.ends_at) == ("scheduled", at("2026-11-28 21:00"))
    greeting_rules.stop(session, rule, by=office[1], now=now)
    assert (planned.state, rule.state) == ("cancelled", "draft")
    assert plan_all(session, at("2027-11-25 10:00")) == 0


def test_wishes_leave_out_who_wants_none_and_warnings_do_not_wait_for_the_caps(session, office, now):
    who = house(session, now)
    who.homeowner.reply_left, who.homeowner.reply_until = 5, now + DAY
    wife = born(session, now, "妻")
    session.add(ProjectMember(project=who.project, customer=wife.customer))
    session.add(Outgoing(dedupe_key="x", follower=wife, purpose="greeting", state="sent", settled_at=now,
                         not_before=now, next_try_at=now, created_at=now))  # fmt: skip
    session.flush()
    draft = campaigns.make(
        session, campaigns.Plan("元旦", "greeting", "新年好", audience=occasions.OWNERS), by=office[0], now=now
    )
    assert reach.preview(session, draft, QUIET, now=now).out == {"touched_lately": 2}
    who.customer.wants_greetings = False
    assert reach.preview(session, draft, QUIET, now=now).out == {"touched_lately": 1, "no_greetings": 1}
    storm = greetings.warn(session, Warned("typhoon", [who.project.estate_id], "关窗", hours=24), by=office[0], now=now)
    assert reach.preview(session, storm, QUIET, now=now).ways == {"window": 1}, "one of the household, in spite of both"
    people.opt_out(session, who.homeowner, words="退订", now=now)
    wife.subscribed = False
    assert reach.preview(session, storm, QUIET, now=now).out == {"opted_out": 1, "not_following": 1}
    night = terms.House(quiet=(dt.time(22), dt.time(8)))
    people.opt_in(session, who.homeowner, words="再发吧", now=now)
    who.homeowner.last_heard_at = None
    rows = reach.people(session, storm, after=0, limit=9, now=now)
    lots = reach.judge(session, storm, rows, night, now=at("2026-11-21 23:00"))
    assert "quiet_hours" in {lot.verdict.reason for lot in lots}, "urgent, but not at night"


def test_two_who_begin_the_same_warning_at_once_begin_one(session, office, now):
    first = greetings.warn(session, Warned("cold", (), "护水管"), by=office[0], now=now)
    campaigns.cancel(first, by=office[0], now=now)
    row = session.scalars(select(Greeting)).one()
    row.key = row.key.removesuffix(":0") + ":1"  # as if a colleague's had come in between
    session.flush()
    with pytest.raises(AlreadyWarned):
        greetings.warn(session, Warned("cold", (), "护水管"), by=office[1], now=now)


@pytest.mark.sqlite_only  # keys; the unique index is tested above
def test_a_warning_is_begun_once_a_day_and_let_go_by_a_second_person(session, office, now):
    author, boss = office
    who = house(session, now)
    crowd(session, 2, now)
    warned = Warned("rainstorm", [who.project.estate_id], "关窗", hours=99)
    storm = greetings.warn(session, warned, by=author, now=now)
    assert (storm.kind, storm.purpose, storm.ends_at) == ("warning", "warning", now + DAY)
    with pytest.raises(AlreadyWarned):
        greetings.warn(session, warned, by=boss, now=now)
    greetings.warn(session, Warned("rainstorm", (), "关窗"), by=author, now=now)  # all estates: another warning
    campaigns.cancel(storm, by=author, now=now)
    again = greetings.warn(session, warned, by=author, now=now)
    campaigns.check(again, reach.preview(session, again, QUIET, now=now), by=author, now=now)
    with pytest.raises(OwnWork):
        greetings.approve(session, again, by=author, now=now)
    greetings.approve(session, again, by=boss, now=now)
    assert (again.state, again.starts_at, again.expected) == ("scheduled", now, 1)
    for bad in (Warned("snow", (), "x"), Warned("cold", (), " ")):
        with pytest.raises(DomainError):
            greetings.warn(session, bad, by=author, now=now)
