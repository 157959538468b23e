"""A complaint that is about somebody else after all: corrected before it is registered and while it is open."""

import pytest

from tests.dialog.chat import Chat, ComplaintRef, bound

BLAMED = ComplaintRef(9, "TS20261121-0001", "registered", "工队")


@pytest.mark.parametrize(("said", "target"), [
    ("不对，是设计师的问题不是工队", "设计师"), ("不是工队，是设计师", "设计师"), ("说错了，我投诉的是监理", "监理"),
    ("工队没问题，是设计师图纸错了三次", "设计师"), ("搞错人了，是设计师", "设计师"),
    ("跟工队没关系，是你们客服", "客服"),
    ("it's the designer, not the crew", "设计师"), ("sorry I meant the supervisor", "监理"),
])  # fmt: skip
def test_an_open_complaint_is_about_somebody_else_after_all(said, target):
    chat = Chat(bound(complaint=BLAMED))
    assert f"TS20261121-0001 改成针对{target}" in chat.say(said)
    assert chat.verbs == ["complaint.aim"]
    assert (chat.last.args["target"], chat.last.args["words"]) == (target, said)


@pytest.mark.parametrize(("said", "verbs"), [
    ("是不是设计师的问题？", []), ("不对，是周三不是周四", []), ("不是工队的问题", ["complaint.add"]),
    ("我不是要投诉工队", []),
])  # fmt: skip
def test_what_corrects_nobody_leaves_it_with_whom_it_was(said, verbs):
    chat = Chat(bound(complaint=BLAMED))
    chat.say(said)
    assert chat.verbs == verbs and chat.facts.complaint.target == "工队"


def test_another_person_of_the_same_kind_is_named_by_the_words_that_name_them():
    chat = Chat(bound(complaint=BLAMED))
    chat.say("不是王师傅，是李师傅")
    assert chat.last.args["target"] == "工队" and "王师傅" not in chat.last.args["named"]


def test_corrected_before_it_is_registered_only_the_right_one_is_blamed():
    chat = Chat(bound())
    chat.say("我要投诉工队")
    said = chat.say("不对，是设计师")
    assert "改成针对设计师" in said and "抱歉" not in said and chat.verbs == []
    chat.say("图纸错了三次都不改")
    assert (chat.last.verb, chat.last.args["target"]) == ("complaint.open", "设计师")
    both = Chat(bound())
    both.say("我要投诉工队")
    both.say("不对，是设计师，图纸错了三次都不改")
    assert (both.last.verb, both.last.args["target"]) == ("complaint.open", "设计师")


def test_corrected_while_it_is_asked_what_would_help_the_question_stands():
    chat = Chat(bound())
    chat.say("我要投诉工队，上周约好没来")
    assert "希望我们怎么处理" in chat.say("不对，是设计师的问题不是工队")
    chat.say("换个设计师")
    assert chat.last.args["demand"] == "换个设计师"
