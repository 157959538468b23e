"""A wish has its day: what may wait leaves it the place, written already or not, by one worker or by several."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from jobs import campaigns as campaign_duty
from jobs import greetings as duty
from jobs.outbox import deliver
from jobs.rate import Rate
from models import Customer, Estate, Follower, Outgoing, Project, ProjectMember, Survey
from models.actors import SYSTEM
from models.desk.delivery import kept_days
from models.desk.marketing import campaigns, occasions
from models.desk.marketing.campaigns import Plan
from models.greetings import GreetingRule
from models.worktime import SHANGHAI
from templates import Texts
from tests.jobs.campaign_cast import colleagues, in_force

TEXTS = Texts()
QUICK = Rate(None, per_second=1e9)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture(scope="session")
def catalogue() -> Texts:
    return TEXTS


@pytest.fixture
def born(world, sessions, person, clock, now):
    """Wu, whose birthday is the 23rd and is wished by a rule in force, and her husband; the followers' ids.

    Their windows are open, and nobody has written for hours.
    """
    ids = [
        person(name, last_heard_at=now - dt.timedelta(hours=9), reply_until=now + dt.timedelta(days=5))
        for name in ("wu", "he")
    ]
    duty.run(world)
    with sessions.begin() as session:
        house = Project(number="HT-1", estate=Estate(name="翡翠城"), created_at=now)
        for follower_id, day in zip(ids, (23, None), strict=True):
            one = Customer(name="吴倩", created_at=now, birth_month=day and 11, birth_day=day)
            session.get(Follower, follower_id).customer = one
            session.add(ProjectMember(project=house, customer=one))
        rule = session.scalars(select(GreetingRule).where(GreetingRule.key == "birthday")).one()
        in_force(rule, colleagues(session), clock())
    return ids


def stands(sessions) -> dict[str, str]:
    with sessions() as session:
        return {row.purpose: f"{row.state} {row.reason}".strip() for row in session.scalars(select(Outgoing))}


def come(world, clock, text: str) -> None:
    clock.advance(seconds=(at(text) - clock()).total_seconds())
    deliver(world, rate=QUICK)


def plan(world) -> None:
    duty.run(world)
    campaign_duty.run(world, rate=QUICK)


@pytest.mark.sqlite_only  # the order of things counts
@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize("purpose", ["survey", "follow_up", "marketing"])
def test_what_may_wait_leaves_the_day_to_a_wish(world, born, promise, sessions, clock, purpose, whose):
    promise(born[whose], "住得还习惯吗？", purpose=purpose, not_before=at("2026-11-23 08:30"))
    come(world, clock, "2026-11-23 08:30")  # before anybody has planned this day
    assert stands(sessions) == {purpose: "queued day_kept"}
    plan(world)
    come(world, clock, "2026-11-23 09:10")  # planned; its hour has not come
    plan(world)
    come(world, clock, "2026-11-23 09:31")  # running, and nobody stands in it
    assert stands(sessions) == {purpose: "queued day_kept"}
    plan(world)
    come(world, clock, "2026-11-23 09:32")
    assert stands(sessions) == {purpose: "queued day_kept", "greeting": "sent"}
    come(world, clock, "2026-11-23 20:59")
    assert stands(sessions)[purpose] == "queued day_kept", "one a day"
    come(world, clock, "2026-11-24 08:30")
    assert stands(sessions) == {purpose: "sent", "greeting": "sent"}


@pytest.mark.sqlite_only  # the order of things counts
@pytest.mark.parametrize(
    "no", ["opted_out", "unwanted", "unapproved", "over", "paused", "another day"]
)  # fmt: skip
def test_nobody_waits_for_a_wish_that_will_not_come(world, born, promise, sessions, clock, now, no):
    wu, husband = born
    day = "2026-11-23 08:30"
    if no in ("paused", "over"):
        come(world, clock, "2026-11-23 07:00")
        promise(wu, "生日快乐", purpose="greeting", not_after=at("2026-11-23 21:00" if no == "paused" else day),
                reason="campaign_paused" if no == "paused" else "", state="held")  # fmt: skip
    with sessions.begin() as session:
        rule = session.scalars(select(GreetingRule).where(GreetingRule.key == "birthday")).one()
        wife = session.get(Follower, wu)
        if no == "opted_out":
            wife.opted_out_at = now
        elif no == "unwanted":
            wife.customer.wants_greetings = False
        elif no in ("unapproved", "paused", "over"):
            rule.planned_to = dt.date(2026, 11, 23)  # nothing more will come of the rule
        else:
            day = "2026-11-24 08:30"
    promise(husband, "周六有讲座", purpose="marketing", not_before=at(day))
    come(world, clock, day if no != "over" else "2026-11-23 08:31")
    assert stands(sessions)["marketing"] == "sent"


@pytest.mark.sqlite_only  # the order of things counts
def test_a_question_about_their_own_repair_takes_no_wishs_place(world, born, promise, row, sessions, clock):
    """The other way round it counts: whoever was asked about a repair hears nothing more unasked that day."""
    clock.advance(seconds=(at("2026-11-23 08:20") - clock()).total_seconds())
    with sessions.begin() as session:
        from_repair = Survey(follower_id=born[0], round=1, planned_at=clock(), state="planned", label="", words="")
        session.add(from_repair)
        session.flush()
        number = from_repair.id
    asked = promise(born[0], "修得满意吗？", survey_id=number)
    come(world, clock, "2026-11-23 08:25")
    assert row(asked).state == "sent"
    clock.advance(minutes=70)
    plan(world)
    deliver(world, rate=QUICK)
    assert stands(sessions)["greeting"] == "sent"


@pytest.mark.sqlite_only  # the order of things counts
def test_a_campaign_of_that_day_begins_after_the_wish(world, born, sessions, clock, now):
    clock.advance(seconds=(at("2026-11-23 09:00") - clock()).total_seconds())
    with sessions.begin() as session:
        offer = Plan("讲座", body="周六有讲座", audience=occasions.OWNERS, ends_at=at("2026-11-25 18:00"))
        campaign = campaigns.make(session, offer, by=SYSTEM, now=clock())
        for state in ("checked", "approved", "scheduled"):
            campaign.move(state, by=SYSTEM, now=clock())
        campaign.starts_at = clock()
    campaign_duty.run(world, rate=QUICK)
    assert stands(sessions) == {"marketing": "queued day_kept"}
    clock.advance(minutes=31)
    plan(world)
    deliver(world, rate=QUICK)
    come(world, clock, "2026-11-24 09:00")
    assert stands(sessions) == {"marketing": "sent", "greeting": "sent"}


@pytest.mark.sqlite_only  # the order of things counts
@pytest.mark.parametrize("ago", [(1, 3), (8, 10, 15, 20)])
def test_a_full_week_or_month_takes_no_wish_its_day_and_the_wish_counts_in_it(
    world, born, promise, sessions, clock, ago
):
    for days in ago:
        before = at("2026-11-23 09:00") - dt.timedelta(days=days)
        promise(born[1], f"{days}", purpose="marketing", state="sent", settled_at=before, created_at=before)
    come(world, clock, "2026-11-22 08:30")
    promise(born[0], "周六有讲座", purpose="marketing")
    deliver(world, rate=QUICK)
    assert "marketing queued touched_lately" in standing(sessions)
    come(world, clock, "2026-11-23 09:31")
    plan(world)
    come(world, clock, "2026-11-23 09:32")
    assert "greeting sent" in standing(sessions)
    promise(born[1], "生日快乐", purpose="greeting", not_after=at("2026-11-23 21:00"))
    deliver(world, rate=QUICK)
    assert standing(sessions).count("greeting sent") == 1, "never two a day"
    come(world, clock, "2026-11-24 09:00")
    assert "marketing queued touched_lately" in standing(sessions), "what may wait waits longer"


def standing(sessions) -> list[str]:
    with sessions() as session:
        return [f"{row.purpose} {row.state} {row.reason}".strip() for row in session.scalars(select(Outgoing))]


def test_two_clocks_at_once_never_give_the_day_away(world, born, promise, sessions, clock, platform):
    """One worker plans and expands the wish while another sends what may wait, whatever comes first."""
    for number in range(3):
        promise(born[number % 2], f"问{number}", purpose="survey", not_before=at("2026-11-23 08:30"))
    clock.advance(seconds=(at("2026-11-23 09:31") - clock()).total_seconds())
    start, troubles = threading.Barrier(4), []

    def work(duty_):
        start.wait()
        try:
            for _ in range(3):
                duty_()
        except BaseException as why:  # noqa: BLE001 — a thread's death must fail the test
            troubles.append(why)

    sends = lambda: deliver(world, rate=QUICK, batch=1)  # noqa: E731
    threads = [threading.Thread(target=work, args=(one,)) for one in (sends, lambda: plan(world)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    for _ in range(2):
        clock.advance(seconds=3)  # who waited behind another worker comes again
        plan(world)
        deliver(world, rate=QUICK)
    with sessions() as session:
        rows = session.scalars(select(Outgoing)).all()
    assert [row.purpose for row in rows if row.state == "sent"] == ["greeting"]
    # The wish is out: who looks now says that they have heard enough, who looked before that the day was kept.
    assert {row.reason for row in rows if row.state == "queued"} <= {"day_kept", "touched_lately"}


def test_the_rows_are_asked_for_in_the_order_in_which_a_wish_comes_to_be(world, born, session, clock):
    """A wish moves from rule to campaign to message; whoever looks finds it at each of the three."""
    clock.advance(seconds=(at("2026-11-23 08:30") - clock()).total_seconds())
    assert kept_days.kept(session, born, now=clock()) == {born[0]}
    session.commit()
    duty.run(world)
    assert kept_days.kept(session, born, now=clock()) == {born[0]}
    session.commit()
    clock.advance(minutes=61)
    plan(world)
    assert kept_days.kept(session, born, now=clock()) == {born[0]}
    session.commit()
    deliver(world, rate=QUICK)
    assert kept_days.kept(session, born, now=clock()) == set()
