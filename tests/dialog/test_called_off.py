"""Nobody needs to come any more: asked once, also inside an urgent case, and never heard where something is broken."""

from dataclasses import replace

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, stranger


def with_case(state: str = "accepted") -> Chat:
    return Chat(bound(tickets=(replace(LEAK, state=state),)))


@pytest.mark.parametrize("words", [
    "不用来了，自己好了", "自己修好了", "别来了", "厨房水槽不漏了，不用修了", "厨房现在不漏了，师傅不用来了",
    "我找别人修好了", "取消维修", "取消订单", "帮我把报修取消了", "误报，不用来了", "搞错了，没有漏",
    "没问题了，不用派师傅", "物业来修过了，不用来了", "cancel the repair", "please cancel my repair",
    "no need to come any more", "I fixed it myself",
    "it's fixed, no need to come", "the leak stopped, you don't need to come", "false alarm",
])  # fmt: skip
def test_a_visit_that_nobody_needs_is_called_off_after_one_question(words):
    chat = with_case()
    assert "要取消“厨房水槽漏水”" in chat.say(words)
    chat.say("是")
    assert chat.verbs == ["repair.cancel"] and chat.last.args["reason"] == words


@pytest.mark.parametrize("words", [
    "卧室灯坏了，厨房水槽不用修了", "自己修好了，但是又漏了", "不用修这么急", "师傅修好了吗", "不用来得太早",
    "is it fixed?", "搞错了，是卧室",
])  # fmt: skip
def test_these_call_nobody_off(words):
    chat = with_case()
    assert "要取消" not in chat.say(words)
    assert "repair.cancel" not in chat.verbs


@pytest.mark.parametrize("words", [
    "误报，不用来了", "现在没味道了，不用来了", "没事了", "搞错了，不是漏水", "虚惊一场，不用来",
    "已经关了阀门不漏了，不用来了", "自己弄好了", "水停了", "false alarm, no need to come", "取消",
])  # fmt: skip
def test_an_urgent_case_is_called_off_while_its_address_is_asked(words):
    for facts in (stranger(), bound(), bound(JADE, WEST)):
        chat = Chat(facts)
        chat.say("厨房水管爆了，水喷得到处都是")
        assert "要取消" in chat.say(words)
        chat.say("是的")
        assert chat.verbs == ["repair.open", "repair.cancel"] and not chat.state.script
        kept = Chat(facts)
        kept.say("厨房水管爆了，水喷得到处都是")
        kept.say(words)
        kept.say("留着")
        assert kept.verbs == ["repair.open"] and kept.state.script == "urgent"


@pytest.mark.parametrize("words", ["水停了但是还有煤气味", "阀门关上了，还在漏", "关不上"])
def test_what_goes_on_is_not_called_off(words):
    chat = Chat(stranger())
    chat.say("厨房水管爆了，水喷得到处都是")
    assert "要取消" not in chat.say(words)
