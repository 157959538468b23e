"""Complaints in chat: registered at once, added to, answered, taken back; suggestions; what belongs to which matter."""

from dataclasses import replace

import pytest

from tests.dialog.chat import DOOR, LEAK, Chat, ComplaintRef, bound, stranger

OPEN = ComplaintRef(9, "TS20261121-0001", "registered", "工队")
PROPOSED = replace(OPEN, state="proposed", told=True, asked_last=True)
ALL_AT_ONCE = "我要投诉王师傅，墙刷得坑坑洼洼，要求换人重做"


def opened(chat: Chat) -> dict:
    return next(do.args for do in chat.done if do.verb == "complaint.open")


def test_one_sentence_is_enough():
    chat = Chat(bound())
    said = chat.say(ALL_AT_ONCE)
    assert said == "抱歉让您遇到这样的事。投诉 TS20261121-0001 已登记，8小时内给您书面说明。"
    assert chat.verbs == ["complaint.open"] and chat.state is None
    args = opened(chat)
    assert (args["target"], args["demand"], args["problem"]) == ("工队", "要求换人重做", ALL_AT_ONCE)


def test_at_most_what_is_missing_is_asked_and_sorry_is_said_once():
    chat = Chat(stranger())
    said = [chat.say("我要投诉"), chat.say("说好周三来，到今天没人来"), chat.say("尽快来就行")]
    assert "发生了什么" in said[0] and "希望我们怎么处理" in said[1] and "TS20261121-0001" in said[2]
    assert "".join(said).count("抱歉") == 1 and "投诉 TS20261121-0001 已登记" in said[1]
    assert chat.verbs == ["complaint.open", "complaint.add"]
    assert chat.last.args == {"complaint_id": 9, "demand": "尽快来就行"} and chat.state is None


@pytest.mark.parametrize("words", ["没有", "没想好", "不用了", "跳过", "算了"])
def test_nothing_needs_to_be_asked_for(words):
    chat = Chat(bound())
    chat.say("投诉监理，从来不到现场")
    assert "有进展马上告诉您" in chat.say(words) and chat.verbs == ["complaint.open"] and chat.state is None


def test_another_person_as_what_would_help_is_no_wish_for_a_person():
    chat = Chat(bound())
    chat.say("投诉设计师，图改了五遍还是错的")
    chat.say("换个人")
    assert chat.verbs == ["complaint.open", "complaint.add"] and chat.last.args["demand"] == "换个人"


def test_a_complaint_without_the_word_is_one():
    chat = Chat(bound())
    assert "TS20261121-0001" in chat.say("说好全包现在又要加钱")
    assert opened(chat)["target"] == "价格"


def test_what_is_broken_in_it_is_offered_as_a_repair_and_linked():
    chat = Chat(bound())
    said = chat.say("投诉，工人把卫生间瓷砖弄裂了，要求道歉")
    assert said.endswith("要不要我现在就登记报修？") and "瓷砖" in said.splitlines()[-1]
    assert "哪天家里有人" in chat.say("要")
    assert chat.state.script == "repair"
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["complaint.open", "repair.open"] and chat.last.args["of_complaint"] is True
    assert "投诉" not in chat.last.args["problem"] and "瓷砖" in chat.last.args["problem"]


def test_the_offer_is_declined():
    chat = Chat(bound())
    chat.say("投诉，工人把卫生间瓷砖弄裂了，要求道歉")
    assert "有进展" in chat.say("不用") and chat.verbs == ["complaint.open"]


def test_a_fault_with_an_open_repair_is_not_offered_again():
    chat = Chat(bound(tickets=(LEAK,)))
    said = chat.say("投诉，厨房还在漏，修了两次，要求退钱")
    assert "登记报修" not in said and "complaint.open" in chat.verbs


def test_confidential_from_the_first_word_and_later():
    chat = Chat(bound())
    assert "只有处理的人看得到" in chat.say("投诉监理，从来不到现场，请保密，要求换监理")
    assert opened(chat)["confidential"] is True
    later = Chat(bound(complaint=OPEN))
    assert "保密" in later.say("不要告诉师傅是我说的")
    assert later.verbs == ["complaint.add"] and later.last.args["confidential"] is True


def test_anger_brings_a_person_and_registers_once():
    chat = Chat(bound())
    said = chat.say("气死我了，你们什么破公司，拖了三个月还没完工，我要投诉！")
    assert chat.verbs == ["complaint.open", "conversation.hand_over"] and opened(chat)["angry"] is True
    assert said.count("抱歉") == 1 and "投诉 TS20261121-0001 已登记" in said and "20分钟内回您" in said
    chat.say("垃圾公司，拖到过年也装不完，投诉你们")
    assert chat.verbs[2:] == ["complaint.add", "conversation.hand_over"]


def test_mere_anger_is_no_complaint():
    chat = Chat(bound())
    chat.say("气死我了")
    assert chat.verbs == ["conversation.hand_over"]


