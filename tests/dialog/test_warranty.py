"""Questions about the warranty: for the right house, by kind and place; a dispute is the manager's."""

from dataclasses import replace

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound, stranger

JADE_DONE, WEST_DONE = replace(JADE, completed=True), replace(WEST, completed=True)
PAID = replace(LEAK, paid=True)


@pytest.mark.parametrize(
    ("words", "kinds", "place"),
    [
        ("厨房防水还在保吗", ["防水"], "厨房"),
        ("我家地板保几年", ["地板"], ""),
        ("水电保多久", ["水", "电"], ""),
        ("我家还在保修期吗", [], ""),
    ],
)
def test_of_the_only_house_it_is_answered_at_once(words, kinds, place):
    chat = Chat(bound(JADE_DONE))
    assert "防水保5年，保到2028年6月" in chat.say(words)
    assert chat.verbs == ["warranty.look"]
    assert chat.last.args == {"project_id": 1, "categories": kinds, "place": place}


def test_of_several_houses_it_is_asked_which_one():
    chat = Chat(bound(JADE_DONE, WEST_DONE))
    said = chat.say("厨房防水还在保吗")
    assert "1 翡翠城8幢1602" in said and "2 城西公馆3幢802" in said and chat.verbs == []
    chat.say("城西的")
    assert chat.last.args == {"project_id": 2, "categories": ["防水"], "place": "厨房"}


def test_a_house_named_in_the_question_is_the_one():
    chat = Chat(bound(JADE_DONE, WEST_DONE))
    chat.say("城西公馆那套的防水还在保吗")
    assert chat.last.args["project_id"] == 2


def test_without_a_day_of_completion_a_person_gets_what_is_known():
    chat = Chat(bound(JADE))
    assert "竣工日期" in chat.say("厨房防水还在保吗")
    do = next(do for do in chat.done if do.verb == "conversation.hand_over")
    assert do.args["reason"] == "warranty"
    assert all(known in do.args["words"] for known in ("厨房防水还在保吗", "翡翠城8幢1602", "防水", "没有记录"))
    chat = Chat(bound(JADE_DONE, WEST))
    chat.say("防水保几年")
    chat.say("2")
    assert chat.verbs == ["conversation.hand_over"] and "城西公馆3幢802" in chat.last.args["words"]


def test_a_stranger_hears_the_rules_and_nothing_about_a_house():
    chat = Chat(stranger())
    said = chat.say("翡翠城8幢1602的防水保几年")
    assert "从竣工验收那天算起" in said and "1602" not in said
    assert chat.verbs == ["warranty.general"]


def test_in_a_report_it_is_answered_and_the_report_goes_on():
    chat = Chat(bound(JADE_DONE))
    chat.say("卫生间墙角渗水")
    said = chat.say("这个还在保修期吗")
    assert "防水保5年" in said and "哪天家里有人" in said
    assert chat.last.args["categories"] == ["防水"]


def test_a_leak_with_danger_hears_no_rules():
    chat = Chat(bound(JADE_DONE))
    said = chat.say("水管爆了满屋子水，还在保修期吗")
    assert "保到" not in said and "warranty.look" not in chat.verbs


@pytest.mark.parametrize("words", ["凭什么收费", "才三年怎么就过保了", "不应该收费吧，明明还在保", "我不认可收费"])
def test_who_does_not_accept_the_verdict_is_heard_by_the_manager(words):
    chat = Chat(bound(JADE_DONE, tickets=(PAID,)))
    assert "请经理来看" in chat.say(words)
    assert chat.verbs == ["warranty.dispute"] and chat.last.args == {"ticket_id": 7, "words": words}


def test_nothing_is_disputed_where_nothing_is_charged():
    chat = Chat(bound(JADE_DONE, tickets=(LEAK,)))
    chat.say("凭什么收费")
    assert "warranty.dispute" not in chat.verbs


@pytest.mark.parametrize("words", ["我家防水2021年做的还在保吗", "这个还在保修期内吗", "橱柜都在保吗？"])
def test_a_question_is_no_dispute(words):
    chat = Chat(bound(JADE_DONE, tickets=(PAID,)))
    chat.say(words)
    assert "warranty.dispute" not in chat.verbs


@pytest.mark.parametrize(
    "words",
    [
        "自己改过电路还保不保", "水管冻裂了保不保", "我们自己换了水龙头还在保修吗", "找人改了水管，还保吗",
        "地板被水淹了保不保修", "柜门撞坏了保修吗", "灯是自己买的，保修吗", "租客弄坏的门保不保",
        "is it still under warranty if I changed the socket myself?",
    ],
)  # fmt: skip
def test_what_may_be_excluded_is_promised_to_nobody(words):
    chat = Chat(bound(JADE_DONE), "en" if words.isascii() else "zh")
    said = chat.say(words)
    assert "保到" not in said and "covered until" not in said and "warranty.look" not in chat.verbs
    assert ("可能不在保修里" in said or "may not be covered" in said) and chat.verbs[-1] == "conversation.hand_over"


def test_what_you_did_yourselves_is_meant_as_ours():
    chat = Chat(bound(JADE_DONE))
    assert "保到2028年6月" in chat.say("你们自己做的防水保几年")


def test_an_angry_dispute_reaches_the_manager_and_a_person():
    chat = Chat(bound(JADE_DONE, tickets=(PAID,)))
    chat.say("凭什么收费，你们这些骗子，气死我了")
    assert chat.verbs[0] == "warranty.dispute" and "conversation.hand_over" in chat.verbs


def test_in_english():
    chat = Chat(bound(JADE_DONE), "en")
    assert "covered until June 2028" in chat.say("is the bathroom waterproofing still under warranty?")


@pytest.mark.parametrize(("item", "kinds"), [
    ("木地板呢", ["地板"]), ("那防水呢？", ["防水"]), ("阳台的窗户呢", ["门窗"]), ("墙面", ["墙面"]),
    ("and the floor?", ["地板"]),
])  # fmt: skip
def test_a_bare_item_after_the_answer_is_the_next_question(item, kinds):
    chat = Chat(bound(JADE_DONE))
    chat.say("我家厨房水龙头还在保吗")
    for _ in range(2):
        assert "2023年6月完工" in chat.say(item)
        assert (chat.last.verb, chat.last.args["categories"]) == ("warranty.look", kinds)


def test_of_several_houses_the_item_is_asked_of_the_same_one():
    chat = Chat(bound(JADE_DONE, WEST))
    chat.say("厨房水龙头还在保吗")
    chat.say("翡翠城那套")
    chat.say("那木地板呢")
    assert (chat.last.args["project_id"], chat.last.args["categories"]) == (JADE_DONE.id, ["地板"])


def test_for_a_stranger_it_is_the_rule_in_general():
    chat = Chat(stranger())
    chat.say("防水保几年")
    assert "一般项目保2年" in chat.say("木地板呢")
    assert chat.last.args["categories"] == ["地板"]


@pytest.mark.parametrize(("said", "verb"), [
    ("装修到哪一步了", "house.progress"), ("转人工", "conversation.hand_over"), ("谢谢", "warranty.look"),
])  # fmt: skip
def test_anything_else_after_the_answer_is_as_always(said, verb):
    chat = Chat(bound(JADE_DONE))
    chat.say("我家厨房水龙头还在保吗")
    assert "还想问哪一项" not in chat.say(said)
    assert chat.last.verb == verb
    fault = Chat(bound(JADE_DONE))
    fault.say("我家厨房水龙头还在保吗")
    assert "哪天家里有人" in fault.say("木地板鼓起来了")
