"""Two matters in one message: both are seen to, the fault as a report with its own question."""

from dataclasses import replace

import pytest

from bot.understanding import Entry, Library
from tests.dialog.chat import ASKED, JADE, WEST, Chat, bound, stranger
from tests.dialog.shop import Asker, shop, slot

FAULT = "主卧灯不亮"


@pytest.mark.parametrize(
    ("other", "verb"),
    [
        ("退订", "person.opt_out"),
        ("我要推荐朋友", "referral.code"),
        ("建议你们多安排几个人", "suggestion.record"),
        ("装修到哪一步了", "house.progress"),
        ("厨房防水还在保吗", "warranty.look"),
    ],
)
@pytest.mark.parametrize("joint", ["，另外", "。对了，", "，顺便说一下，"])
def test_the_other_matter_is_done_and_the_fault_is_asked_on(other, verb, joint):
    chat = Chat(bound(replace(JADE, completed=True)))
    said = chat.say(f"{other}{joint}{FAULT}")
    assert verb in chat.verbs
    assert "哪天家里有人" in said.rsplit("\n", 1)[-1]
    chat.say("明天下午")
    chat.say("是的")
    assert chat.last.args["problem"] == FAULT


def test_the_fault_may_come_first():
    chat = Chat(bound())
    assert "不再发" in chat.say(f"{FAULT}，明天下午，另外退订")
    chat.say("是的")
    assert chat.last.verb == "repair.open"


def test_a_dialog_that_the_other_matter_opens_comes_first_and_the_report_is_offered_afterwards():
    chat = Chat(bound(JADE, WEST))
    assert "是哪一套" in chat.say(f"我要解绑，另外翡翠城的{FAULT}")
    assert "接着报修吗" in chat.say("算了")
    chat.say("接着")
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]
    assert chat.last.args["project_id"] == JADE.id


def test_a_score_and_a_new_fault():
    chat = Chat(bound(survey=ASKED))
    assert "哪天家里有人" in chat.say(f"5分，另外{FAULT}")
    assert chat.verbs == ["survey.answer"]


def test_two_faults_are_one_report_and_danger_is_never_split():
    chat = Chat(bound())
    chat.say(f"厨房水龙头滴水，另外{FAULT}，明天下午")
    chat.say("是的")
    assert len(chat.last.args["items"]) == 2
    urgent = Chat(bound())
    assert "先关总水阀" in urgent.say("退订，另外水管爆了，厨房全是水")
    assert urgent.verbs == ["repair.open"]


def test_a_phone_number_where_the_code_is_asked_begins_binding_by_contract():
    chat = Chat(stranger())
    chat.say("绑定")
    assert "合同号是多少" in chat.say("13800138000")
    assert "才知道是您本人" in chat.say("为什么要合同号")
    assert JADE.label in chat.say("HT-2026-018")
    assert chat.last.args == {"contract": "HT-2026-018", "phone": "13800138000"}


SHOP = replace(shop(bound), houses=(replace(JADE, completed=True),))


@pytest.mark.parametrize(("said", "answered", "asked", "script"), [
    ("下周二量房，顺便问89平多少钱", "89㎡大约", "量房哪个时间方便", "appointment"),
    ("89平多少钱，另外下周二能来量房吗", "89㎡大约", "量房哪个时间方便", "appointment"),
    ("我想去展厅看看，你们几点关门？", "滨江区江南大道100号", "到店哪个时间方便", "appointment"),
    ("约个量房，另外展厅在哪", "滨江区江南大道100号", "量房哪个时间方便", "appointment"),
    ("厨房水龙头漏水，还在保修期内吗？", "保到2028年6月", "哪天家里有人", "repair"),
    ("厨房水龙头漏水，顺便问问展厅在哪", "滨江区江南大道100号", "哪天家里有人", "repair"),
    ("卫生间漏水，修要多少钱", "保修期内不收费", "哪天家里有人", "repair"),
])  # fmt: skip
def test_what_can_be_answered_is_and_the_dialog_goes_on(said, answered, asked, script):
    chat = Asker(SHOP)
    lines = chat.say(said)
    assert lines.index(answered) < lines.index(asked)
    assert chat.state.script == script and ("说“约到店”就行" not in lines or script == "repair")
    assert "喜欢什么风格" not in lines and "要修直接说" not in lines


def test_a_visit_on_a_day_with_its_price_is_booked_with_the_next_word():
    chat = Asker(SHOP)
    assert "8.9万" in chat.say("周二上午量房，顺便问89平多少钱")
    assert chat.verbs == ["appointment.book", "enquiry.learn", "package.show"]
    assert chat.told("appointment.book")[0]["start"] == slot(24, 9).start.isoformat()


def test_in_english_too():
    chat = Asker(SHOP, "en")
    said = chat.say("Can you measure next week? And how much for 89 sqm?")
    assert "¥89,000" in said and chat.state.script == "appointment"


def test_thanks_hide_no_question():
    chat = Chat(bound())
    assert "水电验收" in chat.say("谢谢你们，对了装修到哪一步了")
    assert "水电验收" in chat.say("谢谢！我家装修到哪一步了？")
    assert "不客气" in chat.say("谢谢你们，辛苦了")


def test_whether_measuring_is_free_is_not_lost_beside_the_visit():
    free = Entry(7, "量房收费吗", ("量房收费吗", "量房要钱吗", "量房免费吗"), "量房免费。")
    chat = Asker(replace(SHOP, find_answer=Library([free]).answer))
    chat.say("周二下午量房可以吗，要钱吗？")
    assert chat.verbs == ["appointment.book", "knowledge.say"]


@pytest.mark.parametrize(("before", "said", "pieces"), [
    (("主卧灯不亮",), "明天下午，另外展厅几点关门", ("江南大道100号", "3 时间：明天下午")),
    (("主卧灯不亮",), "明天下午。修要钱吗？", ("保修期内不收费", "3 时间：明天下午")),
    (("主卧灯不亮",), "明天下午，还在保修期吗？", ("保到2028年6月", "3 时间：明天下午")),
    (("约个量房",), "2，顺便问89平多少钱", ("约好了", "89㎡大约")),
    (("约个量房",), "2，另外厨房水龙头漏水", ("约好了", "哪天家里有人")),
    (("89平多少钱",), "现代简约，预算15万，展厅在哪？", ("现代简约风格大约", "江南大道100号", "什么时候拿房")),
])  # fmt: skip
def test_an_open_dialog_takes_its_answer_and_the_other_matter_is_served(before, said, pieces):
    chat = Asker(SHOP)
    for line in before:
        chat.say(line)
    lines = chat.say(said)
    assert [lines.count(piece) for piece in pieces] == [1] * len(pieces)


def test_a_second_fault_in_an_open_report_is_its_own_line_and_no_other_matter():
    chat = Chat(bound())
    chat.say("主卧灯不亮")
    assert "1. 主卧灯不亮；2. 厨房水龙头滴水" in chat.say("明天下午，另外厨房水龙头滴水")
