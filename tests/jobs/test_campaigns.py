"""Campaigns in real deliveries: everybody gets it once by the way that is open, or is out for a reason one can read."""

import datetime as dt
import tracemalloc
from collections import Counter

import pytest
from sqlalchemy import event, insert, select

from bot.errors import Refused
from jobs import campaigns as duty
from jobs import upkeep
from jobs.outbox import deliver
from models import Conversation, Customer, Follower, Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign, MassQuota, Recipient
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.marketing import campaigns
from models.work import Ticket
from tests.jobs.campaign_cast import crowd, scheduled

H = dt.timedelta(hours=1)
WORDS = "周六有讲座\n\n不想再收到，回“退订”就好。"


def test_who_wrote_lately_gets_it_one_by_one_and_the_others_together(
    launch, run, states, platform, campaign_of, sessions
):
    one = launch(7, open_=lambda n: n < 3, mass=True)
    assert run() == 3
    assert states(one) == {"sent": 7}
    assert [(len(openids), text) for _, openids, text in platform.masses] == [(4, WORDS)]
    assert {openid for _, openid, _ in platform.sent} == {f"W{n:06d}" for n in range(3)}
    assert (campaign_of(one).state, campaign_of(one).finished_at is not None) == ("done", True)
    with sessions() as session:
        assert [(row.used, row.month) for row in session.scalars(select(MassQuota))] == [(1, "2026-11")] * 4
        rows = session.scalars(select(Outgoing).where(Outgoing.rung == "mass")).all()
        assert {row.sent_text for row in rows} == {WORDS} and len(rows) == 4


def test_without_leave_to_send_to_many_it_waits_for_each_persons_next_message(
    launch, run, states, sessions, now, clock
):
    one = launch(3, open_=lambda n: n == 0)
    run()
    assert states(one) == {"sent": 1, "held window_closed": 2}
    with sessions.begin() as session:
        writer = session.scalars(select(Follower).order_by(Follower.id.desc())).first()
        writer.reply_left, writer.reply_until = 5, now + 48 * H
        outbox.release(session, writer, now=now)
    run()
    assert states(one) == {"sent": 1, "queued is_writing": 1, "held window_closed": 1}
    clock.advance(hours=2)  # the last word is three hours ago
    run()
    assert states(one) == {"sent": 2, "held window_closed": 1}
    clock.advance(hours=49)


def test_what_has_not_left_by_the_end_expires_and_the_campaign_is_done(launch, run, states, clock, world, campaign_of):
    one = launch(2, open_=lambda n: n == 0)
    run()
    assert campaign_of(one).state == "running"
    clock.advance(hours=49)
    upkeep.sweep(world)
    run()
    assert states(one) == {"sent": 1, "expired too_late": 1}
    assert campaign_of(one).state == "done"


def test_everybody_who_is_out_has_a_reason(launch, run, sessions, now):
    with sessions.begin() as session:
        ids = crowd(session, 8, now, open_=lambda n: True)
        gone, refuses, blocked, complains, talks, wife, husband, _fine = (session.get(Follower, one) for one in ids)
        gone.subscribed = False
        people.opt_out(session, refuses, words="退订", now=now)
        blocked.unreachable = "48002"
        for one, other in ((complains, None), (wife, husband)):
            customer = Customer(created_at=now)
            session.add(customer)
            session.flush()
            one.customer = customer
            if other is not None:
                other.customer = customer
        session.flush()
        complaint(session, complains, now)
        session.add(Conversation(follower_id=talks.id, owner="agent", unread=0))
        one = scheduled(session, now).id
    run()
    with sessions() as session:
        reasons = Counter(session.scalars(select(Recipient.reason).where(Recipient.campaign_id == one)))
        outs = select(Recipient.outgoing_id).where(Recipient.reason != "")
        assert set(session.scalars(outs)) == {None}
        waiting = session.scalars(select(Outgoing).where(Outgoing.state == "queued")).all()
    assert reasons == {
        "": 3, "not_following": 1, "opted_out": 1, "unreachable": 1, "complaint_open": 1, "household": 1,
    }  # fmt: skip
    assert [row.reason for row in waiting] == ["in_conversation"]


def complaint(session, follower, now):
    case = {
        "number": "TS1", "kind": "complaint", "state": "registered", "opened_at": now, "version": 1,
        "follower_id": follower.id,
        "house_text": "", "contact_name": "", "contact_phone": "", "close_reason": "",
    }  # fmt: skip
    session.execute(Ticket.__table__.insert().values(case))


