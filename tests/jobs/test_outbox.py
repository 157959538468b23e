"""Delivery: each answer of the platform, each rung, each reason not to send, and nobody harmed by another's failure."""

import datetime as dt

import pytest
from sqlalchemy import event, select

from bot.errors import Misconfigured, Refused, Throttled, Unknown, Unreachable, WindowClosed
from jobs import claims, settling, upkeep
from jobs.outbox import deliver
from models.actors import By
from models.desk import escalations
from models.desk.delivery import outbox
from models.outbound import Outgoing
from models.people import Follower
from models.talk import Conversation, Message
from models.work import Escalation

HOUR = dt.timedelta(hours=1)


def test_what_is_due_is_sent_once_and_stands_in_the_conversation(
    world, person, promise, row, sessions, platform, quick, now
):
    chen, decoy = person("W1"), person("W2")
    with sessions.begin() as session:
        session.add(Conversation(follower_id=chen, owner="bot", unread=0))
    mine = promise(chen, text_key="notice.hello", facts={"name": "陈先生"})
    later = promise(decoy, "以后", not_before=now + HOUR)
    assert deliver(world, rate=quick) == 1
    assert deliver(world, rate=quick) == 0
    assert platform.sent == [("text", "W1", "您好，陈先生")]
    told = row(mine)
    assert (told.state, told.rung, told.sent_text, told.platform_id) == ("sent", "custom", "您好，陈先生", "1")
    assert row(later).state == "queued"
    with sessions() as session:
        assert [message.text for message in session.scalars(select(Message))] == ["您好，陈先生"]


def test_a_send_spends_one_place_of_the_window(world, person, promise, follower, quick):
    chen, decoy = person("W1", reply_left=2), person("W2", reply_left=4)
    promise(chen, "一")
    deliver(world, rate=quick)
    assert (follower(chen).reply_left, follower(decoy).reply_left) == (1, 4)


def test_the_words_of_one_person_keep_their_order(world, person, promise, platform, quick):
    people = [person(f"W{number}") for number in range(4)]
    for word in "一二三四五":
        for follower_id in people:
            promise(follower_id, word)
    assert deliver(world, rate=quick, batch=7) == 20
    for number in range(4):
        assert platform.texts_to(f"W{number}") == list("一二三四五")


def test_one_failing_recipient_stops_nobody(world, person, promise, platform, row, quick):
    first, bad, last = person("W1"), person("W2"), person("W3")
    rows = [promise(follower_id, "好") for follower_id in (first, bad, last)]
    platform.errors["W2"] = [Refused(40007, "bad media", "rid-1")]
    assert deliver(world, rate=quick) == 2
    assert [row(row_id).state for row_id in rows] == ["sent", "refused", "sent"]
    refused = row(rows[1])
    assert (refused.reason, refused.errcode, refused.error, refused.rid) == ("refused", 40007, "bad media", "rid-1")


def test_a_person_the_platform_refuses_is_unreachable_and_the_place_comes_back(
    world, person, promise, platform, row, follower, quick
):
    chen = person("W1")
    first, second = promise(chen, "一"), promise(chen, "二")
    platform.errors["W1"] = [Refused(43004, "require subscribe")]
    deliver(world, rate=quick)
    assert (row(first).state, row(first).reason) == ("refused", "not_following")
    assert follower(chen).unreachable == "43004"
    # The second one was claimed together with the first and met no error of its own.
    assert row(second).state == "sent" and follower(chen).reply_left == 4
    third = promise(chen, "三")
    deliver(world, rate=quick)
    assert (row(third).state, row(third).reason) == ("held", "unreachable")


def test_an_unreachable_platform_is_tried_again_with_growing_waits(
    world, person, promise, platform, row, follower, quick, clock
):
    chen = person("W1")
    mine = promise(chen, "一")
    platform.errors["W1"] = [Unreachable(), Unreachable()]
    deliver(world, rate=quick)
    held = row(mine)
    assert (held.state, held.reason, held.attempts) == ("queued", "unreachable", 1)
    assert held.next_try_at == clock() + dt.timedelta(seconds=5)
    assert follower(chen).reply_left == 5
    clock.advance(seconds=5)
    deliver(world, rate=quick)
    assert row(mine).next_try_at == clock() + dt.timedelta(seconds=10)
    clock.advance(seconds=10)
    assert deliver(world, rate=quick) == 1
    assert row(mine).state == "sent" and follower(chen).reply_left == 4


