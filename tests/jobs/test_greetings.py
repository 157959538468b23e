"""Care by the calendar from the plan to the phone: suggested, approved, sent once; late, twice, killed, stood still."""

import datetime as dt
import os
import threading
from collections import Counter

import pytest
from sqlalchemy import event, select

from clock import frozen
from jobs import greetings as duty
from jobs import upkeep
from jobs.world import World
from models import Customer, Follower, Outgoing, Ticket
from models.campaigns import Campaign
from models.db import make_engine, make_sessions
from models.desk.marketing import campaigns, greetings, occasions, reach
from models.greetings import Greeting, GreetingRule
from models.knowledge import TextVersion
from models.worktime import SHANGHAI
from templates import Texts
from tests.jobs.campaign_cast import QUIET, colleagues, crowd, in_force
from tests.jobs.fakes import Platform
from tests.jobs.killed import Death

TEXTS = Texts()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture(scope="session")
def catalogue() -> Texts:
    """The house's own texts: greetings take their words from there."""
    return TEXTS


@pytest.fixture
def plan(world):
    return lambda: duty.run(world)


@pytest.fixture
def travel(clock, sessions):
    """The clock stands at a moment, and everybody has written an hour before, so that every window is open."""

    def go(text: str) -> None:
        clock.advance(seconds=(at(text) - clock()).total_seconds())
        with sessions.begin() as session:
            for one in session.scalars(select(Follower)):
                one.last_heard_at, one.reply_left = clock() - dt.timedelta(hours=1), 5
                one.reply_until = clock() + dt.timedelta(hours=47)

    return go


@pytest.fixture
def office(sessions):
    with sessions.begin() as session:
        return colleagues(session)


@pytest.fixture
def approved(sessions, office, plan, clock):
    """`approved("birthday")`: the rule is in force from now on."""

    def go(key: str) -> None:
        plan()
        with sessions.begin() as session:
            rule = session.scalars(select(GreetingRule).where(GreetingRule.key == key)).one()
            in_force(rule, office, clock())

    return go


@pytest.fixture
def family(sessions, now):
    """Persons with a WeChat each, whose birthday it is on these days of November."""

    def make(**days: int) -> None:
        with sessions.begin() as session:
            for name, day in days.items():
                customer = Customer(name=name, created_at=now, birth_month=11, birth_day=day)
                session.add(Follower(openid=name, customer=customer, created_at=now, subscribed=True))

    return make


@pytest.fixture
def told(sessions):
    """What has become of everybody's wishes: {"o1 sent": 1}."""

    def read() -> Counter:
        with sessions() as session:
            rows = session.scalars(select(Outgoing).where(Outgoing.campaign_id.is_not(None)))
            return Counter(f"{row.follower.openid} {row.state} {row.reason}".strip() for row in rows)

    return read


@pytest.mark.sqlite_only  # the same statements as in tests/models; here the order of things counts
def test_from_the_suggestion_to_the_phone_once(plan, run, travel, sessions, office, platform, clock, now):
    with sessions.begin() as session:
        crowd(session, 2, now)
        who = session.scalars(select(Follower)).first()
        who.customer = Customer(name="陈明", form="先生", stage="in_warranty", created_at=now)
        session.add(TextVersion(key="greeting.new_year", lang="zh", version=1, body="元旦好。", active=True,
                                created_at=now))  # fmt: skip
    travel("2026-12-23 09:00")
    assert plan() == 1 and plan() == 0
    with sessions.begin() as session:
        draft = session.scalars(select(Campaign)).one()
        assert draft.body == "元旦好。", "in the staff's own wording"
        changed = campaigns.Plan(
            draft.name, "greeting", "元旦快乐。", audience=occasions.of_stages(["in_warranty"]), mass=True,
            starts_at=draft.starts_at, ends_at=draft.ends_at,
        )  # fmt: skip
        campaigns.edit(session, draft, changed, by=office[0], now=clock())
        campaigns.check(draft, reach.preview(session, draft, QUIET, now=clock()), by=office[0], now=clock())
        greetings.approve(session, draft, by=office[1], now=clock())
    run()
    assert platform.sent == [], "approved, but its day has not come"
    travel("2027-01-01 09:31")
    assert (plan(), run()) == (0, 1)
    assert (plan(), run()) == (0, 0)
    assert [text for _, _, text in platform.sent] == ["陈先生，元旦快乐。\n不想再收到，回“退订”就好。"]


