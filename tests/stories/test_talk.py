"""A person talks with a customer: while the bot is silent nothing waits without an owner and a time."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Callback, Conversation, Follower, Message, Promise, Repair
from models.desk.talk import conversations
from models.staff import Staff

pytestmark = pytest.mark.sqlite_only  # the verbs run on both databases in tests/models and tests/bot
MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)  # ten o'clock, the office is open
M = dt.timedelta(minutes=1)


def the_talk(session) -> Conversation:
    return session.scalars(select(Conversation).join(Follower).where(Follower.openid == "oStory_lin")).one()


def agent_says(scene, cast, words: str) -> None:
    with scene.desk() as session:
        conversations.say(session, the_talk(session), session.get_one(Staff, cast.agent_id), words, now=scene.now())
    scene.run_jobs()


def agent_takes(scene, cast) -> None:
    with scene.desk() as session:
        conversations.take(session, the_talk(session), session.get_one(Staff, cast.agent_id), now=scene.now())


def owed(scene) -> list[Promise]:
    with scene.sessions() as session:
        query = select(Promise).where(Promise.conversation_id.is_not(None)).order_by(Promise.id)
        rows = list(session.scalars(query))
        _ = [(row.owner, row.policy) for row in rows]
        return rows


def test_a_burst_pipe_told_to_an_agent_who_is_gone_reaches_everybody(scene, cast) -> None:
    scene.travel(MONDAY)
    cast.homeowner.says("你好")
    agent_says(scene, cast, "您好，我是小林，请说")
    answer = cast.homeowner.says("厨房水管爆了，水一直喷")
    repair = scene.repair()
    assert "先关总水阀" in answer and repair.number in answer and repair.urgent
    scene.run_jobs()
    assert any("加急" in text and repair.number in text for text in cast.crew.reads())
    (reply,) = owed(scene)
    assert (reply.policy.name, reply.owner.name, reply.due_at) == ("conversation.next_reply", "小林", MONDAY + 5 * M)
    for _ in range(3):
        scene.travels(minutes=25)
        cast.homeowner.says("有人在吗，怎么没人理我")
    assert "promise_missed" in {row.kind for row in scene.escalations()}
    with scene.sessions() as session:
        talk = the_talk(session)
        assert talk.owner == "queue" and session.scalars(select(Repair)).one().number == repair.number
        assert session.scalars(select(Message.text).where(Message.kind == "unanswered")).all() == ["小林"]
    assert sum("还没人回上您" in text for text in cast.homeowner.reads()) == 1
    agent_says(scene, cast, "抱歉让您久等，师傅已经在路上")
    assert all(promise.met_at for promise in owed(scene))


def test_taken_on_saturday_and_never_answered_it_waits_again_and_the_customer_hears_when(scene, cast) -> None:
    assert "周一" in cast.homeowner.says("人工")
    agent_takes(scene, cast)
    scene.run_jobs()
    cast.homeowner.reads()
    scene.travels(minutes=32)
    (reply,) = owed(scene)
    assert (reply.state, reply.due_at) == ("open", MONDAY - 50 * M)
    (matter,) = scene.escalations()
    assert (matter.kind, matter.state, matter.owner.name) == ("human", "open", "周经理")
    with scene.sessions() as session:
        assert the_talk(session).owner == "queue"
    (heard,) = cast.homeowner.reads()
    assert "还没人回上您" in heard and "上午9点上班" in heard
    scene.travel(MONDAY - 55 * M)
    agent_says(scene, cast, "您好，我是小林")
    assert owed(scene)[0].kept is True


def test_words_that_did_not_arrive_keep_no_promise_and_somebody_is_asked_to_call(scene, cast) -> None:
    scene.travel(MONDAY)
    cast.homeowner.says("人工")
    with scene.desk() as session:
        lin = the_talk(session).follower
        lin.reply_left = lin.burst_left = 0
    agent_says(scene, cast, "您好，我是小林，已经查到了")
    assert [(row.state, row.reason) for row in scene.letters(purpose="reply")] == [("held", "window_closed")]
    with scene.sessions() as session:
        assert session.scalars(select(Callback)).one().purpose == "message_undelivered"
    scene.travels(minutes=11)
    assert owed(scene)[0].state == "missed" and "promise_missed" in {row.kind for row in scene.escalations()}
    cast.homeowner.says("有人吗")
    scene.run_jobs()
    assert any("已经查到了" in text for text in cast.homeowner.reads())
    first, second = owed(scene)
    assert (first.met_at, second.policy.name) == (scene.now(), "conversation.next_reply")
    with scene.sessions() as session:
        assert session.scalars(select(Callback)).one().state == "dropped"
