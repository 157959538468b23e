"""Touches: counted per household across all senders, kept under every cap, and never two a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Customer, Follower, Outgoing, ProjectMember, TouchCap
from models.desk.delivery import touches
from models.desk.delivery.touches import full_until
from models.worktime import SHANGHAI, local_day
from tests.models.builders import house

NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def midnight(days: int) -> dt.datetime:
    day = local_day(NOW) + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(), SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("ago", "until"),
    [
        ([], None),
        ([0], 1),  # one today: tomorrow
        ([1], None),
        ([1, 3], 4),  # two this week: when the older one is a week old
        ([1, 6], 1),
        ([1, 7], None),
        ([8, 9, 10, 11], 19),  # four in thirty days
        ([0, 1], 6),
    ],
)
def test_how_long_a_household_has_had_enough(ago, until):
    moments = [NOW - days * DAY for days in ago]
    expected = None if until is None else midnight(until)
    assert full_until(moments, touches.DEFAULTS, NOW) == expected


@given(st.lists(st.integers(0, 40), max_size=12))
def test_waiting_until_then_always_finds_room_and_a_second_earlier_none(ago):
    moments = [NOW - days * DAY for days in ago]
    until = full_until(moments, touches.DEFAULTS, NOW)
    if until is not None:
        assert until > NOW
        assert full_until(moments, touches.DEFAULTS, until) is None
        assert full_until(moments, touches.DEFAULTS, until - dt.timedelta(seconds=1)) == until


def letter(session, follower, now, key, **facts):
    known = {"purpose": "marketing", "state": "sent", "settled_at": now, "not_before": now, "next_try_at": now}
    row = Outgoing(dedupe_key=key, follower=follower, created_at=now, **(known | facts))
    session.add(row)
    session.flush()
    return row


def test_a_household_is_everybody_of_one_house_and_nobody_else(session, now):
    who = house(session, now)
    wife, stranger = Customer(name="李梅", created_at=now), Customer(name="别人", created_at=now)
    session.add_all([wife, stranger, ProjectMember(project=who.project, customer=wife, role="family")])
    session.flush()
    rows = [Follower(openid=f"o{n}", customer=one, created_at=now) for n, one in enumerate((wife, wife, stranger))]
    lone = Follower(openid="o9", created_at=now)
    session.add_all([*rows, lone])
    session.flush()
    mine = {who.homeowner.id, rows[0].id, rows[1].id}
    found = touches.households(session, {who.homeowner.id, rows[2].id, lone.id})
    assert found == {who.homeowner.id: mine, rows[2].id: {rows[2].id}, lone.id: {lone.id}}


def test_what_counts_as_a_touch(session, now):
    who = house(session, now)
    one = who.homeowner
    counted = [
        {"purpose": "marketing"}, {"purpose": "greeting"}, {"purpose": "follow_up"}, {"purpose": "survey"},
        {"state": "sending", "settled_at": None, "claimed_at": now}, {"state": "unknown"},
    ]  # fmt: skip
    for number, facts in enumerate(counted):
        letter(session, one, now, f"yes:{number}", **facts)
    decoys = [
        {"purpose": "service"}, {"purpose": "reply"}, {"state": "queued", "settled_at": None}, {"state": "held"},
        {"state": "refused"}, {"settled_at": now - 31 * DAY},
    ]  # fmt: skip
    for number, facts in enumerate(decoys):
        letter(session, one, now, f"no:{number}", **facts)
    found = touches.lately(session, {one.id}, since=touches.since(touches.DEFAULTS, now))
    assert found == {one.id: [now] * len(counted)}


def test_managers_change_the_numbers(session, now):
    assert list(touches.caps(session)) == list(touches.DEFAULTS)
    touches.ensure(session)
    touches.ensure(session)
    row = session.query(TouchCap).filter_by(days=7).one()
    row.most = 3
    session.flush()
    assert sorted(touches.caps(session)) == [(1, 1), (7, 3), (30, 4)]