@pytest.mark.sqlite_only  # the same statements as in tests/models; here the order of things counts
def test_a_birthday_twice_late_and_on_the_next_day(approved, plan, run, travel, family, told, world, sessions, now):
    family(甲=22, 乙=22, 丙=22, 丁=23)
    with sessions.begin() as session:
        second, third = session.scalars(select(Follower).where(Follower.openid.in_(["乙", "丙"]))).all()
        session.execute(Ticket.__table__.insert().values(
            number="TS1", kind="complaint", state="registered", opened_at=now, version=1, follower_id=second.id,
            house_text="", contact_name="", contact_phone="", close_reason="",
        ))  # fmt: skip
        third.opted_out_at = now
    approved("birthday")
    travel("2026-11-22 00:10")
    assert plan() == 1
    run()
    assert told() == {}, "not in the middle of the night"
    travel("2026-11-22 09:31")
    for _ in range(2):
        plan()
        run()
    assert told() == {"甲 sent": 1}, "nobody with an open complaint or an opt-out"
    travel("2026-11-23 20:50")
    with sessions.begin() as session:
        for one in session.scalars(select(Follower)):
            one.reply_left = 0  # no window is open
    plan()
    run()
    assert told() == {"甲 sent": 1, "丁 held window_closed": 1}, "alone is no mass send"
    travel("2026-11-24 08:00")
    upkeep.sweep(world)
    run()
    assert told() == {"甲 sent": 1, "丁 expired too_late": 1}, "never a wish that comes late"


@pytest.mark.sqlite_only  # the same statements as in tests/models; here the order of things counts
def test_a_clock_that_stood_still_for_two_days_floods_nobody(approved, plan, run, travel, family, told, sessions):
    family(甲=22, 乙=23, 丙=24)
    approved("birthday")
    travel("2026-11-24 10:00")
    plan()
    run()
    assert told() == {"丙 sent": 1}
    with sessions() as session:
        rows = session.scalars(select(Greeting).order_by(Greeting.day)).all()
        assert [(row.day.day, row.campaign.state, row.campaign.expected) for row in rows[:2]] == [
            (22, "cancelled", 1), (23, "cancelled", 1),
        ]  # fmt: skip


def test_workers_at_once_plan_each_occasion_once(approved, travel, family, world, sessions):
    family(甲=22)
    approved("birthday")
    travel("2026-12-25 10:00")
    start, crashes = threading.Barrier(3), []

    def one() -> None:
        start.wait()
        try:
            duty.run(world)
        except BaseException as why:  # noqa: BLE001 — a thread's death must fail the test
            crashes.append(why)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crashes == []
    with sessions() as session:
        keys = session.scalars(select(Greeting.key)).all()
        assert len(session.scalars(select(Campaign)).all()) == len(keys)
    assert Counter(keys) == {"festival:new_year:2027": 1}


@pytest.mark.sqlite_only  # a transaction is whole or nothing on both; the order of ours is the same
def test_killed_between_any_two_steps_nothing_is_planned_twice_or_forgotten(
    approved, travel, family, database_url, engine, clock, settings, world, sessions
):
    family(甲=22, 乙=24)
    approved("birthday")
    travel("2026-12-24 10:00")
    with sessions.begin() as session:  # as if nobody had planned since
        session.scalars(select(GreetingRule).where(GreetingRule.key == "birthday")).one().planned_to = dt.date(
            2026, 12, 23
        )
        session.scalars(select(Customer).where(Customer.name == "乙")).one().birth_month = 12
    deaths = 0
    for point in ("before_commit", "after_commit"):
        for count in range(1, 4):
            deaths += _killed(point, count, database_url, engine, clock(), settings)
    assert deaths >= 2, "the points were never met"
    duty.run(world)
    with sessions() as session:
        keys = Counter(session.scalars(select(Greeting.key)))
        assert keys == {"festival:new_year:2027": 1, "birthday:2026-12-24": 1}
        assert len(session.scalars(select(Campaign)).all()) == 2


def _killed(point, count, url, engine, now, settings) -> bool:
    """The duty runs in a child that dies at a point; whether it came that far."""
    engine.dispose()  # SQLite must not be open across the fork
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    try:
        death, own = Death(point, count), make_engine(url)
        sessions = make_sessions(own)
        event.listen(own, "commit", lambda connection: death.at("before_commit"))
        event.listen(sessions, "after_commit", lambda session: death.at("after_commit"))
        duty.run(World(settings, own, sessions, None, Platform(), frozen(now), TEXTS))
        os._exit(0)
    finally:
        os._exit(1)
