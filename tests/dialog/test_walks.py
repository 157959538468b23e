"""Short scenes out of whole talks that once went wrong: nothing said in them is lost, nothing is asked twice."""

import pytest

from tests.dialog.chat import LEAK, Chat, bound, stranger


def test_what_is_said_in_an_emergency_reaches_the_crew_understood_or_not():
    chat = Chat(bound())
    chat.say("厨房水管爆了！！！")
    said = chat.say("孩子才三个月怎么办")
    assert "没太明白" not in said and "您的地址是" in said
    assert (chat.last.verb, chat.last.args["words"]) == ("repair.add", "孩子才三个月怎么办")
    chat.say("哇哇哇")
    assert chat.last.verb == "conversation.hand_over", "the second time in a row a person"


@pytest.mark.parametrize("said", ["Actually tomorrow at 10 am is better", "how about tomorrow at 10 am"])
def test_another_time_is_moved_in_english(said):
    chat = Chat(bound(tickets=(LEAK,)), "en")
    chat.say(said)
    assert chat.verbs == ["repair.update"]


@pytest.mark.parametrize("said", ["听日下昼得唔得", "明天下午行不行"])
def test_a_time_may_be_asked_back(said):
    chat = Chat(stranger())
    chat.say("我屋企个厕所漏水啊，翡翠城8幢1602")
    assert "留个手机号" in chat.say(said)
    assert chat.state.answers["when_text"] == "明天下午"


def test_nobody_needs_to_come_in_cantonese():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "要取消“厨房水槽漏水”" in chat.say("唔使嚟啦，我自己整返好咗")


def test_when_a_fault_keeps_one_awake_is_no_appointment():
    chat = Chat(bound())
    assert "哪天家里有人" in chat.say("厕所水箱老是滴滴答答的停不下来，晚上吵得睡不着")
    home = Chat(bound())
    home.say("厕所水箱漏水，晚上在家")
    assert home.state.answers["when_text"] == "晚上"


def test_complaining_once_more_is_no_wish():
    chat = Chat(bound())
    chat.say("楼上天天早上七点就开始砸墙，还让不让人睡了，我要投诉")
    assert "希望我们怎么处理" in chat.say("我要投诉")
    assert chat.verbs == ["complaint.open"]
