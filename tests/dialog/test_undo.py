"""What was not meant is undone when it is said at once, and what is meant instead is taken up in the same turn."""

import pytest

from tests.dialog.chat import LEAK, PRICED, Chat, ComplaintRef, bound

OPEN = ComplaintRef(9, "TS20261121-0001", "registered", "工队")
PROPOSED = ComplaintRef(9, "TS20261121-0001", "proposed", "工队", told=True, asked_last=True)
#: The facts, the words that do it, the verb, the verb that undoes it, and its answer.
ACTS = [
    ({}, ["退订"], "person.opt_out", "person.opt_in", "退订不算"),
    ({"tickets": (LEAK,)}, ["取消报修", "自己修好了"], "repair.cancel", "repair.restore", "重新登记"),
    ({"complaint": OPEN}, ["算了不投诉了", "好"], "complaint.withdraw", "complaint.restore", "没有撤"),
]
NOT_MEANT = [
    "不是这个意思",
    "点错了",
    "发错了",
    "不是",
    "不对",
    "我没说要取消",
    "没让你们取消",
    "别取消",
    "手滑了",
    "我反悔了",
    "谁让你取消的",
    "by mistake",
]


@pytest.mark.parametrize(("facts", "said", "done", "undone", "answer"), ACTS, ids=[act[2] for act in ACTS])
@pytest.mark.parametrize("words", NOT_MEANT)
def test_right_after_the_act_it_is_undone(facts, said, done, undone, answer, words):
    chat = Chat(bound(**facts))
    for one in said:
        chat.say(one)
    assert chat.last.verb == done
    assert answer in chat.say(words)
    assert chat.last.verb == undone and chat.last.args["words"] == words


def test_one_turn_later_it_is_not():
    chat = Chat(bound())
    chat.say("退订")
    chat.say("你好")
    chat.say("不是这个意思")
    assert chat.verbs == ["person.opt_out"]


def test_the_refund_that_was_meant_is_taken_up():
    chat = Chat(bound())
    chat.say("退订")
    assert "退订不算" in chat.say("不是 我是说退钱")
    assert chat.verbs[1] == "person.opt_in" and chat.verbs[-1] == "conversation.hand_over"
    assert "退钱" in chat.last.args["words"]


def test_the_repair_that_was_meant_is_begun():
    chat = Chat(bound())
    chat.say("退订")
    assert "哪天家里有人" in chat.say("发错了，是厨房漏水")
    assert chat.last.verb == "person.opt_in" and chat.state.script == "repair"


def test_a_repair_is_wanted_after_all():
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("不用来了")
    chat.say("好了")
    assert "重新登记" in chat.say("还是要修")


@pytest.mark.parametrize(("facts", "said", "verb"), [
    ({"quotes": (PRICED,)}, "同意", "quote.answer"), ({"complaint": PROPOSED}, "同意", "complaint.agree"),
])  # fmt: skip
def test_what_others_may_have_acted_on_goes_to_a_person(facts, said, verb):
    chat = Chat(bound(**facts))
    chat.say(said)
    assert chat.last.verb == verb
    chat.say("点错了")
    assert chat.last.verb == "conversation.hand_over"


@pytest.mark.parametrize(
    "words", ["谢谢", "厨房漏水", "好的", "好", "那什么时候有活动", "水管爆了", "我想说谢谢你们", "我说师傅几点到"]
)
def test_other_words_leave_it_done(words):
    chat = Chat(bound())
    chat.say("退订")
    chat.say(words)
    assert "person.opt_in" not in chat.verbs


def test_who_had_refused_before_is_not_opened_again():
    chat = Chat(bound(opted_out=True))
    chat.say("退订")
    chat.say("不是这个意思")
    assert "person.opt_in" not in chat.verbs
