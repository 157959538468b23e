"""Short-tempered words: one short apology before the matter, once; a cry for help is no part of the fault."""

import pytest

from bot.refs import CallRef
from tests.dialog.chat import JADE, LEAK, MORNING, Chat, bound
from tests.dialog.shop import dt

SORRY = "抱歉，让您费心了。"


@pytest.mark.parametrize("said", [
    "你们怎么回事啊，厨房又漏水了", "搞什么鬼，主卧灯又不亮了", "烦死了，马桶堵了", "怎么搞的，装修到哪一步了",
])  # fmt: skip
def test_a_matter_told_in_a_temper_gets_one_short_apology(said):
    chat = Chat(bound())
    assert chat.say(said).startswith(f"{SORRY}\n")
    assert SORRY not in chat.say("搞什么鬼，还要说几遍，明天下午")


def test_after_half_a_day_it_is_another_conversation():
    chat = Chat(bound(tickets=(LEAK,)))
    assert SORRY in chat.say("你们怎么回事啊，师傅怎么还没来")
    chat.later(hours=13)
    assert SORRY in chat.say("烦死了，师傅到底几点来")


def test_in_english():
    chat = Chat(bound(), "en")
    assert chat.say("what the hell, the kitchen tap leaks again").startswith("Sorry for the trouble.\n")


def test_danger_comes_first_and_a_complaint_apologises_by_itself():
    assert Chat(bound()).say("搞什么鬼，厨房水管爆了全是水").startswith("先关总水阀")
    assert SORRY not in Chat(bound()).say("你们怎么回事，我要投诉")


@pytest.mark.parametrize("said", ["你们怎么回事啊", "搞什么鬼", "烦死了"])
def test_temper_alone_is_listened_to_and_nothing_is_made_of_it(said):
    chat = Chat(bound())
    assert "我在听" in chat.say(said)
    assert chat.verbs == []


def test_temper_alone_about_an_open_case_is_told_how_it_stands():
    chat = Chat(bound(tickets=(LEAK,)))
    lines = chat.say("搞什么鬼")
    assert SORRY in lines and LEAK.number in lines


@pytest.mark.parametrize(("said", "problem"), [
    ("快来人啊，厨房水管爆了，水到处都是", "厨房水管爆了，水到处都是"), ("快来个人，主卧灯不亮", "主卧灯不亮"),
    ("快来人啊厨房漏水了", "厨房漏水了"), ("来人啊！家里跳闸了", "家里跳闸了"), ("赶紧派人来，马桶堵了", "马桶堵了"),
    ("救命啊厨房水管爆了", "厨房水管爆了"), ("快点来人厨房水龙头滴水", "厨房水龙头滴水"),
    ("快来，马桶堵了", "马桶堵了"),
    ("烦死了，马桶堵了", "马桶堵了"), ("help! the kitchen pipe burst", "the kitchen pipe burst"),
    ("厨房水龙头也在滴水，明天下午来看看", "厨房水龙头也在滴水"), ("人造石台面裂了", "人造石台面裂了"),
])  # fmt: skip
def test_the_fault_is_kept_in_the_customers_words_without_the_cry(said, problem):
    chat = Chat(bound())
    chat.say(said)
    kept = chat.state.answers["problem"] if chat.state.script == "repair" else chat.done[0].args["problem"]
    assert kept == problem


def test_haste_is_no_appointment_at_this_very_hour():
    chat = Chat(bound())
    assert "3 时间：尽快" in chat.say("快来个人，主卧灯不亮")
    chat.say("是的")
    assert chat.last.args["when_start"] is None


@pytest.mark.parametrize("said", ["算了不用打了", "不用打了", "别回电了", "no need to call"])
def test_a_call_asked_for_days_ago_is_withdrawn_beside_an_open_repair(said):
    old = CallRef("HF20261121-0001", MORNING - dt.timedelta(days=2), MORNING + dt.timedelta(hours=3))
    chat = Chat(bound(JADE, calling=old, tickets=(LEAK,)))
    chat.say(said)
    assert chat.verbs == ["callback.forgo"]
    repair = Chat(bound(JADE, calling=old, tickets=(LEAK,)))
    assert "要取消“厨房水槽漏水”" in repair.say("不用来了")
