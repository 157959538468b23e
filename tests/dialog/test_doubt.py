"""A formal complaint needs a grievance: what only sounds like one is asked about once, or answered."""

import pytest

from tests.dialog.chat import JADE, Chat, ComplaintRef, bound
from tests.dialog.shop import ROOM, open_on

OPEN = ComplaintRef(9, "TS20261121-0001", "registered", "工队")


@pytest.mark.parametrize("words", [
    "他姓张 叫张伟", "她说过期了", "他说可以", "他说明天来", "我说的是昨天", "你们家离我好远", "监理姓王",
    "为什么要两次", "因为他道歉了",
])  # fmt: skip
def test_nothing_is_registered_on_a_guess(words):
    chat = Chat(bound())
    chat.say(words)
    assert "complaint.open" not in chat.verbs and "conversation.hand_over" not in chat.verbs


@pytest.mark.parametrize("words", [
    "他不接电话", "师傅态度太差了", "师傅上门还骂人", "工人在我家抽烟", "监理从来不去工地看", "多收了我三百块钱",
    "地砖贴得乱七八糟 质量太差",
    "换的水龙头是假货", "the plumber was rude",
])  # fmt: skip
def test_a_grievance_is_registered_at_once(words):
    chat = Chat(bound())
    chat.say(words)
    assert "complaint.open" in chat.verbs


@pytest.mark.parametrize("words", ["你们客服一点都不专业", "说好上午来一直没来人", "他骂人"])
def test_what_nobody_is_sure_of_is_asked_rather_than_not_understood(words):
    chat = Chat(bound())
    assert "这是要投诉吗" in chat.say(words)


def test_a_yes_registers_the_words_that_were_said():
    chat = Chat(bound())
    assert "这是要投诉吗" in chat.say("她说过期了")
    assert "已登记" in chat.say("是的")
    assert chat.last.verb == "complaint.open" and chat.last.args["problem"] == "她说过期了"


@pytest.mark.parametrize("words", ["不是", "不用"])
def test_a_no_registers_nothing(words):
    chat = Chat(bound())
    chat.say("她说过期了")
    assert "不登记" in chat.say(words) and chat.done == []


def test_whatever_else_is_said_is_answered_and_the_question_gone():
    chat = Chat(bound())
    chat.say("她说过期了")
    assert "哪天家里有人" in chat.say("厨房漏水")
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["他姓张 叫张伟", "有噪音", "他说可以"])
def test_what_asks_for_nothing_is_no_demand(words):
    chat = Chat(bound())
    chat.say("我要投诉师傅态度差")
    chat.say(words)
    assert chat.last.args.get("more") == words and not chat.last.args.get("demand")


@pytest.mark.parametrize("words", ["要他道歉", "把钱退了", "扣他工资", "看你们诚意", "换个人来", "1000块"])
def test_what_would_help_is_the_demand(words):
    chat = Chat(bound())
    chat.say("我要投诉师傅态度差")
    chat.say(words)
    assert chat.last.args.get("demand") == words


def test_that_he_apologised_asks_for_no_apology():
    chat = Chat(bound(complaint=OPEN))
    chat.say("因为他道歉了")
    assert not chat.last.args.get("demand")


def test_temper_beside_a_question_is_answered_and_no_complaint():
    chat = Chat(bound(JADE, showroom=ROOM, open_on=open_on))
    assert "滨江店" in chat.say("真无语，展厅几点关门")
    assert "complaint.open" not in chat.verbs
    assert not any(do.args.get("reason") == "anger" for do in chat.done)