def test_running_water_and_a_complaint_are_both_seen_to_at_once():
    chat = Chat(bound())
    said = chat.say("你们师傅把水管打爆了现在水喷得到处都是，我要投诉")
    assert chat.verbs == ["repair.open", "complaint.open"] and chat.done[0].args["urgent"] is True
    assert chat.last.args["of_repair"] is True and "关总水阀" in said and "TS20261121-0001" in said
    assert chat.state.script == "urgent"


def test_photos_belong_to_the_complaint_while_it_is_told_and_afterwards():
    chat = Chat(bound())
    chat.say("我要投诉")
    chat.send("image", media_id="P1")
    chat.say("墙刷得坑坑洼洼")
    assert opened(chat)["media"] == ["P1"]
    chat.send("image", media_id="P2")
    assert chat.verbs[-1] == "complaint.attach" and chat.last.args["media"] == ["P2"]
    chat.say("没有")
    assert "附在投诉 TS20261121-0001" in chat.send("image", media_id="P3")


def test_a_photo_goes_to_whatever_was_told_last():
    older = replace(OPEN, id=1)
    chat = Chat(bound(complaint=older, tickets=(DOOR,)))
    chat.send("image", media_id="P1")
    assert chat.verbs == ["repair.attach"]


def test_further_words_are_on_the_open_complaint():
    chat = Chat(bound(complaint=OPEN))
    assert "记在 TS20261121-0001 上了" in chat.say("他今天又没来")
    assert chat.verbs == ["complaint.add"] and chat.last.args["more"] == "他今天又没来"
    chat.say("我还要投诉你们设计师，图纸尺寸全是错的")
    assert chat.verbs[1:] == ["complaint.open"], "about somebody else it is another one"


@pytest.mark.parametrize("words", ["投诉处理得怎么样了", "我的投诉有结果吗"])
def test_how_it_stands(words):
    chat = Chat(bound(complaint=OPEN, tickets=(LEAK,)))
    assert "正在核实" in chat.say(words) and chat.verbs == []
    assert "没有处理中的投诉" in Chat(bound()).say(words)


def test_impatience_is_on_record_and_the_second_time_said_to_be_with_the_manager():
    chat = Chat(bound(complaint=OPEN))
    assert "经理" not in chat.say("怎么还没处理")
    assert "经理已经知道了" in chat.say("投诉怎么还没动静")
    assert chat.verbs == ["complaint.chase", "complaint.chase"]


@pytest.mark.parametrize("words", ["算了不投诉了", "撤诉", "我要撤销投诉"])
def test_taken_back_it_asks_once_for_the_reason(words):
    chat = Chat(bound(complaint=OPEN))
    assert "说一下原因" in chat.say(words)
    assert "按您说的撤了" in chat.say("师傅已经道歉了")
    assert chat.verbs == ["complaint.withdraw"] and chat.last.args["reason"] == "师傅已经道歉了"


def test_taken_back_with_its_reason_at_once_or_kept_after_all():
    chat = Chat(bound(complaint=OPEN))
    chat.say("投诉撤了吧，已经处理好了")
    assert chat.last.args["reason"] == "已经处理好了"
    kept = Chat(bound(complaint=OPEN))
    kept.say("撤诉")
    assert "照常处理" in kept.say("还是留着吧") and kept.verbs == []
    assert "没有处理中的投诉" in Chat(bound()).say("撤诉")


def test_given_up_before_it_was_told_nothing_is_registered():
    chat = Chat(bound())
    chat.say("我要投诉")
    chat.say("算了不投诉了")
    assert chat.verbs == [] and chat.state is None


@pytest.mark.parametrize("words", ["同意", "可以", "好的", "行"])
def test_a_proposal_is_agreed_to(words):
    chat = Chat(bound(complaint=PROPOSED))
    assert "就按这个方案办" in chat.say(words) and chat.verbs == ["complaint.agree"]


def test_a_proposal_is_declined_with_another_wish_asked_for_or_said():
    chat = Chat(bound(complaint=PROPOSED))
    assert "希望怎么处理" in chat.say("不同意")
    assert "重新定方案" in chat.say("换人重做")
    assert chat.verbs == ["complaint.decline"] and chat.last.args["words"] == "换人重做"
    at_once = Chat(bound(complaint=PROPOSED))
    at_once.say("不行，至少赔2000")
    assert at_once.last.args["words"] == "不行，至少赔2000"


def test_a_yes_to_another_dialog_is_no_answer_to_the_proposal():
    chat = Chat(bound(complaint=replace(PROPOSED, asked_last=False)))
    chat.say("卧室灯坏了")
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


def test_a_repair_in_the_middle_is_put_aside_and_offered_again():
    chat = Chat(bound())
    chat.say("厨房漏水")
    chat.say("我要投诉你们客服，电话从来不接")
    assert chat.verbs == ["complaint.open"] and chat.state.parked
    assert "接着报修吗" in chat.say("没有")