def test_what_comes_later_for_a_person_waits_behind_what_comes_again(
    world, person, promise, platform, row, quick, clock
):
    chen = person("W1")
    first, second = promise(chen, "一"), promise(chen, "二")
    platform.errors["W1"] = [Unreachable()]
    deliver(world, rate=quick)
    third = promise(chen, "三")
    deliver(world, rate=quick)
    assert platform.sent == []
    assert [row(row_id).state for row_id in (first, second, third)] == ["queued"] * 3
    assert row(second).attempts == 0
    clock.advance(seconds=6)
    deliver(world, rate=quick)
    assert platform.texts_to("W1") == ["一", "二", "三"]


def test_after_the_last_attempt_a_person_has_to_know(world, person, promise, platform, row, quick, sessions, repair):
    chen = person("W1")
    mine = promise(chen, "一", ticket_id=repair)
    with sessions.begin() as session:
        session.get(Outgoing, mine).attempts = settling.MOST_ATTEMPTS - 1
    platform.errors["W1"] = [Unreachable()]
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason) == ("refused", "unreachable_platform")
    with sessions() as session:
        assert [(e.kind, e.ticket_id) for e in session.scalars(select(Escalation))] == [("message_failed", repair)]


def test_what_a_person_sends_again_has_all_its_tries_and_is_a_persons_again_when_it_fails(
    world, person, promise, platform, row, quick, sessions, repair, clock
):
    mine, by = promise(person("W1"), "一", ticket_id=repair), By("staff", 1, "小林")
    for round_ in (1, 2):
        with sessions.begin() as session:
            session.get(Outgoing, mine).attempts = settling.MOST_ATTEMPTS - 1
        platform.errors["W1"] = [Unreachable()]
        deliver(world, rate=quick)
        with sessions.begin() as session:
            matters = session.scalars(select(Escalation).order_by(Escalation.id)).all()
            assert [one.state for one in matters] == ["resolved"] * (round_ - 1) + ["open"]
            escalations.resolve(session, matters[-1], by=by, words="重发", now=clock())
            outbox.retry(session, session.get(Outgoing, mine), by=by, now=clock())
    platform.errors["W1"] = [Unreachable()]
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason, row(mine).attempts) == ("queued", "unreachable", 1)


def test_throttling_makes_everybody_wait_and_loses_nobody(world, person, promise, platform, row, quick, clock):
    people = [person(f"W{number}") for number in range(6)]
    rows = [promise(follower_id, "好") for follower_id in people]
    platform.errors["*"] = [Throttled(45011, "api minute-quota")] * 4
    assert deliver(world, rate=quick, batch=2) <= 2
    waiting = [row(row_id) for row_id in rows if row(row_id).state == "queued"]
    assert len(waiting) >= 4 and {r.next_try_at for r in waiting} == {clock() + dt.timedelta(seconds=60)}
    platform.errors.clear()
    clock.advance(seconds=61)
    deliver(world, rate=quick)
    assert [row(row_id).state for row_id in rows] == ["sent"] * 6
    assert sorted(openid for _, openid, _ in platform.sent) == [f"W{n}" for n in range(6)]


def test_a_person_who_gets_too_much_holds_up_nobody_else(world, person, promise, platform, row, quick):
    chen, decoy = person("W1"), person("W2")
    mine, other = promise(chen, "一"), promise(decoy, "一")
    platform.errors["W1"] = [Throttled(43117, "too frequently")]
    deliver(world, rate=quick)
    assert (row(mine).state, row(other).state) == ("queued", "sent")


def test_a_window_that_the_platform_knows_to_be_shut_holds_what_waits(
    world, person, promise, platform, row, follower, quick
):
    chen = person("W1")
    first, second = promise(chen, "一"), promise(chen, "二")
    platform.errors["W1"] = [WindowClosed(45047, "out of response count limit")]
    deliver(world, rate=quick)
    assert [(row(r).state, row(r).reason) for r in (first, second)] == [("held", "window_closed")] * 2
    assert follower(chen).reply_left == 0 and platform.sent == []


