"""Calls that customers arrange, calls that are answered, and what waiting for a person honestly means."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Callback, Escalation, Message, Outgoing, Promise
from models.actors import SYSTEM
from models.desk import promises
from models.desk.account import people
from models.desk.callback import callbacks, calls, forms, surveys
from models.desk.callback.answers import Rating
from models.desk.callback.calls import Wish
from models.desk.talk import conversations
from models.errors import IllegalMove, Missing, NotFound
from tests.models.builders import House, arrive, house, repair
from tests.models.test_conversations import MONDAY, M

H = dt.timedelta(hours=1)


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    return house(session, now)


def night(session: Session, who: House) -> tuple[dt.datetime, conversations.Conversation]:
    """Sunday evening; the homeowner wanted a person."""
    at = MONDAY - 14 * H
    thread = conversations.of(session, who.homeowner)
    conversations.hand_over(session, thread, reason="asked", words="人工", now=at)
    return at, thread


def test_a_call_arranged_at_night_is_owed_in_office_hours_and_nobody_waits_in_chat(session, who) -> None:
    at, thread = night(session, who)
    call = calls.arrange(session, thread, Wish(MONDAY, MONDAY + H, "装修报价"), now=at)
    assert (call.purpose, call.from_at, call.due_at) == ("asked_by_customer", MONDAY, MONDAY + H)
    assert (call.phone, call.owner, call.words) == ("13800138000", who.agent, "装修报价")
    assert (thread.owner, thread.waiting_since) == ("bot", None)
    assert session.scalars(select(Escalation)).one().resolution.startswith(call.number)
    assert promises.find(session, "conversation.first_reply", thread) is None
    assert promises.find(session, "callback.due", call).due_at == MONDAY + H


def test_a_wish_for_sunday_or_midnight_becomes_the_next_opening(session, who) -> None:
    at, thread = night(session, who)
    call = calls.arrange(session, thread, Wish(at + 2 * H), now=at)
    assert call.from_at == MONDAY - H


def test_asking_again_moves_the_same_call(session, who) -> None:
    at, thread = night(session, who)
    first = calls.arrange(session, thread, Wish(MONDAY), now=at)
    again = calls.arrange(session, thread, Wish(MONDAY + 5 * H, phone="13900139000"), now=at + M)
    assert again is first and (again.from_at, again.phone) == (MONDAY + 5 * H, "13900139000")
    assert len(session.scalars(select(Callback)).all()) == 1
    owed = session.scalars(select(Promise).where(Promise.callback_id == first.id, Promise.state == "open")).all()
    assert [one.due_at for one in owed] == [again.due_at]


def test_whoever_talks_with_an_agent_stays_with_them(session, who) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.take(session, thread, who.agent, now=MONDAY)
    calls.arrange(session, thread, Wish(MONDAY + H), now=MONDAY)
    assert thread.owner == "agent"


def test_a_call_is_answered_on_its_form_or_refused(session, who) -> None:
    forms.plant(session, now=MONDAY)
    call = callbacks.ask(session, "complaint_done", about=repair(session, who, MONDAY), now=MONDAY)
    with pytest.raises(Missing):
        calls.answered(session, call, {}, words="挺好", by=who.by_staff, now=MONDAY + H)
    assert call.attempts == []
    calls.answered(session, call, {"score": Rating(5)}, words="挺好", by=who.by_staff, now=MONDAY + H)
    assert (call.state, call.valid, [one.outcome for one in call.attempts]) == ("done", True, ["reached"])
    survey = surveys.of_callback(session, call, now=MONDAY)
    assert (survey.state, survey.score, survey.answers[0].by) == ("answered", 5, "phone")
    with pytest.raises(IllegalMove):
        calls.answered(session, call, {"score": Rating(1)}, words="", by=who.by_staff, now=MONDAY + 2 * H)


def test_a_call_without_a_form_is_done_with_its_words(session, who) -> None:
    at, thread = night(session, who)
    call = calls.arrange(session, thread, Wish(MONDAY), now=at)
    calls.answered(session, call, {}, words="约了周六量房", by=who.by_staff, now=MONDAY)
    assert (call.state, call.result) == ("done", "约了周六量房")


def test_the_wait_is_what_it_lately_was_and_never_less_than_three_minutes(session, who) -> None:
    assert conversations.wait(session, 1, now=MONDAY) is None
    for number, minutes in enumerate((1, 4, 40)):
        thread = conversations.of(session, people.find_or_add(session, f"o-{number}", now=MONDAY))
        conversations.hand_over(session, thread, reason="asked", words="", now=MONDAY)
        arrive(session, conversations.say(session, thread, who.agent, "您好", now=MONDAY), MONDAY + minutes * M)
    assert conversations.wait(session, 1, now=MONDAY + H) == 4
    assert conversations.wait(session, 3, now=MONDAY + H) == 12
    assert conversations.wait(session, 1, now=MONDAY + 10 * H) is None, "yesterday says nothing about today"


def test_a_night_in_the_queue_counts_as_no_waiting(session, who) -> None:
    for number in range(3):
        thread = conversations.of(session, people.find_or_add(session, f"o-{number}", now=MONDAY))
        conversations.hand_over(session, thread, reason="asked", words="", now=MONDAY - 14 * H)
        at = MONDAY - H + 5 * M
        arrive(session, conversations.say(session, thread, who.agent, "早", now=at), at)
    assert conversations.wait(session, 1, now=MONDAY) == 5


def test_giving_back_is_seen_in_the_thread_and_told_to_whom_a_person_served(session, who) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.say(session, thread, who.agent, "您好", now=MONDAY)
    conversations.give_back(session, thread, by=who.by_staff, now=MONDAY + M)
    note = session.scalars(select(Message).where(Message.kind == "given_back")).one()
    assert (note.direction, note.text) == ("note", "小林")
    told = session.scalars(select(Outgoing).where(Outgoing.text_key == "hand_over.back")).one()
    assert (told.follower_id, told.facts) == (who.homeowner.id, {"name": "小林"})


def test_after_an_idle_time_nobody_is_written_to(session, who) -> None:
    thread = conversations.of(session, who.homeowner)
    conversations.say(session, thread, who.agent, "您好", now=MONDAY)
    conversations.give_back(session, thread, by=SYSTEM, now=MONDAY + H)
    assert session.scalars(select(Message.text).where(Message.kind == "given_back")).one() == "系统"
    assert not session.scalars(select(Outgoing).where(Outgoing.text_key == "hand_over.back")).all()


def test_a_call_that_is_not_wished_for_any_more_is_dropped_in_the_customers_words(session, who) -> None:
    at, thread = night(session, who)
    call = calls.arrange(session, thread, Wish(MONDAY), now=at)
    assert calls.forgo(session, thread, "不用打了", by=who.by_customer, now=at + M) is call
    assert (call.state, call.result) == ("dropped", "不用打了")
    assert promises.find(session, "callback.due", call) is None
    with pytest.raises(NotFound):
        calls.forgo(session, thread, "不用打了", by=who.by_customer, now=at + 2 * M)
