"""Praise is thanked for and kept; what was not mended, and how to be reached, is with the crew."""

from dataclasses import replace

import pytest

from tests.dialog.chat import LEAK, Chat, bound


@pytest.mark.parametrize("words", ["我要表扬张师傅", "给你们点个赞 张师傅特别负责", "表扬一下你们设计师小李"])
@pytest.mark.parametrize("tickets", [(), (LEAK,)], ids=len)
def test_praise_is_on_record_in_their_own_words(words, tickets):
    chat = Chat(bound(tickets=tickets))
    assert "JY20261121-0001" in chat.say(words)
    assert (chat.last.verb, chat.last.args["words"]) == ("suggestion.record", words)


@pytest.mark.parametrize(
    "words", ["没修好", "还是漏", "修完还是漏水", "师傅走了 还是漏水", "又漏了", "师傅来过了 还是漏"]
)
@pytest.mark.parametrize("state", ["on_site", "accepted", "assigned"])
def test_what_is_not_mended_is_with_the_crew(words, state):
    chat = Chat(bound(tickets=(replace(LEAK, state=state),)))
    assert "没有结束" in chat.say(words)
    assert [(do.verb, do.args["words"]) for do in chat.done] == [("repair.add", words)]


def test_how_they_want_to_be_reached_stands_in_the_report():
    chat = Chat(bound())
    chat.say("厨房水龙头漏水")
    chat.say("别打电话 发微信就行")
    assert "问题：厨房水龙头漏水，别打电话，发微信就行" in chat.say("明天下午")
