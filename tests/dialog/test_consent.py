"""退订: a bare one and a plain refusal are opt-outs; the word inside another matter is none."""

import pytest

from tests.dialog.chat import LEAK, Chat, bound


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
    "把你们存的我的资料发给我", "算了不删了", "我后悔了，别删", "别打了，取消回电", "我没说退订", "我没有要退订啊",
    "不小心点了退订", "我老婆说要退订，你们先别弄", "他说不要再发消息了，你先等等", "师傅来过了，不要再打电话来了",
    "师傅别再联系我了，我自己找人", "你们别发了，图我看到了", "别再发图了", "刚才发错了，把那张照片删掉",
    "把我的旧号码删掉，换成13911112222", "不需要了", "不要了", "别发给我老公", "不用通知我老公", "别把消息发给我妈",
    "取消订单", "取消工单", "把上次的报价删了", "你们有我哪些信息，给我一份", "别发了", "不用再打电话了",
    "这个方案不要再推了", "don't text my husband", "don't delete it",
])  # fmt: skip
def test_these_are_other_matters(said):
    chat = Chat(bound())
    chat.say(said)
    assert "person.opt_out" not in chat.verbs


@pytest.mark.parametrize("said", ["别发了", "不要再打电话来了", "师傅来过了，不要再打电话来了", "不用再给我打电话"])
def test_a_doubtful_one_is_asked_once_and_only_a_yes_stops_anything(said):
    for answer, verbs in (("是的", ["person.opt_out"]), ("不是", []), ("yes", ["person.opt_out"]), ("厨房灯坏了", [])):
        chat = Chat(bound())
        assert "不想再收活动消息" in chat.say(said)
        assert "改了" not in chat.say(answer)
        assert chat.verbs == verbs and (not verbs or chat.last.args["words"] == said)


@pytest.mark.parametrize("said", ["我没说退订", "我老婆说要退订，你们先别弄", "刚才按错了，不是要退订"])
def test_who_refused_nothing_is_told_that_nothing_was_stopped(said):
    assert "没有停" in Chat(bound()).say(said)
    assert "说“恢复”" in Chat(bound(opted_out=True)).say(said)


def test_things_to_be_put_right_go_to_a_colleague():
    for said in ("刚才发错了，把那张照片删掉", "把我的旧号码删掉，换成13911112222", "别发给我老公"):
        chat = Chat(bound())
        chat.say(said)
        assert chat.verbs == ["conversation.hand_over"]


def test_another_number_on_an_open_case_is_its_number():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "139****2222" in chat.say("把我的旧号码删掉，换成13911112222")
    assert chat.verbs == ["repair.update"]


def test_back_again_in_ones_own_words():
    chat = Chat(bound(opted_out=True))
    assert "恢复了" in chat.say("恢复")
    assert (chat.last.verb, chat.last.args["words"]) == ("person.opt_in", "恢复")
