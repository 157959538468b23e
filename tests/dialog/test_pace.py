"""People put off, think about it, have not tried yet, and write in pieces: nothing is done that they did not mean."""

import pytest

from tests.dialog.chat import ASKED, LEAK, PRICED, Chat, bound, stranger
from tests.dialog.shop import MEASURING, Asker, shop

PUT_OFF = [
    "改天再说 在开会", "晚点再说", "我再考虑下", "我考虑考虑", "在开会", "再说吧", "等我看看", "我先想想",
    "I'll let you know later",
    "回头答复你", "晚上回你", "有空再说吧", "到时候再说",
]  # fmt: skip
FAMILY = ["我问下我老公", "跟老婆商量一下", "我和家里人说一声", "问问我爸再说"]


@pytest.mark.parametrize(
    "words",
    [
        *PUT_OFF,
        "还没试呢",
        "还没用",
        "晚上用了再告诉你",
        "试试再说",
        "周末试了再说",
        "没空评",
        "师傅走的时候说还要观察两天",
        "两天后我再告诉你",
        "我拍个照",
    ],
)
def test_who_puts_off_a_verdict_gave_none(words):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    assert "不急" in chat.say(words) and chat.verbs == []
    chat.later(hours=30)
    chat.say("5")
    assert chat.last.args["score"] == 5


@pytest.mark.parametrize("words", ["你说的是哪个单子", "哦水槽那个啊", "什么意思", "评啥", "怎么打分", "昨天那个？"])
def test_who_asks_what_is_meant_is_told_and_gave_no_verdict(words):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    assert "厨房水槽漏水" in chat.say(words) and chat.verbs == []


@pytest.mark.parametrize(
    ("words", "score"),
    [
        ("观察了 没再漏", 4),
        ("不漏了", 4),
        ("1到5是吧 那5", 5),
        ("1-5 就给3吧", 3),
        ("那个修得不错", 4),
        ("水槽那个不满意", 2),
        ("还没修好", 2),
    ],
)
def test_a_verdict_is_one_all_the_same(words, score):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    chat.say(words)
    assert chat.verbs == ["survey.answer"] and chat.last.args["score"] == score


@pytest.mark.parametrize("words", [*PUT_OFF, *FAMILY])
def test_who_thinks_about_a_price_agrees_to_nothing(words):
    chat = Chat(bound(tickets=(LEAK,), quotes=(PRICED,)))
    assert "没同意之前不动工" in chat.say(words) and chat.verbs == []
    chat.say("同意")
    assert chat.last.args["decision"] == "agreed"


@pytest.mark.parametrize("words", [*PUT_OFF, *FAMILY])
def test_thinking_about_it_is_no_reason_to_cancel(words):
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("取消报修")
    assert "留着" in chat.say(words) and chat.verbs == [] and chat.state is None


@pytest.mark.parametrize("begin", ["解绑", "取消预约"])
def test_whatever_was_to_be_undone_is_left_as_it_is(begin):
    chat = Asker(shop(bound, visits=(MEASURING,)))
    chat.say(begin)
    assert "想好了再说" in chat.say("我再考虑下") and chat.verbs == [] and chat.state is None


@pytest.mark.parametrize(
    "words",
    [
        "时间我晚点告诉你",
        "等下",
        "我拍个照",
        "先不急",
        "晚点再说",
        "我再看看",
        "下周再说",
        "回家再告诉你们",
        "等我老公回来",
    ],
)
def test_a_draft_waits_without_asking_again(words):
    chat = Chat(bound())
    chat.say("厨房漏水")
    assert "不急" in chat.say(words) and "哪天" not in chat.say(words) and chat.state.missed == 0
    assert "3 时间：明天下午" in chat.say("明天下午") and chat.state.answers["problem"] == "厨房漏水"


@pytest.mark.parametrize("words", ["地址我晚点发你", "等会发你", "电话等会给你", "地址回头再发"])
def test_an_address_may_follow_later(words):
    chat = Asker(shop(stranger))
    chat.say("约量房")
    chat.say("1")
    assert "不急" in chat.say(words)
    chat.later(hours=1)
    chat.say("城西公馆6幢901")
    chat.say("13812345678")
    assert chat.told("appointment.book")[0]["house"] == "城西公馆6幢901"


@pytest.mark.parametrize(
    "words",
    [
        "先修再说",
        "你们晚点给我发一份",
        "我在考虑全包还是半包",
        "我跟老公一起去看",
        "改到明天下午",
        "再说一遍",
        "修好了再说钱的事",
    ],
)
def test_these_put_nothing_off(words):
    assert "不急" not in Chat(bound(tickets=(LEAK,), quotes=(PRICED,))).say(words)


def test_a_visit_in_pieces_is_moved():
    chat = Asker(shop(bound, visits=(MEASURING,)))
    assert chat.say("我想") == "您说，我听着。"
    assert "改到哪一个" in chat.say("改一下")
    for piece in ("明天那个", "时间"):
        assert "同事" not in chat.say(piece)
    assert "改到11月24日 周二 下午" in chat.say("周二下午吧")


def test_a_fault_in_pieces_keeps_its_place():
    chat = Chat(bound())
    assert "您说" in chat.say("那个")
    chat.say("卫生间")
    chat.say("灯坏了")
    assert chat.state.answers["problem"] == "卫生间灯坏了"


def test_what_came_long_before_belongs_to_nothing():
    chat = Chat(bound())
    chat.say("卫生间")
    chat.later(minutes=20)
    chat.say("灯坏了")
    assert chat.state.answers["problem"] == "灯坏了"


@pytest.mark.parametrize("words", ["说实话", "其实", "那个", "怎么说呢"])
def test_a_beginning_is_no_verdict(words):
    chat = Chat(bound(survey=ASKED, surveys=(ASKED,)))
    assert chat.say(words) == "您说，我听着。" and chat.verbs == []
    chat.say("不太满意")
    assert chat.last.args["score"] == 2


@pytest.mark.parametrize("words", ["不要再发了", "别发了", "不想收", "我说的是广告", "stop"])
def test_a_no_to_the_messages_is_a_yes_to_the_question(words):
    chat = Chat(bound())
    chat.say("每天发烦不烦")
    chat.say(words)
    assert chat.verbs == ["person.opt_out"]


@pytest.mark.parametrize("words", ["不用", "维修的照常发", "没说不要", "不是"])
def test_and_a_no_to_the_question_stops_nothing(words):
    chat = Chat(bound())
    chat.say("每天发烦不烦")
    chat.say(words)
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["维修的还是要发", "那个师傅到了的通知别停啊"])
def test_who_wants_the_rest_is_not_asked_to_leave(words):
    chat = Chat(bound(opted_out=True))
    assert "是不想再收" not in chat.say(words) and chat.verbs == []


@pytest.mark.parametrize("words", ["那我明天找你们", "我自己去店里问", "我明天再打给你们"])
def test_who_comes_by_themselves_is_not_called(words):
    chat = Chat(bound(office_open=False))
    chat.say("人工")
    chat.say(words)
    assert "callback.ask" not in chat.verbs


def test_two_pieces_that_nobody_understands_make_no_fault():
    chat = Chat(bound())
    chat.say("不去了那个")
    chat.say("孩子病了")
    assert chat.state is None or chat.state.script != "repair"