def test_paused_nothing_goes_out_resumed_it_goes_on(launch, run, states, sessions, platform, now, campaign_of):
    one = launch(6, open_=lambda n: n < 4, mass=True)
    with sessions.begin() as session:
        campaign = session.get(Campaign, one)
        campaign.move("running", by=SYSTEM, now=now)
        campaigns.pause(campaign, by=SYSTEM, now=now, reason="x")
    run()
    assert platform.sent == platform.masses == []
    with sessions.begin() as session:
        campaigns.resume(session.get(Campaign, one), by=SYSTEM, now=now)
    run()
    assert states(one) == {"sent": 6} and campaign_of(one).state == "done"


def test_what_waits_when_it_is_cancelled_is_never_sent(launch, run, states, sessions, clock, now, campaign_of):
    one = launch(3, open_=lambda n: n == 0)
    run()
    with sessions.begin() as session:
        campaigns.cancel(session.get(Campaign, one), by=SYSTEM, now=now)
        for person in session.scalars(select(Follower)):
            person.reply_left, person.reply_until = 5, now + 48 * H
            outbox.release(session, person, now=now)
    run()
    assert states(one) == {"sent": 1, "cancelled campaign_cancelled": 2}
    assert campaign_of(one).finished_at is not None


def test_queued_messages_of_a_paused_campaign_are_put_aside_and_come_back(
    launch, run, states, sessions, now, world, quick
):
    one = launch(3)
    duty.run(world, rate=quick)
    with sessions.begin() as session:
        campaigns.pause(session.get(Campaign, one), by=SYSTEM, now=now)
    assert deliver(world, rate=quick) == 0
    assert states(one) == {"held campaign_paused": 3}
    with sessions.begin() as session:
        campaigns.resume(session.get(Campaign, one), by=SYSTEM, now=now)
    assert run() == 3


def test_many_more_people_than_were_approved_stop_the_start(launch, run, sessions, now, campaign_of, states):
    one = launch(5)
    with sessions.begin() as session:
        session.get(Campaign, one).expected = 0
        for n in range(40):
            session.add(
                Follower(openid=f"late{n}", created_at=now, last_heard_at=now, reply_left=5, reply_until=now + H)
            )
        session.get(Campaign, one).expected = 5
    run()
    assert (campaign_of(one).state, campaign_of(one).reason, states(one)) == ("paused", "audience_grew", {})
    with sessions.begin() as session:
        campaigns.resume(session.get(Campaign, one), by=SYSTEM, now=now)
    assert run() == 45


@pytest.mark.sqlite_only  # what is counted are statements
@pytest.mark.parametrize(("approved", "stands"), [(5, "paused"), (1300, "running")])
def test_however_many_are_meant_the_start_looks_at_no_more_than_a_run_has_time_for(
    launch, world, engine, sessions, quick, campaign_of, approved, stands
):
    one, statements = launch(3), []
    with sessions.begin() as session:
        session.get(Campaign, one).expected = approved
        rows = [{"openid": f"N{n}", "created_at": world.clock(), "reply_left": 0} for n in range(1300)]
        session.execute(insert(Follower), rows)
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    duty.run(world, rate=quick, seconds=0)
    pages = [told for told in statements if "wants_greetings" in told]
    assert (campaign_of(one).state, len(pages)) == (stands, 1)


def test_one_failing_recipient_stops_nobody(launch, run, states, platform):
    one = launch(5)
    platform.errors["W000002"] = [Refused(43004, "require subscribe")]
    assert run() == 4
    assert states(one) == {"sent": 4, "refused not_following": 1}


def test_memory_stays_flat_however_many_people(world, sessions, now, quick):
    peaks = []
    for count in (1000, 4000):
        with sessions.begin() as session:
            crowd_more(session, count, now)
        with sessions.begin() as session:
            scheduled_more(session, now, f"run{count}")
        tracemalloc.start()
        duty.run(world, rate=quick, seconds=600)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def crowd_more(session, count, now):
    """Strangers who wait for the next message; only those of the newest campaign."""
    session.execute(Follower.__table__.insert(), [
        {"openid": f"M{count}-{n}", "subscribed": True, "lang": f"l{count}"[:5], "unreachable": "", "burst_left": 0,
         "scene": "", "unionid": "", "turn": 0, "bind_tries": 0, "created_at": now, "reply_left": 0}
        for n in range(count)
    ])  # fmt: skip


def scheduled_more(session, now, name):
    lang = f"l{name.removeprefix('run')}"[:5]
    meant = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": [lang]}]}]}
    campaign = campaigns.make(session, campaigns.Plan(name, body="x", audience=meant), by=SYSTEM, now=now)
    for state in ("checked", "approved", "scheduled"):
        campaign.move(state, by=SYSTEM, now=now)
    campaign.starts_at, campaign.ends_at = now, now + 48 * H