def test_a_wrong_setting_stops_everything_loudly_and_loses_nothing(
    world, person, promise, platform, row, quick, clock, caplog
):
    rows = [promise(person(f"W{number}"), "好") for number in range(5)]
    platform.errors["*"] = [Misconfigured(40164, "invalid ip not in whitelist")] * 9
    assert deliver(world, rate=quick, batch=2) == 0
    assert {row(r).reason for r in rows} == {"misconfigured"} and {row(r).state for r in rows} == {"queued"}
    assert "40164" in caplog.text
    platform.errors.clear()
    clock.advance(seconds=61)
    assert deliver(world, rate=quick) == 5


def test_no_answer_is_unknown_and_never_sent_again(
    world, person, promise, platform, row, quick, clock, sessions, repair
):
    chen = person("W1")
    mine = promise(chen, "一", ticket_id=repair)
    platform.errors["W1"] = [Unknown(message="no answer: timed out")]
    deliver(world, rate=quick)
    clock.advance(hours=1)
    upkeep.sweep(world)
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason) == ("unknown", "no_answer")
    assert platform.sent == []
    with sessions() as session:
        assert session.scalars(select(Escalation.kind)).all() == ["message_failed"]


def test_a_failed_message_to_staff_raises_no_further_message(world, person, promise, platform, quick, sessions, repair):
    mine = promise(person("W1"), text_key="notice.hello", ticket_id=repair, purpose="staff")
    with sessions.begin() as session:
        session.get(Outgoing, mine).text_key = "staff.message_failed"
    platform.errors["*"] = [Unknown()]
    deliver(world, rate=quick)
    with sessions() as session:
        assert session.scalars(select(Escalation)).all() == []


@pytest.mark.parametrize("facts,state,reason", [
    ({"subscribed": False}, "refused", "not_following"),
    ({"reply_left": 0}, "held", "window_closed"),
    ({"unreachable": "48002"}, "held", "unreachable"),
])  # fmt: skip
def test_the_reason_not_to_send_stands_on_the_row(world, person, promise, platform, row, quick, facts, state, reason):
    mine, decoy = promise(person("W1", **facts), "一"), promise(person("W2"), "二")
    deliver(world, rate=quick)
    assert (row(mine).state, row(mine).reason, row(decoy).state) == (state, reason, "sent")


def test_at_night_a_notice_waits_for_the_morning_and_an_urgent_one_does_not(world, person, promise, row, quick, clock):
    clock.advance(hours=13)  # 23:00 in Beijing
    chen = person("W1")
    calm, urgent = promise(chen, "一"), promise(chen, "二", urgent=True)
    deliver(world, rate=quick)
    assert (row(calm).state, row(calm).reason) == ("queued", "quiet_hours")
    assert row(calm).next_try_at == clock() + dt.timedelta(hours=9)
    assert row(urgent).state == "sent"


def test_news_from_before_the_persons_latest_message_change_nothing_about_them(
    world, person, promise, platform, row, follower, sessions, quick, clock
):
    chen = person("W1")
    mine = promise(chen, "一")

    def writes_meanwhile(_openid: str) -> None:
        clock.advance(seconds=1)
        with sessions.begin() as session:
            who = session.get(Follower, chen)
            who.last_heard_at, who.reply_left = clock(), 5
        platform.before = lambda openid: None

    platform.before = writes_meanwhile
    platform.errors["W1"] = [WindowClosed(45015, "response out of time limit")]
    deliver(world, rate=quick)
    assert row(mine).state == "sent" and follower(chen).reply_left == 4


def test_a_claim_that_has_grown_old_is_put_back_unsent(world, person, promise, platform, row, follower, quick, clock):
    chen = person("W1")
    first, second = promise(chen, "一"), promise(chen, "二")
    platform.before = lambda openid: clock.advance(hours=1) if not platform.sent else None
    deliver(world, rate=quick)
    assert [row(r).state for r in (first, second)] == ["sent", "sent"]
    assert row(second).attempts == 1 and follower(chen).reply_left == 3
    assert platform.texts_to("W1") == ["一", "二"]


def test_the_number_of_queries_of_a_claim_does_not_grow_with_the_batch(world, engine, person, promise, quick, platform):
    counts = []
    for size in (3, 30):
        for number in range(size):
            promise(person(f"W{size}-{number}"), text_key="notice.hello")
        seen: list[str] = []
        event.listen(engine, "before_cursor_execute", listener := lambda *a, seen=seen: seen.append(a[2]))
        claimed = claims.claim(world, 100)
        event.remove(engine, "before_cursor_execute", listener)
        assert len(claimed.errands) == size
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9
