"""A conversation between bot, queue and agent: an owner and a promise from the first moment, and the way back."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Escalation, Message, Outgoing, Promise
from models.desk import escalations
from models.desk.account import people
from models.desk.callback import calls
from models.desk.delivery import outbox, undelivered
from models.desk.talk import conversations, quiet, replies
from models.errors import IllegalMove, Missing
from tests.models.builders import House, arrive, house, told

M, H = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)  # ten o'clock, the office is open


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def test_asking_for_a_person_queues_with_an_owner_and_a_promise(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    assert conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY) == (1, MONDAY)
    (row,) = session.scalars(select(Escalation))
    (promise,) = session.scalars(select(Promise))
    assert (row.kind, row.owner, row.words) == ("human", who.agent, "人工")
    assert (promise.due_at, promise.owner) == (MONDAY + 10 * M, who.agent)


def test_out_of_hours_the_first_reply_is_promised_for_the_next_office_minutes(session, who, now) -> None:
    thread = conversations.of(session, who.homeowner)
    _, opens = conversations.hand_over(session, thread, reason="asked", words="人工", now=now)
    assert opens == dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
    assert session.scalars(select(Promise)).one().due_at == opens + 10 * M


def test_asking_again_keeps_the_place(session: Session, who: House) -> None:
    first, second = (conversations.of(session, person) for person in (who.homeowner, who.foreman))
    conversations.hand_over(session, first, reason="asked", words="人工", now=MONDAY)
    assert conversations.hand_over(session, second, reason="asked", words="人工", now=MONDAY + M)[0] == 2
    assert conversations.hand_over(session, first, reason="asked", words="人呢", now=MONDAY + 2 * M)[0] == 1
    assert len(session.scalars(select(Escalation)).all()) == 2


def test_the_first_word_of_an_agent_is_sent_and_meets_the_promise_when_it_arrives(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    row = conversations.say(session, thread, who.agent, " 您好，我是小林 ", now=MONDAY + 3 * M)
    assert (thread.owner, thread.staff_id, thread.waiting_since) == ("agent", who.agent.id, None)
    assert (row.body, row.purpose, row.urgent, row.or_call) == ("您好，我是小林", "reply", True, True)
    assert replies.owed(session, thread) is not None
    arrive(session, row, MONDAY + 4 * M)
    assert (session.scalars(select(Promise)).one().met_at, replies.owed(session, thread)) == (MONDAY + 4 * M, None)
    assert session.scalars(select(Escalation)).one().state == "taken"


def test_what_was_written_while_words_were_on_their_way_is_owed_a_reply_of_its_own(session: Session, who) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.take(session, thread, who.agent, now=MONDAY)
    first = replies.heard(session, thread, now=MONDAY)
    row = conversations.say(session, thread, who.agent, "在", now=MONDAY + M)
    asked = Message(conversation=thread, direction="in", author="customer", text="喂", created_at=MONDAY + 2 * M)
    session.add(asked)
    thread.unread = 1
    assert replies.heard(session, thread, now=MONDAY + 2 * M) is first
    arrive(session, row, MONDAY + 3 * M)
    second = replies.owed(session, thread)
    assert first.met_at == MONDAY + 3 * M and (second.made_at, second.owner) == (MONDAY + 2 * M, who.agent)


def test_words_that_cannot_arrive_become_a_call_and_the_call_keeps_the_promise(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    row = conversations.say(session, thread, who.agent, "我查到了", now=MONDAY + M)
    outbox.move(row, "held", reason="window_closed", now=MONDAY + M)
    call = undelivered.call(session, row, now=MONDAY + M)
    quiet.end(session, thread, now=MONDAY + 32 * M)
    promise = replies.owed(session, thread)
    assert (thread.owner, promise.policy.name) == ("bot", replies.FIRST), "answered, but it has not arrived"
    calls.answered(session, call, {}, words="电话里说了", by=who.by_staff, now=MONDAY + H)
    assert (replies.owed(session, thread), promise.met_at, promise.kept) == (None, MONDAY + H, False)


@pytest.mark.parametrize("words", ["", "   "])
def test_empty_words_are_not_sent(session: Session, who: House, words: str) -> None:
    thread = conversations.of(session, who.homeowner)
    for verb in (conversations.say, conversations.note):
        with pytest.raises(Missing):
            verb(session, thread, who.agent, words, now=MONDAY)
    assert not session.scalars(select(Message)).all()


def test_nobody_writes_to_somebody_who_left(session: Session, who: House) -> None:
    people.unfollow(session, who.homeowner, now=MONDAY)
    with pytest.raises(IllegalMove):
        conversations.say(session, conversations.of(session, who.homeowner), who.agent, "您好", now=MONDAY)


def test_a_note_is_never_sent(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    note = conversations.note(session, thread, who.agent, "客户在电话里很急", now=MONDAY)
    assert (note.direction, note.outgoing_id) == ("note", None)
    assert not session.scalars(select(Outgoing)).all()


def test_a_colleague_may_take_over(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    conversations.take(session, thread, who.agent, now=MONDAY)
    conversations.take(session, thread, who.manager, now=MONDAY + M)
    assert thread.staff_id == who.manager.id
    assert session.scalars(select(Escalation)).one().owner is who.manager


def test_giving_back_ends_what_was_owed_and_cannot_be_done_twice(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    conversations.give_back(session, thread, by=who.by_staff, now=MONDAY + M)
    assert (thread.owner, session.scalars(select(Promise)).one().state) == ("bot", "dropped")
    assert session.scalars(select(Escalation)).one().state == "resolved"
    with pytest.raises(IllegalMove):
        conversations.give_back(session, thread, by=who.by_staff, now=MONDAY + M)


def test_only_the_silence_of_staff_counts_whatever_the_customer_writes(session: Session, who: House) -> None:
    silent, lively = (conversations.of(session, person) for person in (who.homeowner, who.foreman))
    for thread in (silent, lively):
        conversations.say(session, thread, who.agent, "您好", now=MONDAY)
    silent.last_message_at = MONDAY + 20 * M
    conversations.say(session, lively, who.agent, "还在吗", now=MONDAY + 20 * M)
    session.flush()
    assert quiet.idle(session, now=MONDAY + 29 * M) == []
    assert quiet.idle(session, now=MONDAY + 31 * M) == [silent]


def test_words_to_an_agent_are_owed_a_reply_by_that_agent_once(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    assert replies.heard(session, thread, now=MONDAY) is None  # the bot has it
    conversations.take(session, thread, who.agent, now=MONDAY)
    first = replies.heard(session, thread, now=MONDAY)
    assert replies.heard(session, thread, now=MONDAY + 5 * M) is first
    assert (first.policy.name, first.owner, first.due_at) == (replies.NEXT, who.agent, MONDAY + 10 * M)
    conversations.take(session, thread, who.manager, now=MONDAY + 6 * M)
    assert first.owner is who.manager


def test_whoever_waits_for_the_first_reply_is_owed_no_second_one(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    conversations.take(session, thread, who.agent, now=MONDAY + M)
    assert replies.heard(session, thread, now=MONDAY + 2 * M).policy.name == replies.FIRST


def test_after_a_silence_nobody_waits_for_the_bot_answers_again(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.take(session, thread, who.agent, now=MONDAY)
    quiet.end(session, thread, now=MONDAY + 31 * M)
    assert (thread.owner, told(session, who.homeowner)) == ("bot", [])


def test_unread_words_wait_for_somebody_with_a_promise(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.take(session, thread, who.agent, now=MONDAY)
    thread.unread = 1
    quiet.end(session, thread, now=MONDAY + 31 * M)
    promise = replies.owed(session, thread)
    assert (thread.owner, thread.unread) == ("queue", 1)
    assert (promise.due_at, promise.owner) == (MONDAY + 41 * M, who.manager)  # there is no other agent
    assert told(session, who.homeowner) == ["hand_over.longer"]


def test_resolving_needs_words_and_happens_once(session: Session, who: House) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=MONDAY)
    row = session.scalars(select(Escalation)).one()
    with pytest.raises(Missing):
        escalations.resolve(session, row, by=who.by_staff, words=" ", now=MONDAY)
    escalations.resolve(session, row, by=who.by_staff, words="已电话联系", now=MONDAY)
    assert row.resolution == "已电话联系（小林）"
    for verb in (
        lambda: escalations.resolve(session, row, by=who.by_staff, words="又一次", now=MONDAY),
        lambda: escalations.take(session, row, who.manager, now=MONDAY),
    ):
        with pytest.raises(IllegalMove):
            verb()