def test_a_suggestion_is_recorded_in_the_customers_words():
    chat = Chat(bound())
    assert "JY20261121-0001" in chat.say("建议你们每周发一次工地照片")
    assert chat.last.args == {"words": "建议你们每周发一次工地照片"}
    asked = Chat(bound())
    assert "请说说看" in asked.say("我有个建议")
    asked.say("每周发一次工地照片")
    assert asked.last.args == {"words": "每周发一次工地照片"} and asked.state is None


def test_in_english_it_is_the_same():
    chat = Chat(bound(), "en")
    assert "TS20261121-0001" in chat.say("I want to complain about the crew, the wall is crooked and dirty")
    assert chat.verbs == ["complaint.open"]


@pytest.mark.parametrize("words", [
    "不是要投诉", "我没有投诉啊", "我没说要投诉", "别给我登记投诉", "我什么时候说要投诉了",
    "我不是投诉，就是想问问工期", "没想投诉，就是问一下", "我不想投诉，你们快点就行", "不是投诉你们，是水管漏水",
    "这不是投诉，是建议：每周发一次工地照片", "不是要投诉，是要表扬王师傅",
])  # fmt: skip
def test_who_says_that_it_is_no_complaint_gets_none(words):
    for facts in (bound(), bound(complaint=PROPOSED, tickets=(LEAK,))):
        chat = Chat(facts)
        said = chat.say(words)
        assert not [verb for verb in chat.verbs if verb in ("complaint.open", "complaint.add")], chat.done
        assert "抱歉让您" not in said and (chat.state is None or chat.state.script != "complaint")
    begun = Chat(bound())
    begun.say("我要投诉")
    begun.say(words)
    assert "complaint.open" not in begun.verbs and (begun.state is None or begun.state.script != "complaint")


@pytest.mark.parametrize("words", ["是不是要投诉才有人管，墙都刷花了", "我不是投诉过吗，怎么没人理", "我要投诉监理"])
def test_a_complaint_in_the_form_of_a_no_is_one(words):
    chat = Chat(bound(complaint=PROPOSED))
    assert "不记投诉" not in chat.say(words) and chat.verbs[:1] != ["repair.open"]
    assert [verb for verb in chat.verbs if verb.startswith("complaint.")] or "TS" in str(chat.outcome)


@pytest.mark.parametrize("tickets", [(), (LEAK,)])
@pytest.mark.parametrize("first", [
    "我要投诉赵工，但是别告诉他是我说的", "我要投诉监理，说好周一来没来", "投诉师傅，说好周一来，一直没来",
])  # fmt: skip
def test_a_demand_reaches_the_complaint_in_whatever_order_it_is_told(first, tickets):
    chat = Chat(bound(tickets=tickets))
    chat.say(first)
    chat.say("说好周三来，一直没来")
    assert "TS20261121-0001" in chat.say("道歉")
    added = [do.args for do in chat.done if do.verb == "complaint.add"]
    assert added[-1]["demand"] == "道歉"
    assert [do.args["problem"] for do in chat.done if do.verb == "complaint.open"] != []


@pytest.mark.parametrize("words", [
    "请保密", "别告诉他是我说的", "please keep my name confidential", "please don't tell him it was me",
    "keep me anonymous",
])  # fmt: skip
def test_confidentiality_is_set_and_said_within_the_dialog_and_after_it(words):
    inside = Chat(bound(tickets=(LEAK,)))
    inside.say("我要投诉监理，态度恶劣，天天骂人")
    after = Chat(bound(tickets=(LEAK,), complaint=ComplaintRef(9, "TS20261121-0001", "registered", "监理")))
    for chat in (inside, after):
        assert "TS20261121-0001 保密" in chat.say(words)
        assert chat.last.args["confidential"] is True


def test_that_it_is_to_stay_confidential_is_not_what_happened():
    chat = Chat(bound())
    chat.say("我要投诉监理")
    chat.say("please keep my name confidential")
    assert "complaint.open" not in chat.verbs
    chat.say("他天天骂人")
    assert chat.last.args["confidential"] is True and chat.last.args["problem"] == "他天天骂人"


@pytest.mark.parametrize("office", [True, False])
def test_an_angry_account_is_not_asked_again_what_happened(office):
    chat = Chat(bound(office_open=office))
    chat.say("我要投诉")
    said = chat.say("说好周三来一直没来，气死我了，你们什么垃圾公司")
    assert "TS20261121-0001 已登记" in said and "哪件事" not in said
    assert chat.verbs == ["complaint.open", "conversation.hand_over"]


@pytest.mark.parametrize("demand", ["赔礼道歉", "道歉", "说好周三来没来，要求道歉", "换个监理"])
def test_a_demand_is_acknowledged_once(demand):
    chat = Chat(bound())
    chat.say("我要投诉监理，说好周三来没来")
    assert chat.say(demand).count("TS20261121-0001") == 1
