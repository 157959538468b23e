"""The last rung and the quotas: somebody calls about what cannot be delivered; a full day is passed by."""

import datetime as dt

from sqlalchemy import select

from bot.errors import Throttled
from jobs import upkeep
from jobs.outbox import deliver
from jobs.rate import PER_DAY, Rate, _keys
from models import Callback, Outgoing
from models.callbacks import CallbackAttempt
from models.people import Follower

H = dt.timedelta(hours=1)
TEMPLATE = "NOTICE-1"


def away(person, openid="W1"):
    return person(openid, reply_until=None, reply_left=0)


def test_what_cannot_be_delivered_is_a_call_once_and_moot_when_it_arrives(
    world, person, promise, row, sessions, platform, quick, clock, repair
):
    chen = away(person)
    mine = promise(chen, "到了", or_call=True, ticket_id=repair)
    promise(away(person, "W2"), "不必打电话")
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason) == ("held", "window_closed")
    with sessions() as session:
        (call,) = session.scalars(select(Callback))
        assert (call.purpose, call.ticket_id, call.follower_id, call.words) == (
            "message_undelivered", repair, chen, "到了",
        )  # fmt: skip
    with sessions.begin() as session:
        held = session.get(Outgoing, mine)
        held.state, held.next_try_at = "queued", clock()
        session.get(Follower, chen).reply_until = clock() + H
        session.get(Follower, chen).reply_left = 5
    deliver(world, rate=quick)
    with sessions() as session:
        assert session.scalars(select(Callback)).one().state == "dropped"
    assert row(mine).state == "sent"


def test_a_call_that_somebody_has_begun_stays_theirs(world, person, promise, sessions, quick, clock):
    chen = away(person)
    mine = promise(chen, "到了", or_call=True)
    deliver(world, rate=quick)
    with sessions.begin() as session:
        call = session.scalars(select(Callback)).one()
        assert call.conversation_id is not None
        session.add(CallbackAttempt(callback=call, at=clock(), outcome="no_answer"))
        held, person_ = session.get(Outgoing, mine), session.get(Follower, chen)
        held.state, held.next_try_at, person_.reply_until, person_.reply_left = "queued", clock(), clock() + H, 5
    deliver(world, rate=quick)
    with sessions() as session:
        assert session.scalars(select(Callback)).one().state == "open"


def test_what_expires_or_comes_to_nobody_is_a_call_too(world, person, promise, sessions, quick, clock):
    promise(away(person, "W1"), "晚了", or_call=True, not_after=clock() + H, not_before=clock() + H / 2)
    promise(person("W2", subscribed=False), "走了", or_call=True)
    deliver(world, rate=quick)
    clock.advance(hours=2)
    upkeep.sweep(world)
    with sessions() as session:
        assert sorted(call.words for call in session.scalars(select(Callback))) == ["晚了", "走了"]


def test_a_rung_whose_day_is_used_up_is_passed_by(make_world, make_settings, redis, person, promise, row, repair):
    world = make_world(settings=make_settings(wechat_template_notice="SERVICE-1"), redis=redis)
    redis.set(_keys(redis)["template"], PER_DAY["template"])
    mine = promise(away(person), text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
    deliver(world, rate=Rate(redis))
    assert (row(mine).state, row(mine).reason) == ("held", "window_closed")


def test_when_the_day_is_used_up_everything_waits(make_world, redis, person, promise, row, clock):
    redis.set(_keys(redis)["custom"], PER_DAY["custom"])
    mine = promise(person("W1"), "x")
    assert deliver(make_world(redis=redis), rate=Rate(redis)) == 0
    assert (row(mine).state, row(mine).reason, row(mine).next_try_at) == ("queued", "throttled", clock() + H)


def test_every_send_is_counted_for_its_day(make_world, redis, person, promise):
    promise(person("W1"), "x")
    deliver(make_world(redis=redis), rate=Rate(redis))
    assert redis.get(_keys(redis)["custom"]) == b"1" and redis.get(_keys(redis)["template"]) is None


def test_a_templates_own_quota_stops_nobody_else(make_world, make_settings, person, promise, row, repair, platform,
                                                 quick):  # fmt: skip
    world = make_world(settings=make_settings(wechat_template_notice="SERVICE-1"))
    first = promise(away(person), text_key="notice.plain", facts={"number": "BX1"}, ticket_id=repair)
    platform.errors["W1"] = [Throttled(45009, "day")]
    deliver(world, rate=quick)
    second = promise(person("W2"), "x")
    deliver(world, rate=quick)
    assert (row(first).reason, row(second).state) == ("throttled", "sent")
