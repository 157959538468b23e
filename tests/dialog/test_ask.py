"""Questions that the house's articles answer, in the middle of anything."""

from dataclasses import replace

import pytest

from bot.understanding import Answer, Entry
from tests.dialog.chat import Chat, bound, stranger
from tests.understanding.test_library import LIBRARY

PAY = "付款方式是怎样的"


def asking(facts):
    return Chat(replace(facts, find_answer=LIBRARY.answer))


@pytest.fixture
def chat():
    return asking(stranger())


def verbs(chat):
    return [(do.verb, dict(do.args)) for do in chat.done]


def test_the_answer_comes_first_then_whether_it_helped(chat):
    said = chat.say("钱分几次给啊")
    assert chat.verbs == ["knowledge.say"] and "说清楚了吗" in said
    assert "随时说" in chat.say("清楚了")
    assert verbs(chat)[-1] == ("knowledge.rate", {"article_id": chat.done[0].args["article_id"], "helped": True})
    assert chat.state is None


@pytest.mark.parametrize("words", ["不是", "没有", "没说清楚", "不是这个", "答非所问"])
def test_whoever_was_not_helped_gets_a_person_with_the_question(chat, words):
    chat.say("钱分几次给啊")
    assert "请同事来看您问的" in chat.say(words)
    rate, ask = chat.done[-2:]
    assert (rate.args["helped"], rate.args["words"]) == (False, "钱分几次给啊")
    assert ask.args == {"reason": "question", "words": "钱分几次给啊"}


@pytest.mark.parametrize("words, verb", [("厨房水管爆了", "repair.open"), ("人工", "conversation.hand_over")])
def test_whatever_is_said_instead_is_a_matter_of_its_own(chat, words, verb):
    chat.say("钱分几次给啊")
    said = chat.say(words)
    assert verb in chat.verbs and "说清楚了吗" not in said
    assert "knowledge.rate" not in chat.verbs


def test_thanks_mean_that_it_helped_and_are_answered_once(chat):
    chat.say("钱分几次给啊")
    chat.say("谢谢")
    assert verbs(chat)[-1][1]["helped"] is True


def test_a_question_in_a_report_is_answered_and_the_report_goes_on():
    chat = asking(stranger())
    chat.say("厨房水槽漏水")
    said = chat.say("对了钱分几次给啊？")
    assert "knowledge.say" in chat.verbs and "哪一套" in said and "说清楚了吗" not in said
    assert chat.state.script == "repair"


def test_several_that_may_be_meant_are_offered_with_numbers(chat):
    said = chat.say("效果图收钱不")
    assert "1 " in said and "2 " in said and chat.verbs == []
    chosen = said.splitlines()[1][2:]
    chat.say("1")
    assert chat.verbs == ["knowledge.say"]
    assert LIBRARY.answer(chosen).sure.id == chat.last.args["article_id"]


def test_none_of_the_offered_is_kept_for_an_article_and_a_person_comes(chat):
    chat.say("效果图收钱不")
    chat.say("都不是")
    assert verbs(chat) == [
        ("knowledge.miss", {"words": "效果图收钱不"}),
        ("conversation.hand_over", {"reason": "question", "words": "效果图收钱不"}),
    ]


def test_a_single_likely_one_is_asked_about():
    one = Entry(4, "介绍朋友有什么奖励", ("介绍朋友有什么奖励",), "一次检修")
    chat = Chat(replace(bound(), find_answer=lambda _: Answer(likely=(one,))))
    assert "您是想问“介绍朋友有什么奖励”吗" in chat.say("带人来有啥好处")
    chat.say("是的")
    assert chat.last.args == {"article_id": 4}


def test_a_question_without_an_answer_goes_on_the_list_and_to_a_person(chat):
    said = chat.say("你们做美缝用的什么工艺")
    assert "knowledge.miss" in chat.verbs and "conversation.hand_over" in chat.verbs
    assert "knowledge.answer" not in said


def test_gibberish_is_no_question_for_the_list(chat):
    chat.say("嘎嘎")
    chat.say("呼呼")
    assert "knowledge.miss" not in chat.verbs


def test_an_emergency_in_the_form_of_a_question_is_an_emergency():
    chat = Chat(replace(stranger(), find_answer=lambda _: Answer(sure=Entry(1, "漏水怎么办", (), "看看"))))
    chat.say("水管爆了怎么办")
    assert chat.verbs[0] == "repair.open"
