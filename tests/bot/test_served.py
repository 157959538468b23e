"""While a person talks the bot is silent: what is said to them is owed a reply, and danger is answered all the same."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from bot.inbox import Inbox
from models import Conversation, Dialog, Follower, Outgoing, Promise, Quote, Repair, Staff, Survey
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.talk import conversations
from templates import Texts
from tests.bot.pushes import a_push, an_event
from tests.models.builders import house, repair
from tests.models.test_quotes import offered
from tests.models.test_surveys import asked
from tests.models.test_surveys import served as finished

TEXTS = Texts()
M, H = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MERE_THANKS = [("好的谢谢", 0), ("谢谢，还有一件事", 1), ("谢谢，那师傅几点来？", 1), ("好的", 1)]


@pytest.fixture
def box(engine: Engine) -> Inbox:
    return Inbox(engine, TEXTS)


@pytest.fixture
def served(box, sessions: sessionmaker[Session], now) -> str:
    """A homeowner whose conversation an agent has; their openid."""
    with sessions.begin() as session:
        who = house(session, now)
        conversations.take(session, conversations.of(session, who.homeowner), who.agent, now=now)
        return who.homeowner.openid


def the_talk(sessions, openid: str) -> Conversation:
    with sessions() as session:
        return session.scalars(select(Conversation).join(Follower).where(Follower.openid == openid)).one()


def test_while_a_person_talks_the_bot_is_silent_and_that_person_owes_a_reply(box, sessions, served, now) -> None:
    for minute, words in enumerate(("厨房漏水", "在吗"), start=1):
        assert box.answer(a_push(now + minute * M, words, who=served), now=now + minute * M).reply is None
    assert the_talk(sessions, served).unread == 2
    with sessions() as session:
        (promise,) = session.scalars(select(Promise))
        assert (promise.policy.name, promise.owner.name) == ("conversation.next_reply", "小林")
        assert not session.scalars(select(Repair)).all()


@pytest.mark.parametrize(("words", "owed"), MERE_THANKS)
def test_only_a_mere_thank_you_asks_for_no_reply(box, sessions, served, now, words, owed) -> None:
    assert box.answer(a_push(now, words, who=served), now=now).reply is None
    assert the_talk(sessions, served).unread == owed
    with sessions() as session:
        assert len(session.scalars(select(Promise)).all()) == owed


def test_a_photo_to_a_person_is_owed_a_reply_too(box, sessions, served, now) -> None:
    box.answer(a_push(now, MsgType="image", MediaId="m-1", who=served), now=now)
    with sessions() as session:
        assert len(session.scalars(select(Promise)).all()) == 1


def test_danger_told_to_a_person_is_answered_and_recorded_once_and_that_person_is_told(
    box, sessions, served, now
) -> None:
    with sessions.begin() as session:
        agent = session.scalars(select(Staff).where(Staff.name == "小林")).one()
        people.find_or_add(session, "o-lin", now=now).staff = agent
    answer = box.answer(a_push(now, "厨房水管爆了，水一直喷，我要投诉你们", who=served), now=now)
    assert "总水阀" in answer.reply and "BX20261121-0001" in answer.reply and "人工" not in answer.reply
    assert "翡翠城8幢1602" in answer.reply
    again = box.answer(a_push(now + M, "水还在喷", who=served), now=now + M).reply
    with sessions() as session:
        (case,) = session.scalars(select(Repair))
        assert case.urgent and case.crew.name == "王师傅"
        keys = session.scalars(select(Outgoing.text_key)).all()
        assert keys.count("staff.alarm") == 1 and "notice.crew_offer" in keys
        (promise,) = session.scalars(select(Promise).where(Promise.conversation_id.is_not(None)))
        assert promise.urgent and promise.owner.name == "小林"
    assert again and the_talk(sessions, served).owner == "agent"


def test_while_an_emergency_is_recorded_its_address_is_taken_in_and_the_rest_is_the_persons(box, sessions, now) -> None:
    box.answer(a_push(now, "你好"), now=now)
    with sessions.begin() as session:
        who = house(session, now)
        thread = session.scalars(select(Conversation)).one()
        conversations.take(session, thread, who.agent, now=now)
    assert "地址" in box.answer(a_push(now, "家里水管爆了，水喷得到处都是"), now=now).reply
    assert box.answer(a_push(now + M, "你们公司在哪"), now=now + M).reply is None
    assert box.answer(a_push(now + 2 * M, "江南里5幢1101"), now=now + 2 * M).reply
    with sessions() as session:
        assert "江南里5幢1101" in session.scalars(select(Repair)).one().house


def test_buttons_under_our_own_words_count_and_are_acknowledged_while_a_person_talks(box, sessions, now) -> None:
    """Whoever tapped 同意 has agreed; a colleague who reads the word in the thread cannot do it for them."""
    with sessions.begin() as session:
        who = house(session, now)
        openid = who.homeowner.openid
        quote = offered(session, who, repair(session, who, now), now)
        survey = asked(session, finished(session, who, now), now + 3 * H)
        ids = quote.id, survey.id
        conversations.take(session, conversations.of(session, who.homeowner), who.agent, now=now)

    def tap(words: str, choice: str, after: int) -> str | None:
        at = now + 4 * H + after * M
        return box.answer(a_push(at, words, who=openid, bizmsgmenuid=choice), now=at).reply

    assert "按200元做" in tap("同意", f"qt:{ids[0]}:agreed", 0)
    said = tap("不满意", f"sv:{ids[1]}:score:2", 1)
    assert said and not said.endswith("？"), "what was not right is asked by the person who talks"
    assert tap("随便", "old:1", 2) is None
    with sessions() as session:
        assert session.get_one(Quote, ids[0]).state == "agreed" and session.get_one(Survey, ids[1]).score == 2
    assert the_talk(sessions, openid).unread == 1, "only the button that nobody knows is a word for the person"


def test_a_menu_tapped_while_a_person_talks_opens_no_dialog_that_nobody_would_hear(box, sessions, served, now) -> None:
    for minute, key in enumerate(("MENU_REPAIR", "MENU_COMPLAINT", "MENU_HUMAN"), start=1):
        push = an_event(now + minute * M, "CLICK", who=served, EventKey=key)
        assert box.answer(push, now=now + minute * M).reply == "同事正在这儿跟您聊，直接说就行。"
    told = box.answer(an_event(now + 9 * M, "CLICK", who=served, EventKey="MENU_EVENTS"), now=now + 9 * M).reply
    assert "活动" in told, "what is only told is told"
    with sessions() as session:
        assert not session.scalars(select(Dialog)).all() and not session.scalars(select(Repair)).all()
        assert not session.scalars(select(Promise)).all(), "and nobody owes a reply to it"


def test_given_back_while_we_thought_the_words_are_thought_about_again(engine, sessions, served, now) -> None:
    class Slow(Inbox):
        slow = True

        def _think(self, person, push, at):
            thought = super()._think(person, push, at)
            if self.slow:
                self.slow = False
                with sessions.begin() as session:
                    thread = session.scalars(select(Conversation)).one()
                    conversations.give_back(session, thread, by=SYSTEM, now=at)
            return thought

    assert Slow(engine, TEXTS).answer(a_push(now, "厨房漏水", who=served), now=now).reply


def test_danger_in_the_queue_is_recorded_too(box, sessions, now) -> None:
    with sessions.begin() as session:
        openid = house(session, now).homeowner.openid
    box.answer(a_push(now, "人工", who=openid), now=now)
    answer = box.answer(a_push(now + M, "厨房水管爆了，水一直喷，快叫人来！人工！", who=openid), now=now + M)
    assert "总水阀" in answer.reply and "BX20261121-0001" in answer.reply
    assert the_talk(sessions, openid).owner == "queue"
