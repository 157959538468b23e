"""The outbox: promised once, taken by one, settled by whoever took it; and the ladder that says what may go out now."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import Follower, Message, Outgoing
from models.actors import By
from models.desk.account import people
from models.desk.callback import surveys
from models.desk.delivery import ladder, outbox
from models.desk.delivery.outbox import MOVES, CannotChange, Letter
from models.desk.talk import conversations, replies
from models.outbound import OUTGOING_STATES
from tests.models.builders import House, arrive, house, repair

H = dt.timedelta(hours=1)
M = dt.timedelta(minutes=1)
ANNA = By("staff", 1, "小林")


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def post(session: Session, who: House, now: dt.datetime, key: str = "k", **more: object) -> Outgoing | None:
    return outbox.post(session, key, to=who.homeowner, letter=Letter(body="您好"), now=now, **more)


def a_row(**more: object) -> Outgoing:
    known = {"state": "queued", "purpose": "service", "kind": "text", "text_key": "notice.arrived", "urgent": False}
    return Outgoing(**(known | more))


def a_follower(**more: object) -> Follower:
    known = {"subscribed": True, "unreachable": "", "reply_left": 0, "burst_left": 0}
    return Follower(**(known | more))


def test_promising_twice_promises_once(session: Session, who: House, now: dt.datetime) -> None:
    assert post(session, who, now) is not None
    assert post(session, who, now + H) is None
    assert len(session.scalars(select(Outgoing)).all()) == 1


def test_two_transactions_that_promise_the_same_at_once_promise_once(
    sessions: sessionmaker[Session], now: dt.datetime
) -> None:
    with sessions.begin() as session:
        person = house(session, now).homeowner.id
    start, posted = threading.Barrier(2), []

    def promise() -> None:
        start.wait()
        with sessions.begin() as session:
            to = session.get_one(Follower, person)
            posted.append(outbox.post(session, "same", to=to, letter=Letter(body="您好"), now=now))

    threads = [threading.Thread(target=promise) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(row is None for row in posted) == [False, True]


@pytest.mark.sqlite_only  # what is written down does not depend on the database
def test_crews_and_colleagues_read_no_phone_and_customers_read_their_own_words(session, who, now) -> None:
    facts = {"words": "打我13800138000", "left": [{"why": "找物业 0571-88886666"}], "number": "BX20261121-0007"}
    told = {}
    for purpose in ("staff", "service"):
        letter = Letter("notice.crew_changed", facts)
        told[purpose] = outbox.post(session, purpose, to=who.foreman, letter=letter, now=now, purpose=purpose).facts
    assert told["service"] == facts
    assert told["staff"] == {
        "words": "打我138****8000", "left": [{"why": "找物业 057****6666"}], "number": "BX20261121-0007",
    }  # fmt: skip
    ours = Letter("campaign.letter", {"words": "预约打 0571-88880000"}, public=True)
    shown = outbox.post(session, "try", to=who.foreman, letter=ours, now=now, purpose="staff")
    assert shown.facts == ours.facts  # whoever tries a campaign on reads what customers will


def test_only_what_is_due_is_waiting_and_the_earliest_comes_first(
    session: Session, who: House, now: dt.datetime
) -> None:
    later = post(session, who, now, "later", not_before=now + H)
    second = post(session, who, now, "second", not_before=now - M)
    first = post(session, who, now, "first", not_before=now - H)
    decoys = {"held": "held", "sent": "sent", "sending": "sending", "unknown": "unknown", "cancelled": "cancelled"}
    for key, state in decoys.items():
        post(session, who, now - H, key).state = state
    session.flush()
    assert outbox.waiting(session, now=now, limit=10) == [first, second]
    assert outbox.waiting(session, now=now, limit=1) == [first]
    assert outbox.waiting(session, now=now + H, limit=10) == [first, second, later]


def test_a_row_is_taken_once_and_settled_only_by_its_claim(session: Session, who: House, now: dt.datetime) -> None:
    row = post(session, who, now)
    assert outbox.take(session, row, claim="a", now=now) is True
    assert outbox.take(session, row, claim="b", now=now) is False
    assert outbox.settle(session, row.id, claim="b", to="sent", now=now) is False
    assert outbox.settle(session, row.id, claim="a", to="sent", now=now, rung="custom", sent_text="您好") is True
    assert (row.state, row.attempts, row.settled_at) == ("sent", 1, now)
    assert outbox.settle(session, row.id, claim="a", to="refused", now=now) is False


def test_a_sent_message_enters_the_thread_once(session: Session, who: House, now: dt.datetime) -> None:
    thread = conversations.of(session, who.homeowner)
    row = post(session, who, now)
    outbox.take(session, row, claim="a", now=now)
    outbox.settle(session, row.id, claim="a", to="sent", now=now, sent_text="您好")
    (message,) = session.scalars(select(Message).where(Message.conversation_id == thread.id))
    assert (message.direction, message.text, message.outgoing_id) == ("out", "您好", row.id)


def test_what_a_dead_worker_left_is_unknown_and_never_queued_by_itself(
    session: Session, who: House, now: dt.datetime
) -> None:
    left, fresh = post(session, who, now, "left"), post(session, who, now, "fresh")
    outbox.take(session, left, claim="a", now=now)
    outbox.take(session, fresh, claim="b", now=now + 3 * M)
    assert outbox.sweep(session, now=now + 4 * M) == 1
    assert (left.state, left.reason, fresh.state) == ("unknown", "worker_lost", "sending")
    assert outbox.settle(session, left.id, claim="a", to="queued", now=now + 5 * M) is False
    outbox.sweep(session, now=now + 30 * H)
    assert left.state == "unknown"


def test_a_slow_worker_may_still_say_that_it_was_sent_unless_a_person_decided_meanwhile(
    session: Session, who: House, now: dt.datetime
) -> None:
    slow, decided = post(session, who, now, "slow"), post(session, who, now, "decided")
    for row in (slow, decided):
        outbox.take(session, row, claim="a", now=now)
    outbox.sweep(session, now=now + 4 * M)
    outbox.retry(session, decided, by=ANNA, now=now + 4 * M)
    session.flush()
    assert outbox.settle(session, slow.id, claim="a", to="sent", now=now + 5 * M) is True
    assert outbox.settle(session, decided.id, claim="a", to="sent", now=now + 5 * M) is False
    assert (slow.state, decided.state) == ("sent", "queued")


def test_what_waits_past_its_time_expires(session: Session, who: House, now: dt.datetime) -> None:
    row, kept = post(session, who, now, "a", not_after=now + H), post(session, who, now, "b")
    assert outbox.sweep(session, now=now + 2 * H) == 1
    assert (row.state, row.reason, kept.state) == ("expired", "too_late", "queued")


def test_held_messages_go_on_when_the_person_writes(session: Session, who: House, now: dt.datetime) -> None:
    held, other = post(session, who, now, "a"), post(session, who, now, "b")
    held.state, other.state = "held", "refused"
    session.flush()
    assert outbox.release(session, who.homeowner, now=now + H) == 1
    session.expire_all()
    assert (held.state, held.next_try_at, other.state) == ("queued", now + H, "refused")


@pytest.mark.parametrize("state", sorted(OUTGOING_STATES))
def test_a_person_may_send_again_only_what_surely_or_possibly_did_not_arrive(session, who, now, state) -> None:
    row = post(session, who, now, not_after=now)
    row.state = state
    if state in ("unknown", "refused", "expired"):
        outbox.retry(session, row, by=ANNA, now=now + H)
        assert (row.state, row.next_try_at, row.not_after) == ("queued", now + H, None)
    else:
        with pytest.raises(CannotChange):
            outbox.retry(session, row, by=ANNA, now=now + H)


@pytest.mark.parametrize("state", sorted(OUTGOING_STATES))
def test_cancelling_what_left_is_refused(session, who, now, state) -> None:
    row = post(session, who, now)
    row.state = state
    if "cancelled" in MOVES[state]:
        outbox.cancel(session, row, by=ANNA, now=now)
        assert row.state == "cancelled"
    else:
        with pytest.raises(CannotChange):
            outbox.cancel(session, row, by=ANNA, now=now)


def test_of_two_who_send_it_again_the_second_sees_what_the_first_did(sessions, now) -> None:
    with sessions.begin() as session:
        row_id = post(session, house(session, now), now).id
        session.get_one(Outgoing, row_id).state = "unknown"
    with sessions() as late, sessions() as early:
        seen = late.get_one(Outgoing, row_id)
        late.commit()  # two browsers show the same doubt
        outbox.retry(early, early.get_one(Outgoing, row_id), by=ANNA, now=now)
        arrive(early, early.get_one(Outgoing, row_id), now)
        early.commit()
        for decide in (outbox.retry, outbox.arrived, outbox.cancel):
            with pytest.raises(CannotChange):
                decide(late, seen, by=ANNA, now=now + M)


def test_what_a_worker_takes_at_this_moment_is_not_taken_back(sessions, now) -> None:
    with sessions.begin() as session:
        who = house(session, now)
        mine, other, person = post(session, who, now), post(session, who, now, "o"), who.homeowner.id
    gone: list[int] = []

    def leave() -> None:
        with sessions.begin() as session:
            gone.append(people.unfollow(session, session.get_one(Follower, person), now=now))

    thread = threading.Thread(target=leave)
    with sessions.begin() as worker:
        assert outbox.take(worker, worker.get_one(Outgoing, mine.id), claim="w", now=now)
        thread.start()
        thread.join(0.5)
    thread.join(30)
    with sessions() as session:
        assert [session.get_one(Outgoing, row.id).state for row in (mine, other)] == ["sending", "cancelled"]
    assert gone == [1]


def test_an_agents_words_are_in_the_thread_once_before_and_after_sending(
    session: Session, who: House, now: dt.datetime
) -> None:
    thread = conversations.of(session, who.homeowner)
    row = conversations.say(session, thread, who.agent, "师傅三点到", now=now)
    outbox.take(session, row, claim="a", now=now)
    outbox.settle(session, row.id, claim="a", to="sent", now=now, sent_text="师傅三点到")
    assert len(session.scalars(select(Message)).all()) == 1


def test_a_question_in_doubt_counts_as_asked_whoever_lost_it(session: Session, who: House, now) -> None:
    survey = surveys.plan(session, repair(session, who, now), now=now)
    (row,) = session.scalars(select(Outgoing).where(Outgoing.survey_id == survey.id))
    outbox.take(session, row, claim="a", now=now)
    outbox.sweep(session, now=now + 4 * M)
    assert (row.state, survey.state, survey.asked_at) == ("unknown", "asked", now + 4 * M)


def test_a_person_who_knows_that_it_arrived_ends_the_doubt_once(session: Session, who: House, now) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=now)
    row = conversations.say(session, thread, who.agent, "师傅三点到", now=now)
    outbox.take(session, row, claim="a", now=now)
    outbox.settle(session, row.id, claim="a", to="unknown", now=now, reason="no_answer", sent_text="师傅三点到")
    assert replies.owed(session, thread) is not None, "a doubt keeps no promise"
    outbox.arrived(session, row, by=ANNA, now=now + H)
    assert (row.state, row.reason, replies.owed(session, thread)) == ("sent", "confirmed:小林", None)
    assert len(session.scalars(select(Message)).all()) == 1
    with pytest.raises(CannotChange):
        outbox.arrived(session, row, by=ANNA, now=now + H)


# --- the ladder: decided at the moment of sending

NIGHT = dt.datetime(2026, 11, 21, 15, 30, tzinfo=dt.UTC)  # 23:30 in Beijing
QUIET = (dt.time(22), dt.time(8))


def test_the_message_window_counts_five_and_shuts_after_forty_eight_hours(now: dt.datetime) -> None:
    person = a_follower(reply_until=now + 48 * H, reply_left=2)
    ladder.spend(person, now)
    assert ladder.window(person, now) == (1, now + 48 * H)
    ladder.spend(person, now)
    assert ladder.window(person, now) is None
    person.reply_left = 5
    assert ladder.window(person, now + 48 * H) is None


def test_the_one_minute_window_is_used_first_because_it_shuts_first(now: dt.datetime) -> None:
    person = a_follower(reply_until=now + 48 * H, reply_left=5, burst_until=now + M, burst_left=1)
    ladder.spend(person, now)
    assert (person.burst_left, person.reply_left) == (0, 5)
    ladder.spend(person, now)
    assert (person.burst_left, person.reply_left) == (0, 4)


def test_a_message_that_never_left_gives_its_place_back_but_never_more_than_five(now: dt.datetime) -> None:
    person = a_follower(reply_until=now + H, reply_left=4)
    ladder.give_back(person, now)
    ladder.give_back(person, now)
    assert person.reply_left == 5
    ladder.give_back(gone := a_follower(reply_until=now - H, reply_left=0), now)
    assert gone.reply_left == 0


def test_quiet_hours_after_midnight_end_the_same_morning() -> None:
    after_midnight = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)  # 01:00 on the 22nd
    assert ladder.quiet_until(after_midnight, QUIET) == dt.datetime(2026, 11, 22, 0, tzinfo=dt.UTC)
    assert ladder.quiet_until(after_midnight, None) is None
    assert ladder.quiet_until(after_midnight, (dt.time(12), dt.time(14))) is None
