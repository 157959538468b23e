"""Two matters in one message: both are seen to, the fault as a report with its own question."""

from dataclasses import replace

import pytest

from tests.dialog.chat import ASKED, JADE, WEST, Chat, bound, stranger

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
