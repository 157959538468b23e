"""A quote that waits: agreed in any words, refused, haggled over, asked about; never money on a doubtful yes."""

from dataclasses import replace

import pytest

from tests.dialog.chat import ASKED, DOOR, LEAK, PRICED, PRICED_DOOR, Chat, bound


def pending(*quotes, **more) -> Chat:
    return Chat(bound(tickets=(LEAK,), quotes=quotes or (PRICED,), **more))


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("同意", "agreed"), ("1", "agreed"), ("好的", "agreed"), ("可以", "agreed"), ("行，修吧", "agreed"),
        ("就按这个做", "agreed"), ("没意见", "agreed"), ("👌", "agreed"), ("那就修吧", "agreed"), ("①", "agreed"),
        ("不同意", "refused"), ("2", "refused"), ("不修了", "refused"), ("不", "refused"), ("算了", "refused"),
        ("太贵了，不修了", "refused"), ("我自己找人修", "refused"),
        ("改价", "haggled"), ("3", "haggled"), ("太贵了能便宜点吗", "haggled"), ("能不能打个折", "haggled"),
        ("便宜点", "haggled"), ("抹个零吧", "haggled"), ("不是不同意，就是有点贵", "haggled"),
        ("行，少50就修", "haggled"), ("不是不想修，太贵了", "haggled"), ("少一百就做", "haggled"),
        ("换龙头可以 其他的不要", "haggled"), ("只换龙头就行", "haggled"), ("把角阀去掉 其他没问题", "haggled"),
        ("其他的不要可以吗", "haggled"), ("only the tap please", "haggled"), ("就修吧", "agreed"),
    ],
)  # fmt: skip
def test_the_answer_in_any_words(words, decision):
    chat = pending()
    said = chat.say(words)
    assert (chat.verbs, chat.last.args["quote_id"], chat.last.args["decision"]) == (["quote.answer"], 5, decision)
    assert {"agreed": "按200元做", "refused": "不收费", "haggled": "新报价"}[decision] in said
    assert "没定之前不动工" in said or decision != "haggled"


@pytest.mark.parametrize("words", ["同意的话今天能修吗", "如果同意要多久", "我先想想"])
def test_a_condition_or_a_question_agrees_to_nothing(words):
    chat = pending()
    chat.say(words)
    assert "quote.answer" not in chat.verbs


@pytest.mark.parametrize("words", ["好的", "1", "可以", "不"])
def test_a_short_word_after_something_else_was_said_is_asked_about(words):
    chat = pending(replace(PRICED, asked_last=False))
    assert "报价200元，您的意思是" in chat.say(words) and chat.verbs == []
    chat.say("1")
    assert chat.last.args["decision"] == "agreed"


def test_a_plain_yes_counts_whatever_was_said_in_between():
    chat = pending(replace(PRICED, asked_last=False))
    chat.say("同意报价")
    assert chat.last.args["decision"] == "agreed"


def test_nobody_agrees_to_a_version_that_has_not_reached_them():
    chat = pending(replace(PRICED, told=False, asked_last=False))
    assert "新的一份马上发到" in chat.say("同意")
    assert chat.verbs == []


def test_a_button_answers_the_very_version_that_it_stands_under():
    chat = Chat(bound(tickets=(LEAK,), quotes=(replace(PRICED, id=9, asked_last=False),)))
    chat.hear("同意", "text", choice="qt:5:agreed")
    assert chat.last.args == {"quote_id": 5, "decision": "agreed", "words": "同意"}


def test_a_button_answers_nothing_else_that_is_open():
    """同意 under a quote is no yes to having all data deleted, which was asked in between."""
    chat = Chat(bound(tickets=(LEAK,), quotes=(PRICED,)))
    chat.say("删除我的个人信息")
    assert chat.state.script == "privacy"
    chat.hear("同意", "text", choice="qt:5:agreed")
    assert chat.last.verb == "quote.answer" and "privacy.ask" not in chat.verbs
    assert chat.state.script == "privacy", "the question stays open"


def test_of_two_quotes_it_is_asked_which_one():
    chat = Chat(bound(tickets=(LEAK, DOOR), quotes=(replace(PRICED, asked_last=False), PRICED_DOOR)))
    said = chat.say("同意")
    assert "1 厨房水槽漏水" in said and "2 卧室门关不上" in said and chat.verbs == []
    chat.say("2")
    assert (chat.last.args["quote_id"], chat.last.args["decision"], chat.last.args["words"]) == (6, "agreed", "同意")


def test_the_place_names_the_quote():
    chat = Chat(bound(tickets=(LEAK, DOOR), quotes=(replace(PRICED, asked_last=False), PRICED_DOOR)))
    chat.say("卧室那个同意修吧")
    assert chat.last.args["quote_id"] == 6


@pytest.mark.parametrize("words", ["角阀怎么要80", "人工为什么120", "包含人工吗", "这个角阀是什么牌子的"])
def test_a_question_about_an_item_reaches_crew_and_colleague(words):
    chat = pending()
    assert "没同意之前不动工" in chat.say(words)
    assert chat.verbs == ["quote.ask", "conversation.hand_over"] and chat.last.args["reason"] == "quote"


