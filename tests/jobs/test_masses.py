"""Mass sends in real deliveries: four a month, two at least, once per key; what stays in doubt a person decides."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import MassSpent, Misconfigured, Refused, Throttled, Unknown, Unreachable
from jobs import claims
from models import Follower
from models.actors import SYSTEM
from models.campaigns import Campaign, MassQuota, MassSend
from models.desk.delivery import outbox, reports
from models.desk.marketing import campaigns, mass, mass_results, quota
from models.outbound import Outgoing
from tests.jobs.campaign_cast import crowd, scheduled

H = dt.timedelta(hours=1)
WORDS = "周六有讲座\n\n不想再收到，回“退订”就好。"


def test_there_is_a_place_for_whatever_the_ladder_says_of_somebody_in_a_list():
    assert mass.BECOMES.keys() == {*claims.BECOMES, "send"}
    assert set(mass.BECOMES.values()) <= outbox.MOVES["sending"] & (outbox.MOVES["held"] | {"held"})


def test_each_person_gets_four_a_month_and_the_fifth_waits(launch, run, states, sessions, now, platform):
    with sessions.begin() as session:
        ids = crowd(session, 4, now, open_=lambda n: False)
        quota.count(session, ids[:2], quota.month_of(now), 4)
        one = scheduled(session, now, mass=True).id
    run()
    assert states(one) == {"sent": 2, "held mass_quota": 2}
    assert len(platform.masses) == 1


def test_one_person_alone_is_too_few_and_waits(launch, run, states, sessions, platform):
    one = launch(3, open_=lambda n: n < 2, mass=True)
    run()
    assert states(one) == {"sent": 2, "held window_closed": 1}
    assert platform.masses == []
    with sessions() as session:
        assert [row.used for row in session.scalars(select(MassQuota))] == [0]


@pytest.mark.parametrize("error", [Unknown(message="cut"), Unreachable(message="away"), Throttled(45066, "too soon")])
def test_no_answer_is_asked_again_by_the_same_key_and_sent_once(launch, run, states, platform, clock, error):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [error]
    platform.heard_anyway = isinstance(error, Unknown)
    run()
    assert states(one) == {"sending": 4}
    clock.advance(minutes=2)
    run()
    assert states(one) == {"sent": 4}
    assert len(platform.masses) == 1, "the platform names the first job again"


def test_a_key_that_has_died_leaves_it_to_a_person(launch, run, states, platform, clock, sessions, now):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Unknown(message="cut")] * 9
    run()
    clock.advance(hours=24)
    run()
    assert states(one) == {"unknown no_answer": 4}
    with sessions.begin() as session:
        send = session.scalars(select(MassSend)).one()
        assert send.state == "unknown"
        mass_results.decide(send, went_out=True, by=SYSTEM, now=clock())
    run()
    assert states(one) == {"sent": 4}


def test_what_a_person_sends_again_singly_is_no_matter_of_the_mass_send_any_more(
    launch, run, states, platform, clock, sessions
):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Unknown(message="cut")] * 9
    run()
    clock.advance(hours=24)
    run()
    with sessions.begin() as session:
        row = session.scalars(select(Outgoing).where(Outgoing.state == "unknown").limit(1)).one()
        outbox.retry(session, row, by=SYSTEM, now=clock())
        for state in ("sending", "unknown"):  # and is in doubt by itself
            outbox.move(row, state, reason="worker_lost", now=clock())
        mass_results.decide(session.scalars(select(MassSend)).one(), went_out=True, by=SYSTEM, now=clock())
    run()
    assert states(one) == {"sent": 3, "unknown worker_lost": 1}


def test_a_used_up_quota_gives_everybody_back_to_their_own_window(launch, run, states, platform, sessions):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [MassSpent(45028, "has no masssend quota")]
    run()
    assert states(one) == {"held mass_quota": 4}
    with sessions() as session:
        assert {row.used for row in session.scalars(select(MassQuota))} == {0}


def test_a_refused_mass_send_is_refused_for_its_people(launch, run, states, platform):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Refused(40008, "invalid message type", "rid-7")]
    run()
    assert states(one) == {"refused refused": 4}


def test_wrong_settings_pause_the_campaign_and_say_so(launch, run, states, platform, campaign_of, sessions, clock):
    one = launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Misconfigured(48004, "api banned")]
    run()
    assert (campaign_of(one).state, campaign_of(one).reason) == ("paused", "misconfigured")
    with sessions.begin() as session:
        campaigns.resume(session.get(Campaign, one), by=SYSTEM, now=clock())
    run()
    assert states(one) == {"sent": 4}


def test_at_night_no_mass_send_begins(launch, run, states, clock, platform):
    one = launch(4, open_=lambda n: False, mass=True)
    clock.advance(hours=13)  # 23:00 in Beijing
    run()
    assert platform.masses == []
    clock.advance(hours=10)
    run()
    assert states(one) == {"sent": 4}


@pytest.mark.parametrize("first", ["report", "answer"])
def test_the_platforms_figures_reach_the_send_whichever_came_first(launch, run, platform, sessions, now, first):
    launch(4, open_=lambda n: False, mass=True)
    told = {"Status": "send success", "TotalCount": "4", "FilterCount": "4", "SentCount": "3", "ErrorCount": "1"}

    def report(msg_id: str) -> None:
        with sessions.begin() as session:
            reports.hear(session, "masssendjobfinish", {"MsgID": msg_id, **told}, now=now)

    if first == "report":
        platform.on_mass = report
    run()
    if first == "answer":
        report(platform.jobs[platform.masses[0][0]])
    with sessions() as session:
        send = session.scalars(select(MassSend)).one()
        assert (send.counts["SentCount"], send.reported_at is not None) == (3, True)


@pytest.mark.parametrize(("status", "reason"), [("SEND_SUCCESS", ""), ("SEND_FAIL", "not_delivered")])
def test_where_the_report_stays_away_we_ask(launch, run, platform, sessions, clock, status, reason):
    launch(4, open_=lambda n: False, mass=True)
    platform.status = status
    run()
    assert platform.asked == []
    clock.advance(minutes=31)
    run()
    with sessions() as session:
        send = session.scalars(select(MassSend)).one()
        assert (send.reported_at is not None, send.reason) == (True, reason)
    assert len(platform.asked) == 1


def test_who_writes_while_a_mass_send_forms_hears_everything_else_at_once(
    launch, run, world, platform, sessions, promise, now
):
    launch(4, open_=lambda n: False, mass=True)
    platform.errors["mass"] = [Unknown(message="cut")]
    run()
    with sessions.begin() as session:
        writer = session.scalars(select(Follower).order_by(Follower.id)).first()
        writer.reply_left, writer.reply_until, writer_id = 5, now + 48 * H, writer.id
    promise(writer_id, "师傅到了")
    run()
    assert "师傅到了" in platform.texts_to("W000000")
