"""The bot listens: what is said beside a question, of an open case, or half taken back is not lost nor misread."""

from dataclasses import replace

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, stranger
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
    [
        "门禁密码8899",
        "家里有老人 敲门大声点",
        "楼下也潮了",
        "从北门进，保安要登记车牌",
        "The gate code is 1234",
        "别打电话 发微信就行",
        "Please no phone calls",
    ],
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


@pytest.mark.parametrize("words", ["诶 插座还是有点烫", "厨房又开始漏了", "好了，但还有点漏"])
def test_what_goes_on_is_no_reason_to_cancel(words):
    chat = Chat(bound(tickets=(LEAK,)))
    assert "要取消" in chat.say("不用来了")
    assert "照常上门" in chat.say(words) and (chat.verbs, chat.last.args["words"]) == (["repair.add"], words)


@pytest.mark.parametrize("words", ["自己修好了", "现在不漏了", "物业来弄过了", "太忙了"])
def test_a_reason_cancels(words):
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("不用来了")
    chat.say(words)
    assert (chat.last.verb, chat.last.args["reason"]) == ("repair.cancel", words)


def test_a_fault_told_in_pieces_is_one():
    chat = Chat(bound())
    chat.say("我家那个马桶")
    chat.say("一直在流水")
    assert (chat.last.verb, chat.last.args["problem"]) == ("repair.open", "我家那个马桶一直在流水")
    assert chat.state.parked == ()


def test_who_cannot_be_in_at_once_says_when():
    chat = Chat(bound())
    chat.say("家里跳闸了 整个屋没电")
    chat.say("推上去又跳")
    assert chat.last.args["problem"].endswith("推上去又跳") and chat.state.script == "urgent"
    assert "记下" in chat.say("明天下午两点吧 我在家") and chat.last.args["when_text"] == "明天下午两点"


def test_two_houses_in_one_message_are_two_reports():
    chat = Chat(bound(JADE, WEST))
    chat.say("城西那套厨房灯坏了 顺便翡翠城那套阳台漏水")
    chat.say("明天上午")
    assert "翡翠城那套阳台漏水" in chat.say("对") and chat.last.args["house_text"] == WEST.label
    assert "没太明白" not in chat.say("翡翠城那个着急一点 能不能明天")
    assert (chat.state.answers["house"], chat.state.answers["when_text"]) == (JADE.label, "明天")


def test_nothing_was_broken_after_all():
    chat = Chat(bound())
    chat.say("厨房漏水了")
    assert "不报了吗" in chat.say("哎不对 没漏 是我搞错了")
    assert chat.say("不好意思哈").startswith("没关系。")
    assert "不登记了" in chat.say("是")


def test_another_time_after_never_mind_moves_the_visit():
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("换到后天上午")
    chat.say("算了还是明天下午")
    assert chat.last.args["when_text"] == "明天下午"
    chat = Chat(bound())
    chat.say("马桶堵了")
    chat.say("后天上午")
    chat.say("算了还是明天下午")
    assert chat.state.answers["when_text"] == "明天下午" and not chat.state.confirming


def test_asking_what_we_mend_is_no_anger():
    assert "着急" not in Chat(stranger()).say("你们管不管修家具")


@pytest.mark.parametrize("words", ["你好 我家老房子想翻新 大概70平 厕所厨房都要弄", "给我儿子结婚房子装修", "新房装修"])
def test_a_home_to_be_built_is_heard_in_unsure_words(words):
    chat = Chat(shop())
    said = chat.say(words)
    assert chat.state.script == "enquiry" and "绑定码" not in said and "没太明白" not in said


def test_who_lives_in_it_has_the_keys():
    chat = Chat(shop())
    chat.say("想装修")
    assert "没太明白" not in chat.say("现在就住着呢") and chat.state.answers["keys_on"] == "2026-11-21"


def test_questions_in_a_report_come_back_to_it():
    chat = Chat(bound())
    chat.say("客厅墙裂了")
    assert chat.say("照片发你").startswith("照片直接发给我就行")
    assert chat.say("什么时候能来看").startswith("好，登记完马上安排师傅") and chat.done == []


def test_what_would_be_if_is_no_complaint():
    chat = Chat(bound())
    chat.say("如果是质量问题要赔偿的吧")
    assert "complaint.open" not in chat.verbs and "conversation.hand_over" in chat.verbs


def test_the_day_on_which_nobody_is_in_is_no_offer():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "换到什么时候" in chat.say("师傅说明天来 我明天不在家") and chat.done == []


@pytest.mark.parametrize(
    "words",
    ["钥匙放物业了 你跟师傅说一声", "还有别让师傅穿鞋进去 刚打扫的", "物业那边电话是057188888888", "一起看就行"],
)
def test_word_for_the_crew_reaches_it_and_binds_nobody(words):
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say(words)
    assert chat.verbs == ["repair.add"]


def test_a_crews_number_is_given_to_nobody():
    assert "出发前会打给您" in Chat(bound(tickets=(LEAK,))).say("师傅电话给我一个")


def test_anger_about_a_fault_brings_a_person_and_the_report():
    chat = Chat(bound())
    said = chat.say("你们装的地板 才一年就翘起来了 你们管不管")
    assert "着急" in said and chat.verbs == ["conversation.hand_over"] and chat.state.script == "repair"
    chat.say("当然要修啊")
    assert "complaint.open" not in chat.verbs


def test_an_open_complaint_hears_how_long_and_that_it_is_taken_back():
    chat = Chat(bound())
    chat.say("投诉你们工人昨天在我家抽烟，还把电梯弄脏了")
    assert "最晚" in chat.say("要多久啊")
    chat.say("我不想他来找我")
    assert chat.last.args["confidential"] is True
    chat.say("撤销吧 算了 200块而已")
    assert (chat.last.verb, chat.last.args["reason"]) == ("complaint.withdraw", "算了 200块而已")


def test_english_words_about_the_visit():
    chat = Chat(bound(tickets=(BURST,)), "en")
    chat.say("please hurry")
    assert chat.last.verb == "repair.chase"
    chat.say("tomorrow after 6pm")
    assert chat.last.verb == "repair.update"
    assert "approve" in chat.say("do i have to pay") or chat.last.verb == "repair.update"
