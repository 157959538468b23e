"""退订: a bare one and a plain refusal are opt-outs; the word inside another matter is none."""

import pytest

from tests.dialog.chat import Chat, bound


@pytest.mark.parametrize("said", [
    "退订", "TD", "td", "T", "退订。", "退订！", "别给我发广告了", "不要再给我发消息", "别再推送了", "以后别发活动了",
    "不想收到你们的营销短信", "取消订阅", "停止发送广告", "我不想再收到推广", "unsubscribe", "stop",
])  # fmt: skip
def test_these_are_opt_outs_in_any_dialog(said):
    for opening in ("", "厨房漏水"):
        chat = Chat(bound())
        if opening:
            chat.say(opening)
        assert "不再发了" in chat.say(said)
        assert chat.verbs == ["person.opt_out"] and chat.last.args["words"]


@pytest.mark.parametrize("said", [
    "定金怎么退订", "我要退订地板", "退订合同", "瓷砖能退订吗", "我不想退订", "上次退订了怎么还发", "退订是什么意思",
    "我要退定金", "帮我把橱柜退了", "你们别发火", "不要发霉的板子", "取消报修", "取消报名",
    "不要再漏了", "别再拖了", "退订单的钱什么时候到", "朋友说可以退订套餐",
])  # fmt: skip
def test_these_are_other_matters(said):
    chat = Chat(bound())
    chat.say(said)
    assert "person.opt_out" not in chat.verbs


def test_back_again_in_ones_own_words():
    chat = Chat(bound(opted_out=True))
    assert "恢复了" in chat.say("恢复")
    assert (chat.last.verb, chat.last.args["words"]) == ("person.opt_in", "恢复")
