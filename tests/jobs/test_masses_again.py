"""A list that was formed and surely not handed over is judged again; what may have gone out stays bound to its key."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import MassSpent, Misconfigured, Throttled, Unknown
from jobs import campaigns as duty
from jobs import upkeep
from jobs.rate import Rate
from models import Customer, Follower, Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign, MassQuota, MassSend
from models.desk.account import people
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from models.desk.marketing import campaigns
from tests.jobs.campaign_cast import crowd, scheduled

H = dt.timedelta(hours=1)
DAY_FULL = Throttled(45009, "reach max api daily quota limit")
#: Tables of judgements: nothing here depends on the database but what test_campaigns_killed.py races.
pytestmark = pytest.mark.sqlite_only


def opts_out(session, follower, now):
    people.opt_out(session, follower, words="退订", now=now)


def unfollows(session, follower, now):
    people.unfollow(session, follower, now=now)


def household_complains(session, follower, now):
    home = Customer(name="王", form="女士", created_at=now)
    session.add_all([home, Follower(openid="husband", customer=home, created_at=now)])
    follower.customer = home
    session.flush()
    complaints.register(session, home, Grievance("阳台门关不严"), by=SYSTEM, now=now)


def writes(session, follower, now):
    follower.reply_left, follower.reply_until, follower.last_heard_at = 5, now + 48 * H, now


class Spent(Rate):
    """No call of a mass send may be made today."""

    def full(self):
        return {"mass"}


@pytest.fixture
def quotas(sessions):
    def read() -> list[tuple[str, int]]:
        with sessions() as session:
            rows = session.scalars(select(MassQuota).order_by(MassQuota.follower_id, MassQuota.month))
            return [(row.month, row.used) for row in rows]

    return read


@pytest.fixture
def sends(sessions):
    def read() -> list[tuple[str, str, int]]:
        with sessions() as session:
            return [
                (one.state, one.reason, one.size) for one in session.scalars(select(MassSend).order_by(MassSend.id))
            ]

    return read


def first(sessions, then, now):
    with sessions.begin() as session:
        then(session, session.scalars(select(Follower).order_by(Follower.id)).first(), now)


@pytest.mark.parametrize("trouble", [DAY_FULL, Misconfigured(48004, "api banned")])
@pytest.mark.parametrize(
    ("then", "becomes"),
    [
        (opts_out, "refused opted_out"), (unfollows, "refused not_following"), (writes, "sent"),
        (household_complains, "queued complaint_open"),
    ],
)  # fmt: skip
def test_whoever_changed_after_it_was_formed_drops_out_of_the_call(
    launch, run, states, platform, clock, sessions, quotas, sends, trouble, then, becomes
):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [trouble]
    run()
    assert (states(one), [size for *_, size in sends()]) == ({"sending": 4}, [4])
    clock.advance(hours=1)
    with sessions.begin() as session:
        campaign = session.get(Campaign, one)
        if campaign.state == "paused":
            session.scalars(select(MassSend)).one().next_try_at = clock()  # resumed before the list is too old
            campaigns.resume(campaign, by=SYSTEM, now=clock())
    first(sessions, then, clock())
    run()
    expected = {"sent": 4} if becomes == "sent" else {"sent": 3, becomes: 1}
    assert states(one) == expected
    assert [openids for _, openids, _ in platform.masses] == [[f"W{n:06d}" for n in (1, 2, 3)]]
    assert (sends(), [used for _, used in quotas()]) == ([("sent", "", 3)], [0, 1, 1, 1])


def test_formed_while_the_worker_died_before_the_call_it_is_judged_as_well(
    launch, world, run, states, platform, clock, sessions
):
    one = launch(4, open_=lambda n: False, mass=True)
    duty.run(world, rate=Spent(None, per_second=1e9))
    assert states(one) == {"sending": 4}
    first(sessions, opts_out, clock())
    clock.advance(minutes=3)
    run()
    assert states(one) == {"sent": 3, "refused opted_out": 1}


def test_past_the_end_of_the_campaign_nobody_gets_it(launch, run, states, platform, clock, now, quotas, sends, world):
    one = launch(4, open_=lambda n: False, mass=True, ends_at=now + 2 * H)
    platform.errors["mass"] = [DAY_FULL, DAY_FULL]
    run()
    clock.advance(hours=1, minutes=1)
    run()
    clock.advance(hours=1)
    upkeep.sweep(world)
    run()
    assert platform.masses == []
    assert (states(one), sends()) == ({"expired too_late": 4}, [("refused", "too_late", 4)])
    assert {used for _, used in quotas()} == {0}


def test_fewer_than_two_left_wait_for_their_own_window(launch, run, states, platform, clock, sessions, quotas):
    one = launch(2, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [DAY_FULL]
    run()
    first(sessions, opts_out, clock())
    clock.advance(hours=1)
    run()
    assert platform.masses == []
    assert states(one) == {"refused opted_out": 1, "held window_closed": 1}
    assert {used for _, used in quotas()} == {0}


def test_a_list_in_doubt_stays_as_it_is_and_is_asked_for_by_its_key(
    launch, run, states, platform, clock, sessions, sends
):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Unknown(message="cut"), DAY_FULL]
    platform.heard_anyway = True
    run()
    clock.advance(minutes=2)
    first(sessions, opts_out, clock())
    run()
    clock.advance(hours=1)
    run()
    assert states(one) == {"sent": 4}, "perhaps it was carried out: only the key knows"
    assert (len(platform.masses), sends()) == (1, [("sent", "", 4)])


def test_the_place_is_counted_in_the_month_of_the_call(run, states, platform, clock, sessions, quotas):
    clock.now = dt.datetime(2026, 11, 30, 12, 59, tzinfo=dt.UTC)  # 20:59 in Beijing
    with sessions.begin() as session:
        crowd(session, 3, clock(), open_=lambda n: False)
        one = scheduled(session, clock(), mass=True).id
    platform.errors["mass"] = [Throttled(45009, "slow down"), MassSpent(45028, "has no masssend quota")]
    run()
    assert set(quotas()) == {("2026-11", 1)}
    clock.advance(hours=13)
    with sessions.begin() as session:
        session.scalars(select(MassSend)).one().next_try_at = clock()
    run()
    assert states(one) == {"held mass_quota": 3}
    assert set(quotas()) == {("2026-11", 0), ("2026-12", 0)}


# -- cancelled


@pytest.mark.parametrize("trouble", [DAY_FULL, Throttled(89505, "an administrator has to allow it")])
def test_cancelled_before_it_went_out_its_people_are_free(
    launch, run, states, platform, clock, sessions, campaign_of, quotas, sends, trouble
):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [trouble]
    run()
    with sessions.begin() as session:
        campaigns.cancel(session.get(Campaign, one), by=SYSTEM, now=clock())
    run()
    assert states(one) == {"cancelled campaign_cancelled": 4}
    assert (sends(), {used for _, used in quotas()}) == ([("refused", "campaign_cancelled", 4)], {0})
    assert (campaign_of(one).finished_at is not None, platform.masses) == (True, [])


def test_cancelled_in_doubt_it_is_asked_about_and_what_went_out_stands(
    launch, run, states, platform, clock, sessions, campaign_of
):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"], platform.heard_anyway = [Unknown(message="cut")], True
    run()
    with sessions.begin() as session:
        campaigns.cancel(session.get(Campaign, one), by=SYSTEM, now=clock())
    clock.advance(minutes=2)
    run()
    assert (states(one), len(platform.masses)) == ({"sent": 4}, 1)
    assert campaign_of(one).finished_at is not None
    with sessions() as session:
        assert {row.rung for row in session.scalars(select(Outgoing))} == {"mass"}
