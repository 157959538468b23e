"""What goes out at this moment and why not, as one table: every rung, every refusal, in the order they are asked."""

import datetime as dt

import pytest

from models import Follower, Outgoing
from models.desk.delivery import ladder
from models.desk.delivery.ladder import Terms
from models.outbound import PRESSING, TOUCHES

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)
DAY = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)  # ten in the morning in Beijing
NIGHT = dt.datetime(2026, 11, 21, 15, 30, tzinfo=dt.UTC)  # 23:30 in Beijing
MORNING = dt.datetime(2026, 11, 22, 0, tzinfo=dt.UTC)  # eight o'clock
QUIET = (dt.time(22), dt.time(8))
TOMORROW = DAY + 14 * H
OPEN, SHUT = {"reply_left": 5}, {"reply_left": 0}
PROMOTION, GREETING = {"purpose": "marketing"}, {"purpose": "greeting"}
CASE = {"ticket_id": 7}
BOTH = {"template": True, "notices": 1}


def verdict(row=None, person=None, terms=None, at=DAY):
    known = {"state": "queued", "purpose": "service", "kind": "text", "text_key": "notice.arrived", "urgent": False}
    who = {"subscribed": True, "unreachable": "", "reply_left": 0, "burst_left": 0, "reply_until": at + H}
    told = Terms(**({"quiet": QUIET} | (terms or {})))
    return ladder.judge(Outgoing(**(known | (row or {}))), Follower(**(who | (person or {}))), told, now=at)


RUNGS = [
    ({}, OPEN, BOTH, "custom"),
    ({**CASE}, SHUT, BOTH, "subscribe"),
    ({**CASE}, SHUT, {"template": True}, "template"),
    ({"purpose": "staff"}, SHUT, {"template": True}, "template"),
    ({"purpose": "staff"}, SHUT, BOTH, "subscribe"),
    ({"purpose": "survey"}, SHUT, BOTH, "subscribe"),
    (PROMOTION, OPEN, BOTH, "custom"),
    # A storm does not wait until the household may be touched again.
    ({"purpose": "warning"}, OPEN, {"touched_until": TOMORROW}, "custom"),
    ({}, {**SHUT, "burst_left": 1, "burst_until": DAY + M}, {}, "custom"),
]


@pytest.mark.parametrize(("row", "person", "terms", "rung"), RUNGS)
def test_the_first_rung_that_carries_is_taken(row, person, terms, rung):
    found = verdict(row, person, terms)
    assert (found.do, found.rung) == ("send", rung)


REFUSALS = [
    # What is too late or for nobody comes before everything else.
    ({"not_after": DAY - H}, OPEN, {}, "expire", "too_late"),
    ({"not_after": DAY - H}, {**OPEN, "subscribed": False}, {}, "expire", "too_late"),
    ({}, {**OPEN, "subscribed": False}, BOTH, "refuse", "not_following"),
    ({}, {**OPEN, "unreachable": "48002"}, BOTH, "hold", "unreachable"),
    *[({"purpose": one}, {**OPEN, "opted_out_at": DAY}, BOTH, "refuse", "opted_out") for one in sorted(TOUCHES)],
    *[({"purpose": one}, OPEN, {"complaint": True}, "wait", "complaint_open") for one in sorted(TOUCHES)],
    *[({"purpose": one}, OPEN, {"talking": True}, "wait", "in_conversation") for one in sorted(TOUCHES)],
    *[
        ({"purpose": one, **row}, {**OPEN, "last_heard_at": DAY - H}, terms, "wait", reason)
        for one in sorted(TOUCHES - PRESSING)
        for row, terms, reason in (
            ({}, {"touched_until": TOMORROW}, "touched_lately"),
            ({}, {"urgent": True}, "urgent_open"),
            ({}, {"in_dialog": True}, "is_writing"),
            ({"reason": "is_writing"}, {}, "is_writing"),
        )
    ],
    (PROMOTION, {**OPEN, "opted_out_at": DAY, "unreachable": "48002"}, {"complaint": True}, "refuse", "opted_out"),
    (PROMOTION, OPEN, {"complaint": True, "touched_until": TOMORROW}, "wait", "complaint_open"),
    # Promotion never goes by a notice, whatever is allowed.
    (PROMOTION, SHUT, BOTH, "hold", "window_closed"),
    (GREETING, SHUT, BOTH, "hold", "window_closed"),
    ({"purpose": "follow_up", **CASE}, SHUT, BOTH, "hold", "window_closed"),
    # A notice is about something the person started, in words that a template can hold.
    ({}, SHUT, {"template": True}, "hold", "window_closed"),
    ({"purpose": "survey"}, SHUT, {"template": True}, "hold", "window_closed"),
    ({"purpose": "reply", "text_key": "", **CASE}, SHUT, BOTH, "hold", "window_closed"),
    ({"text_key": "", **CASE}, SHUT, BOTH, "hold", "window_closed"),
    ({"kind": "image", **CASE}, SHUT, BOTH, "hold", "window_closed"),
    ({**CASE}, SHUT, {}, "hold", "window_closed"),
]


@pytest.mark.parametrize(("row", "person", "terms", "do", "reason"), REFUSALS)
def test_every_refusal_has_its_reason(row, person, terms, do, reason):
    found = verdict(row, person, terms)
    assert (found.do, found.reason) == (do, reason)
    if do == "wait":
        assert found.until > DAY


def test_cares_of_a_household_keep_back_nothing_that_was_asked_for():
    everything = {"complaint": True, "talking": True, "urgent": True, "in_dialog": True, "touched_until": TOMORROW}
    for purpose in ("service", "staff", "reply"):
        writing = {**OPEN, "opted_out_at": DAY, "last_heard_at": DAY}
        assert verdict({"purpose": purpose, "reason": "is_writing"}, writing, everything).do == "send"


def test_who_has_been_quiet_for_three_hours_hears_what_their_message_released():
    released, quiet = {"purpose": "marketing", "reason": "is_writing"}, {**OPEN, "last_heard_at": DAY - 3 * H}
    assert verdict(released, quiet, {"in_dialog": True}).do == "send"
    assert verdict(released, {**quiet, "last_heard_at": DAY - 2 * H}).until == DAY + H
    storm = {"in_dialog": True, "urgent": True}
    assert verdict({"purpose": "warning"}, {**OPEN, "last_heard_at": DAY}, storm).do == "send"


NIGHTS = [
    ({}, OPEN, "wait"),
    ({"urgent": True}, OPEN, "send"),
    ({"purpose": "staff"}, OPEN, "send"),
    ({"purpose": "reply"}, OPEN, "send"),
    ({}, {**OPEN, "last_heard_at": NIGHT - 10 * M}, "send"),
    (PROMOTION, {**OPEN, "last_heard_at": NIGHT}, "wait"),
    (GREETING, OPEN, "wait"),
    ({"purpose": "survey"}, {**OPEN, "last_heard_at": NIGHT}, "wait"),
]


@pytest.mark.parametrize(("row", "person", "do"), NIGHTS)
def test_at_night_only_what_is_urgent_or_answers_somebody_goes_out(row, person, do):
    found = verdict(row, person, at=NIGHT)
    assert found.do == do
    if do == "wait":
        assert (found.reason, found.until) == ("quiet_hours", MORNING)