def test_another_fault_in_between_is_a_report_and_the_quote_still_waits():
    chat = pending()
    assert "厨房灯" in chat.say("另外厨房灯不亮了，明天下午在家")
    assert "quote.answer" not in chat.verbs
    chat.facts = replace(chat.facts, quotes=(replace(PRICED, asked_last=False),))
    chat.say("是的")
    assert chat.verbs == ["repair.open"]
    chat.say("刚才的报价同意")
    assert chat.last.verb == "quote.answer"


def test_no_more_repairs_in_the_middle_of_a_report_means_the_report():
    chat = pending(replace(PRICED, asked_last=False))
    chat.say("另外厨房灯不亮了")
    assert "quote.answer" not in chat.verbs
    chat.say("算了")
    assert "quote.answer" not in chat.verbs


def test_a_bare_number_belongs_to_whoever_asked_last():
    chat = Chat(bound(tickets=(LEAK,), survey=ASKED, quotes=(replace(PRICED, asked_last=False),)))
    chat.say("1")
    assert chat.verbs == ["survey.answer"]
    chat = Chat(bound(tickets=(LEAK,), survey=ASKED, quotes=(PRICED,)))
    chat.say("1")
    assert chat.verbs == ["quote.answer"]


def test_danger_and_a_person_come_first():
    chat = pending()
    chat.say("水管爆了，快来")
    assert "quote.answer" not in chat.verbs
    chat = pending()
    chat.say("人工")
    assert chat.verbs == ["conversation.hand_over"]


def test_cancelling_the_repair_is_not_an_answer_to_the_price():
    chat = pending()
    assert "取消" in chat.say("取消报修")
    assert chat.verbs == []


def test_in_english():
    chat = Chat(bound(tickets=(LEAK,), quotes=(PRICED,)), "en")
    assert "goes ahead at ¥200" in chat.say("agree")
    chat = Chat(bound(tickets=(LEAK,), quotes=(PRICED,)), "en")
    chat.say("too expensive, any discount?")
    assert chat.last.args["decision"] == "haggled"


BOTH = (replace(PRICED, asked_last=False), replace(PRICED_DOOR, asked_last=True))


def answers(chat: Chat) -> dict[int, str]:
    return {do.args["quote_id"]: do.args["decision"] for do in chat.done if do.verb == "quote.answer"}


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("行 那就修", "agreed"), ("他说可以", "agreed"), ("我老公同意了", "agreed"), ("那行吧", "agreed"),
        ("算了算了修吧", "agreed"), ("老婆说不修了", "refused"), ("150行不行", "haggled"), ("180块修不修", "haggled"),
        ("角阀换 人工太贵了", "haggled"), ("人工能不能少点", "haggled"), ("人工费太高，便宜点", "haggled"),
    ],
)  # fmt: skip
def test_the_answer_as_families_give_it(words, decision):
    chat = pending()
    chat.say(words)
    assert answers(chat) == {5: decision}


@pytest.mark.parametrize(
    "words",
    [
        "先修再说吧",
        "修好了再给钱可以吗",
        "包的话就同意",
        "分开报一下",
        "材料多少 人工多少",
        "凭啥啊",
        "角阀我自己买行不行",
        "人工多少钱",
    ],
)
def test_a_condition_or_a_part_is_explained_and_agrees_to_nothing(words):
    chat = pending()
    assert "没同意之前不动工" in chat.say(words)
    assert chat.verbs == ["quote.ask", "conversation.hand_over"]


@pytest.mark.parametrize("words", ["人工", "转人工", "人工客服"])
def test_a_person_is_a_person_while_a_quote_waits(words):
    chat = pending()
    chat.say(words)
    assert chat.verbs == ["conversation.hand_over"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("门的可以修 水槽的不要", {6: "agreed", 5: "refused"}), ("水槽不修了，门修吧", {6: "agreed", 5: "refused"}),
        ("两个都修吧", {5: "agreed", 6: "agreed"}), ("都同意", {5: "agreed", 6: "agreed"}),
        ("都不修了", {5: "refused", 6: "refused"}), ("门的行，水槽的便宜点", {6: "agreed", 5: "haggled"}),
        ("水槽那个贵了", {5: "haggled"}), ("门150没问题", {6: "agreed"}), ("水槽的同意", {5: "agreed"}),
    ],
)  # fmt: skip
def test_of_two_quotes_each_gets_its_own_answer(words, told):
    chat = pending(*BOTH)
    chat.say(words)
    assert answers(chat) == told


@pytest.mark.parametrize("words", ["门的什么时候修", "水槽能不能修", "门要修吗", "都修的话便宜点吗"])
def test_a_question_about_one_of_two_agrees_to_nothing(words):
    chat = pending(*BOTH)
    chat.say(words)
    assert "agreed" not in answers(chat).values()


def test_a_no_that_is_thought_better_of_is_with_a_person():
    chat = Chat(bound(tickets=(replace(LEAK, paid=True),)))
    assert "没同意之前不动工" in chat.say("算了还是修吧") and chat.verbs == ["conversation.hand_over"]
