"""A crew answers several offers in one message; each job gets what was said of it, and nothing is guessed."""

import pytest

from bot.scripts.crew_several import decided
from tests.dialog.chat import Chat, crew, job

LEAK, FUSE, LOCK = job(7), job(8, label="城西公馆3幢802 跳闸"), job(9, label="江南里5幢 门锁坏")


@pytest.mark.parametrize(("said", "want"), [
    ("1和2都接", {1: None, 2: None}), ("1、3接，2不接 没空", {1: None, 2: "没空", 3: None}),
    ("都接", dict.fromkeys((1, 2, 3))),
    ("三个都接了", dict.fromkeys((1, 2, 3))), ("收到，都去", dict.fromkeys((1, 2, 3))),
    ("1接2不接3接", {1: None, 2: "", 3: None}),
    ("2不接，其他都接", {1: None, 2: "", 3: None}), ("除了2都接", {1: None, 2: "", 3: None}),
    ("接单 1 2", {1: None, 2: None}),
    ("都不接 今天人手不够", dict.fromkeys((1, 2, 3), "今天人手不够")),
    ("一三接，二没空去", {1: None, 2: "没空", 3: None}),
    ("accept 1 and 2", {1: None, 2: None}), ("1点和2点都能去", {}), ("1号楼和2号楼都去过", {}),
    ("4和5都接", {}), ("都到了", {}),
    ("都接过了吗", dict.fromkeys((1, 2, 3))),
])  # fmt: skip
def test_what_is_said_of_which(said, want):
    assert decided(said, [True, True, True]) == want


def test_both_are_taken_and_one_handed_back_with_its_reason():
    chat = Chat(crew(LEAK, FUSE, LOCK))
    said = chat.say("1、3接，2不接 没空")
    assert [(do.verb, do.args["ticket_id"]) for do in chat.done] == [
        ("crew.accept", 7), ("crew.accept", 9), ("crew.hand_back", 8),
    ]  # fmt: skip
    assert chat.last.args["reason"] == "没空"
    assert "翡翠城8幢1602 厨房漏水" in said and "138" not in said, "no household's phone stands beside another's job"


def test_without_a_reason_it_is_asked_once_for_all_that_are_handed_back():
    chat = Chat(crew(LEAK, FUSE, LOCK))
    assert "BX20261121-0007、BX20261121-0008、BX20261121-0009 为什么退" in chat.say("都不接")
    assert chat.verbs == []
    chat.say("今天人手不够")
    assert chat.verbs == ["crew.hand_back"] * 3
    kept = Chat(crew(LEAK, FUSE))
    kept.say("都不接")
    kept.say("算了我去")
    assert kept.verbs == []


@pytest.mark.parametrize("answer", ["1和2", "都接", "两个都接"])
def test_asked_which_several_are_an_answer(answer):
    chat = Chat(crew(LEAK, FUSE))
    chat.say("接单")
    chat.say(answer)
    assert chat.verbs == ["crew.accept", "crew.accept"]


def test_numbers_are_those_of_the_list_and_all_means_all_that_are_offered():
    mixed = crew(job(6, "accepted"), LEAK, FUSE)
    for said in ("都接", "2和3都接"):
        chat = Chat(mixed)
        chat.say(said)
        assert [do.args["ticket_id"] for do in chat.done] == [7, 8]
    wrong = Chat(mixed)
    wrong.say("1和2都接")
    assert wrong.verbs == [], "the first is taken already: nobody guesses what was meant"


@pytest.mark.parametrize("said", ["都接吗", "都接？", "能不能都接"])
def test_a_question_takes_nothing(said):
    chat = Chat(crew(LEAK, FUSE))
    chat.say(said)
    assert chat.verbs == []


def test_all_of_one_is_that_one_with_its_household():
    chat = Chat(crew(LEAK))
    assert "陈先生 138****8000" in chat.say("都接")
