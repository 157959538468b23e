"""The inbox: a push is answered once whatever repeats or races, and nothing a customer says is lost."""

import datetime as dt
import json
import threading

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from bot import inbox as inbox_module
from bot.heard import State
from bot.inbox import Answer, Inbox
from bot.push import Push
from models import (
    Attachment,
    Conversation,
    Dialog,
    Escalation,
    Follower,
    Inbound,
    Message,
    Outgoing,
    Promise,
    Repair,
)
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.talk import conversations
from templates import Texts
from tests.bot.pushes import a_push, an_event
from tests.models.builders import house

TEXTS = Texts()
M = dt.timedelta(minutes=1)


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, TEXTS)


def test_the_same_push_again_gets_the_stored_answer_and_changes_nothing(box, sessions, now) -> None:
    push = a_push(now, "厨房漏水")
    first = box.answer(push, now=now)
    assert first.reply and box.answer(push, now=now + M) == Answer(first.reply)
    with sessions() as session:
        assert len(session.scalars(select(Inbound)).all()) == 1
        assert [m.direction for m in session.scalars(select(Message).order_by(Message.id))] == ["in", "out"]
        assert session.scalars(select(Follower)).one().turn == 1


def test_overlapping_tries_of_one_push_are_one_turn(box, sessions: sessionmaker[Session], now) -> None:
    push, answers, start = a_push(now, "厨房漏水"), [], threading.Barrier(4)

    def attempt() -> None:
        start.wait()
        answers.append(box.answer(push, now=now).reply)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 4 and len(set(answers)) == 1 and answers[0]
    with sessions() as session:
        assert session.scalars(select(Follower)).one().turn == 1
        assert len(session.scalars(select(Message)).all()) == 2


