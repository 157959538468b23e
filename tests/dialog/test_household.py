"""Who is bound to a house, in chat: by contract, with a code for the family, and letting go again."""

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, crew, job, stranger

PAIR = {"contract": "HT-2026-018", "phone": "13800138000"}


@pytest.mark.parametrize("asked", ["没有码，用合同号绑定行吗", "用手机号绑定", "绑定，合同号"])
def test_without_a_code_contract_and_phone_are_asked_for(asked):
    chat = Chat(stranger())
    assert "合同号是多少" in chat.say(asked)
    assert "手机号" in chat.say("HT-2026-018")
    assert "绑定好了：翡翠城8幢1602" in chat.say("13800138000")
    assert chat.last.args == PAIR


@pytest.mark.parametrize("said", ["13800138000 HT-2026-018", "合同号HT-2026-018，手机13800138000"])
def test_both_in_one_message_are_tried_at_once(said):
    chat = Chat(stranger())
    assert "绑定好了" in chat.say(said)
    assert chat.last.args == PAIR


def test_from_the_question_for_a_code_one_may_go_on_with_the_contract():
    chat = Chat(stranger())
    assert "说“合同号”" in chat.say("绑定")
    assert "合同号是多少" in chat.say("合同号")


def test_a_wrong_pair_names_no_culprit_and_a_right_phone_sounds_the_same():
    said = []
    for phone, contract in (("13800138000", "HT-2026-019"), ("13900139000", "HT-2026-018")):
        chat = Chat(stranger())
        chat.say("用合同号绑定")
        chat.say(contract)
        said.append(chat.say(phone))
    assert said[0] == said[1] and "没对上" in said[0] and "还可以试4次" in said[0]


def test_a_number_that_is_no_phone_is_asked_again_and_tries_nothing():
    chat = Chat(stranger())
    chat.say("用合同号绑定")
    chat.say("HT-2026-018")
    assert "手机号" in chat.say("1380013")
    assert chat.done == []
    assert "绑定好了" in chat.say("打错了，13800138000")


def test_a_person_is_always_at_hand_while_binding():
    chat = Chat(stranger())
    chat.say("用合同号绑定")
    chat.say("人工")
    assert chat.verbs == ["conversation.hand_over"]


@pytest.mark.parametrize(("asked", "label"), [
    ("让我老婆也绑定", "老婆"), ("给家人一个码", "家人"), ("我老公也想收到通知", "老公"), ("把我爸加进来", "我爸"),
    ("code for my wife", ""),
])  # fmt: skip
def test_an_owner_gets_a_code_for_the_family(asked, label):
    chat = Chat(bound())
    said = chat.say(asked)
    assert "483920" in said and JADE.label in said and "只能用一次" in said
    assert chat.last.verb == "household.invite" and chat.last.args["project_id"] == 1
    assert not label or chat.last.args["label"] == label


def test_with_two_houses_the_code_is_for_the_one_that_is_named():
    chat = Chat(bound(JADE, WEST))
    assert "哪一套" in chat.say("给我老婆一个码")
    assert "城西公馆3幢802" in chat.say("2")
    assert chat.last.args == {"project_id": 2, "label": "老婆"}
    assert chat.state is None


@pytest.mark.parametrize("said", ["我老婆绑定不了", "我老婆的码过期了"])
def test_trouble_of_a_relative_gives_out_no_code(said):
    chat = Chat(bound())
    chat.say(said)
    assert "household.invite" not in chat.verbs


def test_strangers_are_told_to_bind_first():
    assert "还没有绑定" in Chat(stranger()).say("给家人一个码")
    assert "还没有绑定" in Chat(stranger()).say("解绑")


def test_unbinding_is_asked_once_with_what_follows():
    chat = Chat(bound(JADE, WEST, tickets=(LEAK,)))
    assert "哪一套" in chat.say("解绑")
    said = chat.say("城西那套")
    assert "解绑城西公馆3幢802后" in said and "家里其他绑定的人" in said and chat.done == []
    assert "已解绑" in chat.say("确定")
    assert (chat.last.verb, chat.last.args) == ("household.leave", {"project_id": 2})


@pytest.mark.parametrize("no", ["不用了", "算了", "不"])
def test_a_no_keeps_everything_as_it_was(no):
    chat = Chat(bound())
    chat.say("解除绑定")
    assert "还绑着" in chat.say(no)
    assert chat.done == [] and chat.state is None


def test_the_house_may_stand_in_the_wish():
    chat = Chat(bound(JADE, WEST))
    assert "解绑翡翠城8幢1602后" in chat.say("解绑翡翠城那套")


def test_a_question_in_the_middle_is_answered_and_the_doubt_asked_again():
    chat = Chat(bound())
    chat.say("解绑")
    said = chat.say("你是机器人吗")
    assert "自动助手" in said and "确定解绑吗" in said


def test_somebody_is_taken_out_by_name_and_after_a_question():
    chat = Chat(bound())
    said = chat.say("把我老婆移除")
    assert "1 老婆 周**" in said and "2 家人 尾号6003" in said
    assert "确定移除吗" in chat.say("1")
    assert "老婆 周**已移出" in chat.say("是的")
    assert (chat.last.verb, chat.last.args) == ("household.remove", {"project_id": 1, "member_id": 5})


def test_asking_who_is_bound_changes_nothing():
    chat = Chat(bound(JADE, WEST))
    assert "哪一套" in chat.say("谁绑定了我家")
    assert "2 家人 尾号6003" in chat.say("翡翠城")
    assert "都不动" in chat.say("不用")
    assert chat.verbs == ["household.list"] and chat.state is None


def test_crews_are_unbound_by_the_office():
    chat = Chat(crew(job(7)))
    assert "办公室" in chat.say("解绑")
    assert chat.done == []


def test_a_repair_in_the_middle_is_put_aside_and_offered_afterwards():
    chat = Chat(bound(JADE, WEST))
    chat.say("厨房漏水")
    chat.say("解绑")
    chat.say("2")
    assert "接着" in chat.say("是的")


@pytest.mark.parametrize("said", ["号码说错了，是13912345678", "电话错了，号码是13912345678", "验证码不用发了"])
def test_a_number_is_no_code(said):
    chat = Chat(bound())
    chat.say("卫生间水龙头滴水，明天下午")
    chat.say(said)
    assert chat.state.script == "repair" and not chat.state.parked
