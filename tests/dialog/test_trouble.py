"""What a crew meets and says in no word of ours: nobody opens, it cannot get in, comes late, lacks a part."""

import pytest

from tests.dialog.chat import Chat, crew, job

ON_THE_WAY, HERE, TAKEN, OFFERED = (job(7, state) for state in ("on_the_way", "on_site", "accepted", "assigned"))
TO_THE_OFFICE = [
    "打了三个电话 没人接", "敲门没人应", "业主不在家", "找不到地方", "几号楼", "保安不让进", "定位发我一下",
    "客户电话多少", "电话是空号 号码不对", "业主不修了", "他嫌贵不给钱", "我明天请假", "钱什么时候结", "路费怎么算",
    "把水管打爆了",
    "楼下漏水了", "总阀关不掉", "nobody home", "can't find the place",
]  # fmt: skip


#: Of these the household hears as well: most are in, and did not.
KNOCKING = ("打了三个电话 没人接", "敲门没人应", "业主不在家", "nobody home")


@pytest.mark.parametrize("words", TO_THE_OFFICE)
@pytest.mark.parametrize("where", [ON_THE_WAY, HERE])
def test_what_only_the_office_can_settle_is_there_at_the_first_word(words, where):
    chat = Chat(crew(where))
    knocks = ["crew.pass_on"] if words in KNOCKING else []
    assert "调度" in chat.say(words) and chat.verbs == [*knocks, "conversation.hand_over"]
    assert where.number in chat.last.args["words"] and chat.last.args["words"].startswith(words)


@pytest.mark.parametrize("words", ["到了 没人开门", "到了，业主不在家", "到了 保安不让进"])
def test_the_step_beside_it_is_taken_as_well(words):
    chat = Chat(crew(ON_THE_WAY))
    assert "到场记好了" in chat.say(words)
    assert chat.verbs == ["crew.arrive", "conversation.hand_over"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("堵车 晚半小时到", "堵车 晚半小时到"), ("晚20分钟到", "晚20分钟到"), ("快到了", "快到了"),
        ("还有十分钟", "还有十分钟"), ("4点左右到", "4点左右到"),
        ("跟业主说我四点前到", "我四点前到"), ("堵车，他妈的，要晚点", "堵车，要晚点"),
    ],
)  # fmt: skip
def test_the_household_hears_who_comes_late(words, told):
    chat = Chat(crew(TAKEN))
    assert "跟业主说了" in chat.say(words)
    assert (chat.verbs, chat.last.args) == (["crew.pass_on"], {"ticket_id": 7, "words": told})


@pytest.mark.parametrize("words", ["回去拿梯子 一小时", "没带梯子", "去买个角阀，马上回来"])
def test_who_goes_for_a_tool_tells_whoever_is_at_home(words):
    chat = Chat(crew(HERE))
    chat.say(words)
    assert chat.verbs == ["crew.pass_on"]
    assert "已经记过到场了" in chat.say("又到了")


@pytest.mark.parametrize("words", ["缺个配件", "没带角阀配件", "变压器没货", "五金店没有，要网上买货"])
def test_a_missing_part_asks_for_the_day_and_the_household_reads_why(words):
    chat = Chat(crew(HERE))
    assert "延到哪天" in chat.say(words)
    chat.say("周二")
    assert chat.verbs == ["crew.delay"] and chat.last.args["reason"] == words


@pytest.mark.parametrize("words", ["这个不是我的活", "我们不做防水", "找防水的师傅吧", "我不会修这个"])
def test_a_job_of_another_trade_goes_back_with_the_reason(words):
    chat = Chat(crew(OFFERED))
    chat.say(words)
    assert (chat.verbs, chat.last.args["reason"]) == (["crew.hand_back"], words)


@pytest.mark.parametrize("words", ["进来了 到了", "早就到了", "已经到门口了", "门口了"])
def test_there_in_passing_is_there(words):
    chat = Chat(crew(ON_THE_WAY))
    chat.say(words)
    assert chat.verbs == ["crew.arrive"]


@pytest.mark.parametrize("words", ["到场", "到了"])
def test_arriving_again_is_no_job_that_was_never_taken(words):
    chat = Chat(crew(HERE))
    said = chat.say(words)
    assert "已经记过到场了" in said and "先回“接单”" not in said and chat.verbs == []


def test_naming_the_job_is_no_note():
    chat = Chat(crew(job(9, "on_site", "江南里5幢1101 马桶堵了"), TAKEN))
    chat.say("修好了")
    assert "怎么修的" in chat.say("马桶那个") and chat.verbs == []
    chat.say("堵的是卫生巾 通了")
    assert (chat.verbs, chat.last.args["note"]) == (["crew.finish"], "堵的是卫生巾 通了")


@pytest.mark.parametrize(
    ("words", "done"), [("门修好了 刨了一下", True), ("厨房修好了，灯还没修", False), ("门修好了吗", False)]
)
def test_what_is_mended_and_how_is_a_finish(words, done):
    chat = Chat(crew(job(7, "on_site", "城西公馆3幢802 卧室门关不上")))
    chat.say(words)
    assert (chat.verbs == ["crew.finish"]) is done


@pytest.mark.parametrize("words", ["今天几单", "还有几单", "我的单", "下午有什么单"])
def test_the_list_by_other_words(words):
    chat = Chat(crew(TAKEN))
    assert "手上1单" in chat.say(words) and "没太明白" not in chat.say(words)


@pytest.mark.parametrize("words", ["接单", "出发", "收到，下午两点到", "材料 角阀1个"])
def test_steps_stay_steps(words):
    chat = Chat(crew(OFFERED if words[0] in "接收" else TAKEN if words == "出发" else HERE))
    chat.say(words)
    assert "conversation.hand_over" not in chat.verbs and len(chat.verbs) == 1