def test_many_messages_of_one_person_at_once_are_all_answered_in_turn(box, sessions, now) -> None:
    box.answer(a_push(now, "你好"), now=now)
    pushes, start = [a_push(now, f"厨房第{n}个龙头漏水") for n in range(6)], threading.Barrier(6)

    def say(push: Push) -> None:
        start.wait()
        box.answer(push, now=now)

    threads = [threading.Thread(target=say, args=(push,)) for push in pushes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with sessions() as session:
        assert session.scalars(select(Follower)).one().turn == 7
        heard = session.scalars(select(Message).where(Message.direction == "in")).all()
        assert len(heard) == 7


def test_a_mistake_of_ours_keeps_the_words_and_asks_a_person_to_look(engine, sessions, now) -> None:
    class Broken(Inbox):
        def _think(self, person, push, now):
            raise KeyError("a bug")

    answer = Broken(engine, TEXTS).answer(a_push(now, "厨房漏水"), now=now)
    assert answer.reply and "同事" in answer.reply
    with sessions() as session:
        assert session.scalars(select(Message.text).where(Message.direction == "in")).all() == ["厨房漏水"]
        assert session.scalars(select(Conversation)).one().owner == "queue"
        assert session.scalars(select(Escalation)).one().words == "厨房漏水"


def test_a_mistake_of_ours_puts_aside_what_was_begun_and_loses_none_of_it(engine, box, sessions, now) -> None:
    class Broken(Inbox):
        def _think(self, person, push, now):
            raise KeyError("a bug")

    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid
    box.answer(a_push(now, "厨房漏水", who=openid), now=now)
    with sessions() as session:
        before = State.from_json(json.loads(session.scalars(select(Dialog)).one().state))
    assert before.script == "repair" and before.answers
    Broken(engine, TEXTS).answer(an_event(now, "CLICK", who=openid, EventKey="MENU_REPAIR"), now=now)
    Broken(engine, TEXTS).answer(a_push(now, "师傅乱收费", who=openid), now=now)
    with sessions() as session:
        after = State.from_json(json.loads(session.scalars(select(Dialog)).one().state))
    assert (after.script, [one.script for one in after.parked]) == ("", ["repair"])
    assert after.parked[0].answers == before.answers


def test_a_verb_that_breaks_in_the_middle_leaves_nothing_half_done(box, sessions, now) -> None:
    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid
    box.answer(a_push(now, "厨房漏水，明天下午在家", who=openid), now=now)

    def power_cut(*_: object) -> None:
        raise RuntimeError("after the case, before its promise")

    event.listen(Promise, "before_insert", power_cut)
    try:
        with pytest.raises(RuntimeError):  # even the rescue needs a promise: the platform is asked to come again
            box.answer(a_push(now + M, "是的", who=openid), now=now + M)
    finally:
        event.remove(Promise, "before_insert", power_cut)
    with sessions() as session:
        assert not session.scalars(select(Repair)).all()
        assert len(session.scalars(select(Inbound)).all()) == 1
    assert "BX20261121-0001" in box.answer(a_push(now + 2 * M, "是的", who=openid), now=now + 2 * M).reply


def test_a_message_opens_five_in_forty_eight_hours_and_a_menu_tap_three_in_a_minute(box, sessions, now) -> None:
    box.answer(an_event(now, "CLICK", EventKey="MENU_REPAIR"), now=now)
    with sessions() as session:
        person = session.scalars(select(Follower)).one()
        assert (person.burst_left, person.burst_until, person.reply_until) == (3, now + M, None)
    box.answer(a_push(now, "你好"), now=now)
    with sessions() as session:
        person = session.scalars(select(Follower)).one()
        assert (person.reply_left, person.reply_until) == (5, now + dt.timedelta(hours=48))


def test_what_waited_goes_on_when_the_person_writes(box, sessions, now) -> None:
    with sessions.begin() as session:
        person = people.find_or_add(session, "o-new", now=now)
        conversations.of(session, person)
        outbox.post(session, "k", to=person, letter=Letter(body="您好"), now=now).state = "held"
    assert box.answer(a_push(now + M, "你好"), now=now + M).nudge
    with sessions() as session:
        assert session.scalars(select(Outgoing)).one().state == "queued"


def test_leaving_cancels_and_is_not_answered(box, sessions, now) -> None:
    box.answer(an_event(now, "subscribe", EventKey=""), now=now)
    with sessions.begin() as session:
        person = session.scalars(select(Follower)).one()
        outbox.post(session, "k", to=person, letter=Letter(body="您好"), now=now)
    assert box.answer(an_event(now + M, "unsubscribe", EventKey=""), now=now + M).reply is None
    with sessions() as session:
        assert session.scalars(select(Follower)).one().subscribed is False
        assert session.scalars(select(Outgoing)).one().state == "cancelled"
    assert box.answer(an_event(now + 2 * M, "subscribe", EventKey=""), now=now + 2 * M).reply


@pytest.mark.parametrize("name", ["VIEW", "MASSSENDJOBFINISH", "user_info_modified"])
def test_events_that_expect_no_answer_are_kept_and_make_nobody_a_customer(box, sessions, now, name) -> None:
    assert box.answer(an_event(now, name), now=now) == Answer(None)
    with sessions() as session:
        assert session.scalars(select(Inbound)).one().state == "kept"
        assert not session.scalars(select(Follower)).all()


def test_whoever_closes_their_wechat_has_left(box, sessions, now) -> None:
    """The platform speaks, the person stands in OpenID; said twice, and about a stranger, it changes nothing."""
    box.answer(a_push(now, "你好", who="o-gone"), now=now)
    box.answer(a_push(now, "你好", who="o-stays"), now=now)
    with sessions.begin() as session:
        for person in session.scalars(select(Follower)).all():
            outbox.post(session, person.openid, to=person, letter=Letter(body="您好"), now=now)
    for minute, openid in enumerate(("o-gone", "o-gone", "o-stranger"), start=1):
        push = an_event(now + minute * M, "user_authorization_cancellation", who="gh_2", OpenID=openid)
        assert box.answer(push, now=now + minute * M) == Answer(None)
    with sessions() as session:
        people_now = {one.openid: one for one in session.scalars(select(Follower))}
        assert {name: one.subscribed for name, one in people_now.items()} == {"o-gone": False, "o-stays": True}
        assert people_now["o-gone"].unsubscribed_at == now + M
        states = {row.dedupe_key: row.state for row in session.scalars(select(Outgoing))}
        assert states == {"o-gone": "cancelled", "o-stays": "queued"}


def test_where_somebody_is_is_kept_nowhere(box, sessions, now) -> None:
    assert box.answer(an_event(now, "LOCATION", Latitude="30.1", Longitude="120.2"), now=now) == Answer(None)
    with sessions() as session:
        assert not session.scalars(select(Inbound)).all() and not session.scalars(select(Follower)).all()


def test_a_scanned_binding_code_binds_before_the_first_word(box, sessions, now) -> None:
    with sessions.begin() as session:
        code = people.issue_code(session, house(session, now).project, now=now).code
    answer = box.answer(an_event(now, "subscribe", EventKey=f"qrscene_bind_{code}"), now=now)
    assert answer.reply and "翡翠城8幢1602" in answer.reply
    with sessions() as session:
        person = session.scalars(select(Follower).where(Follower.openid == "o-new")).one()
        assert person.customer is not None


def test_a_failed_template_is_noted_on_its_message(box, sessions, now) -> None:
    with sessions.begin() as session:
        person = people.find_or_add(session, "o-new", now=now)
        row = outbox.post(session, "k", to=person, letter=Letter(body="您好"), now=now)
        row.state, row.rung, row.platform_id = "sent", "template", "200163836"
    report = an_event(now, "TEMPLATESENDJOBFINISH", MsgID="200163836", Status="failed:user block")
    box.answer(report, now=now)
    with sessions() as session:
        assert session.scalars(select(Outgoing)).one().reason == "not_delivered"


def test_a_photo_is_waiting_to_be_fetched(box, sessions, now) -> None:
    photo = a_push(now, MsgType="image", MediaId="media-1", PicUrl="http://example.invalid/1")
    assert box.answer(photo, now=now).reply
    with sessions() as session:
        row = session.scalars(select(Attachment)).one()
        assert (row.kind, row.media_id, row.state) == ("image", "media-1", "waiting")


def test_what_cannot_be_read_is_kept_once_as_it_came(box, sessions, now) -> None:
    for _ in range(2):
        box.keep_unreadable(b"\xff\x00<xml>", "no xml", now=now)
    with sessions() as session:
        row = session.scalars(select(Inbound)).one()
        assert (row.state, row.fields["reason"]) == ("unreadable", "no xml")


def test_an_answer_too_long_for_one_reply_goes_on_through_the_outbox(engine, sessions, now) -> None:
    class Wordy(Texts):
        def render(self, key, facts, lang="zh", override=None):
            return "很长的话。" * 300

    answer = Inbox(engine, Wordy()).answer(a_push(now, "你好"), now=now)
    with sessions() as session:
        rest = session.scalars(select(Outgoing)).one().body
    assert answer.nudge and len(answer.reply.encode()) <= 2048
    assert answer.reply + rest == "很长的话。" * 300


def test_a_turn_that_is_always_overtaken_asks_the_platform_to_come_again(engine, sessions, now) -> None:
    class Late(Inbox):
        def _answer(self, turn):
            raise inbox_module.Overtaken

    with pytest.raises(inbox_module.Busy):
        Late(engine, TEXTS).answer(a_push(now, "你好"), now=now)
    with sessions() as session:
        assert not session.scalars(select(Inbound)).all()


def test_in_the_queue_the_bot_still_does_what_it_can_and_leaves_the_rest_to_the_person(box, sessions, now) -> None:
    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid
    box.answer(a_push(now, "厨房漏水，随时在家", who=openid), now=now)
    box.answer(a_push(now, "是的", who=openid), now=now)
    assert box.answer(a_push(now, "人工", who=openid), now=now).reply
    assert "BX20261121-0001" in box.answer(a_push(now + M, "师傅到哪了", who=openid), now=now + M).reply
    assert box.answer(a_push(now + 2 * M, "装修89平大概多少钱", who=openid), now=now + 2 * M).reply is None
    complained = box.answer(a_push(now + 2 * M, "柜子颜色跟样板不一样，我要投诉", who=openid), now=now + 2 * M)
    assert "TS20261121-0001" in complained.reply
    assert box.answer(a_push(now + 3 * M, "人工呢", who=openid), now=now + 3 * M).reply
    with sessions() as session:
        assert session.scalars(select(Conversation)).one().owner == "queue"


def test_the_name_of_a_file_is_not_what_the_person_says(box, sessions, now) -> None:
    sent = a_push(now, MsgType="file", Title="漏水报修合同.pdf")
    assert box.answer(sent, now=now).reply
    with sessions() as session:
        assert not session.scalars(select(Dialog)).one_or_none() or not session.scalars(select(Dialog)).one().script
        assert session.scalars(select(Message.text).where(Message.direction == "in")).all() == ["漏水报修合同.pdf"]
