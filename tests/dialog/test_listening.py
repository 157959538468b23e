"""The bot listens: what is said beside a question, of an open case, or half taken back is not lost nor misread."""

from dataclasses import replace

import pytest

from tests.dialog.chat import LEAK, Chat, bound, stranger
from tests.dialog.shop import shop

BURST = replace(LEAK, urgent=True)
NUMBER = LEAK.number


@pytest.mark.parametrize("words", ["关了总阀了 不喷了", "总阀关了", "水阀已经关上了，不漏了", "I shut the valve off"])
def test_relief_is_no_chase(words):
    chat = Chat(bound(tickets=(BURST,)))
    assert "照样来" in chat.say(words)
    assert (chat.last.verb, chat.last.args["words"]) == ("repair.add", words)


@pytest.mark.parametrize("words", ["关了总阀还在漏", "关了总阀了，怎么还没来"])
def test_water_that_still_runs_is_no_relief(words):
    chat = Chat(bound(tickets=(BURST,)))
    chat.say(words)
    assert chat.last.verb == "repair.chase"


@pytest.mark.parametrize("words", ["总阀关不上", "阀门锈死了拧不动", "总阀在哪啊", "找不到总阀", "where is the valve"])
def test_a_valve_that_will_not_shut_is_no_second_case(words):
    chat = Chat(bound(tickets=(BURST,)))
    assert "物业" in chat.say(words) and chat.verbs == ["repair.add"] and chat.state is None


@pytest.mark.parametrize(
    "words",
    ["门禁密码8899", "家里有老人 敲门大声点", "楼下也潮了", "从北门进，保安要登记车牌", "The gate code is 1234"],
)
def test_what_the_crew_should_know_reaches_it(words):
    chat = Chat(bound(tickets=(LEAK,)))
    assert NUMBER in chat.say(words)
    assert chat.done == [chat.last] and (chat.last.verb, chat.last.args["words"]) == ("repair.add", words)


@pytest.mark.parametrize("words", ["你们收费不", "上门要钱吗", "修一下多少钱"])
def test_costs_while_a_repair_is_open_are_the_repairs(words):
    chat = Chat(bound(tickets=(LEAK,)))
    assert "您同意才修" in chat.say(words) and chat.done == []


def test_a_home_is_no_repair():
    chat = Chat(shop(bound, tickets=(LEAK,)))
    assert "㎡" in chat.say("装修一平多少钱")


def test_are_you_there():
    assert Chat(bound(tickets=(LEAK,))).say("在吗").startswith("在的，您说。\n厨房水槽漏水")
    assert "哪儿需要帮忙" in Chat(bound()).say("在吗")


@pytest.mark.parametrize("words", ["算了 不删了", "还是留着吧", "不删了"])
def test_a_deletion_that_waits_is_taken_back_by_its_second_thought(words):
    chat = _asked_to_delete_twice()
    assert "撤回了" in chat.say(words) and chat.last.verb == "privacy.withdraw"


def test_a_bare_never_mind_leaves_the_deletion_and_says_the_way_out():
    chat = _asked_to_delete_twice()
    said = chat.say("算了")
    assert "照常办" in said and "不删了" in said and "privacy.withdraw" not in chat.verbs


def _asked_to_delete_twice() -> Chat:
    chat = Chat(bound())
    for words in ("删除我的信息", "确定", "删除我的信息"):
        chat.say(words)
    return chat


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("锦绣花园8栋1201", {"house": "锦绣花园8栋1201"}),
        ("明天上午在家", {"when_text": "明天上午"}),
        ("13711112222", {"phone": "13711112222"}),
    ],
)
def test_an_address_in_answer_to_shall_i_register_it_means_yes(words, kept):
    chat = Chat(stranger())
    assert "要不要我现在就登记报修" in chat.say("你们什么垃圾公司 卫生间漏水到楼下了 楼下找我赔钱")
    chat.say(words)
    assert chat.state.script == "repair" and chat.state.answers.items() >= kept.items()


def test_one_of_several_faults_falls_away_and_the_other_stays():
    chat = Chat(bound())
    chat.say("卫生间灯不亮，还有卧室门锁坏了")
    assert "“卧室门锁坏了”不报了" in chat.say("算了门锁不用修了 我自己弄好了")
    assert chat.state.answers["problem"] == "卫生间灯不亮" and chat.state.script == "repair"


def test_one_of_several_recorded_faults_cancels_no_case():
    several = replace(LEAK, label="1. 厨房水槽漏水；2. 卧室门锁坏了")
    chat = Chat(bound(tickets=(several,)))
    chat.say("门锁不用修了，我自己弄好了")
    assert chat.verbs == ["repair.add"] and chat.state is None
    assert "要取消" in chat.say("都不用来了")


@pytest.mark.parametrize(
    ("words", "verb"), [("明天下午", "repair.update"), ("翡翠城8幢1602", None), ("13800138000", None)]
)
def test_a_time_or_an_address_is_no_reason_to_cancel(words, verb):
    chat = Chat(bound(tickets=(LEAK,)))
    assert "要取消" in chat.say("不用来了")
    chat.say(words)
    assert "repair.cancel" not in chat.verbs and (verb is None or chat.last.verb == verb)


def test_the_visit_of_another_room_moves_and_the_draft_stays():
    chat = Chat(bound(tickets=(replace(LEAK, label="卫生间漏水"),)))
    chat.say("阳台窗户关不上")
    chat.say("卫生间那个改成后天吧")
    assert chat.last.verb == "repair.update" and chat.last.args["ticket_id"] == LEAK.id
    assert chat.state.answers["problem"] == "阳台窗户关不上" and "when_text" not in chat.state.answers


def test_confidential_in_the_middle_of_a_report():
    chat = Chat(stranger())
    chat.say("投诉你们王师傅，把墙敲坏了不认账，要他道歉")
    chat.say("客厅灯不亮")
    assert "保密" in chat.say("别让他知道是我说的") and chat.last.args["confidential"] is True
    assert chat.state.script == "repair"
    chat.say("道歉就行")
    assert (chat.last.verb, chat.last.args["demand"]) == ("complaint.add", "道歉就行")


def test_the_address_of_the_open_report_is_not_asked_again():
    chat = Chat(stranger(tickets=(replace(LEAK, house="锦绣花园8栋1201"),), has_phone=True, phone="138****8000"))
    said = chat.say("对了，阳台窗户关不上")
    assert "小区" not in said and chat.state.answers["house"] == "锦绣花园8栋1201"


def test_what_answers_another_question_is_taken_in_aloud():
    chat = Chat(stranger())
    chat.say("厨房灯不亮")
    said = chat.say("明天下午")
    assert said.startswith("好，记下了。\n是哪一套") and "记下" not in chat.say("翡翠城8幢1602")


def test_a_home_in_any_state_and_an_estate_are_no_riddle():
    chat = Chat(shop())
    chat.say("想装修 89平 大概多少钱")
    assert "没太明白" not in chat.say("毛坯") and chat.last.args["asked"] == "毛坯"
    chat.say("预算15万左右吧")
    assert "没太明白" not in chat.say("翡翠城的") and chat.last.args["house"] == "翡翠城"
