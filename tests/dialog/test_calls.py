"""Being called instead of waiting, insults, and small talk: short, kind, once."""

import datetime as dt

import pytest

from bot.refs import CallRef
from tests.dialog.chat import LEAK, MORNING, Chat, bound, stranger


class Calling(Chat):
    """A chat whose desk arranges calls."""

    def perform(self, do):
        if do.verb not in ("callback.ask", "callback.forgo"):
            return super().perform(do)
        self.done.append(do)
        if do.verb == "callback.forgo":
            return {"number": "HF20261123-0001"}
        return {"number": "HF20261123-0001", "at": do.args["when_start"], "moved": False}


NIGHT = {"office_open": False, "office_next": "明早9点"}


def test_out_of_hours_a_call_is_offered_and_arranged():
    chat = Calling(bound(**NIGHT))
    said = chat.say("转人工")
    assert "明早9点" in said and said.endswith("比如“明天上午10点”。")
    said = chat.say("明天10点吧")
    assert "HF20261123-0001" in said and "138****8000" in said and "明天上午10点" in said
    assert chat.verbs == ["conversation.hand_over", "callback.ask"] and chat.state is None


@pytest.mark.parametrize("yes", [
    "可以", "好的", "要", "方便", "行", "嗯", "好啊，约一个", "约吧", "yes please", "sure",
])  # fmt: skip
def test_a_yes_to_the_offer_is_asked_for_the_moment(yes):
    chat = Calling(bound(**NIGHT))
    chat.say("转人工")
    assert "几点方便" in chat.say(yes) and chat.verbs == ["conversation.hand_over"] and chat.state.missed == 0
    assert "HF20261123-0001" in chat.say("明天10点")


@pytest.mark.parametrize("no", ["不用了", "不要", "不用约", "算了", "no thanks"])
def test_a_no_to_the_offer_lets_it_rest(no):
    chat = Calling(bound(**NIGHT))
    chat.say("转人工")
    assert "不约了" in chat.say(no) and chat.state is None and chat.verbs == ["conversation.hand_over"]


CALL = CallRef("HF20261123-0001", MORNING - dt.timedelta(minutes=3))
OLD = CallRef("HF20261123-0001", MORNING - dt.timedelta(hours=5))


@pytest.mark.parametrize(
    "words", ["改成四点", "改到下午4点", "下午4点吧", "晚点，下午4点", "换成下午四点打", "make it 4 pm"]
)
def test_an_arranged_call_is_moved_by_saying_so(words):
    chat = Calling(bound(calling=CALL))
    assert "下午4点" in chat.say(words)
    assert chat.verbs == ["callback.ask"] and chat.last.args["when_start"] == "2026-11-21T08:00:00+00:00"


def test_an_hour_without_a_day_is_on_the_day_of_the_call():
    chat = Calling(bound(calling=CallRef("HF20261123-0001", MORNING, MORNING + dt.timedelta(days=2))))
    chat.say("改成四点")
    assert chat.last.args["when_start"] == "2026-11-23T08:00:00+00:00"


@pytest.mark.parametrize("words", ["改时间", "改个时间", "换个时间", "电话改个时间"])
def test_without_a_moment_it_is_asked_for(words):
    chat = Calling(bound(calling=CALL))
    assert "几点方便" in chat.say(words) and chat.verbs == []
    assert "下午4点" in chat.say("下午四点") and chat.verbs == ["callback.ask"]


@pytest.mark.parametrize("words", [
    "不用打了", "别打了，取消回电", "不用回电了", "不要再打电话来了", "取消回电", "不用打电话给我了", "先别打",
    "no need to call", "don't call me", "cancel the call",
])  # fmt: skip
def test_an_arranged_call_is_called_off_by_saying_so(words):
    chat = Calling(bound(calling=CALL))
    assert "不打了" in chat.say(words) and chat.verbs == ["callback.forgo"]


def test_beside_a_repair_only_words_about_the_call_touch_it():
    for words, verbs in (("改到明天下午", ["repair.update"]), ("回电改到下午4点", ["callback.ask"]), ("不用来了", [])):
        chat = Calling(bound(calling=OLD, tickets=(LEAK,)))
        chat.say(words)
        assert chat.verbs == verbs


def test_a_stranger_is_asked_for_the_number_and_told_why():
    chat = Calling(stranger(**NIGHT))
    chat.say("转人工")
    assert "哪个号码" in chat.say("明天下午3点")
    assert "只用来" in chat.say("为什么要问")
    chat.say("13800138000")
    assert chat.last.args["phone"] == "13800138000"


def test_a_fault_with_a_time_is_a_repair_and_no_call():
    chat = Calling(stranger(**NIGHT))
    chat.say("转人工")
    chat.say("厨房水管漏水，明天下午")
    assert chat.state.script == "repair" and "callback.ask" not in chat.verbs


def test_an_open_report_stays_open_and_no_call_is_pushed():
    chat = Calling(bound(**NIGHT))
    chat.say("主卧门关不严")
    said = chat.say("转人工")
    assert "报修现在就能登记" in said and "回电" not in said and chat.state.script == "repair"


@pytest.mark.parametrize("text", ["明天上午10点给我回电话", "明天上午10点打电话给我", "请明天上午10点回电"])
def test_a_call_asked_for_outright(text):
    chat = Calling(bound())
    assert "HF20261123-0001" in chat.say(text) and chat.verbs == ["callback.ask"]


def test_without_a_time_it_is_asked_for_and_a_past_one_is_refused():
    chat = Calling(bound())
    assert "方便的时间" in chat.say("给我回个电话")
    assert chat.verbs == []
    chat.say("昨天下午")
    assert chat.verbs == [] and chat.state.script == "call"
    assert "今天下午3点" in chat.say("下午3点")


def test_in_the_queue_a_time_alone_is_a_call():
    chat = Calling(bound(waiting=True))
    assert "HF" in chat.say("下午3点")


@pytest.mark.parametrize("text", ["师傅怎么还没给我打电话", "别给我打电话", "你们为什么给我打电话"])
def test_complaints_about_calls_are_no_wish_for_one(text):
    chat = Calling(bound(tickets=(LEAK,)))
    chat.say(text)
    assert "callback.ask" not in chat.verbs and (chat.state is None or chat.state.script != "call")


def test_an_insult_is_met_calmly_and_the_second_one_gets_a_person():
    chat = Calling(bound())
    assert chat.say("傻逼") == "我在听。有要修的、要问的直接说，想找人就说“人工”。"
    assert chat.verbs == []
    chat.say("滚")
    assert chat.verbs == ["conversation.hand_over"]


def test_an_insult_with_a_matter_is_about_the_matter():
    chat = Calling(bound())
    chat.say("你们这帮骗子，漏了三次还没修好")
    assert "conversation.hand_over" in chat.verbs


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("谢谢", "不客气"),
        ("在吗", "您好"),
        ("你是谁", "自动助手"),
        ("几点了", "上午10点"),
        ("讲个笑话", "不拿手"),
        ("what time is it", "上午10点"),
    ],
)
def test_small_talk_is_short_and_kind(text, piece):
    chat = Calling(bound())
    assert piece in chat.say(text) and chat.verbs == []


@pytest.mark.parametrize("text", ["{{7*7}}", "'; DROP TABLE follower; --", "<script>alert(1)</script>"])
def test_what_looks_like_code_is_just_words(text):
    chat = Calling(bound())
    said = chat.say(text)
    assert "49" not in said and "<script" not in said and chat.verbs == []


def test_small_talk_in_a_report_does_not_lose_it():
    chat = Calling(bound())
    chat.say("主卧门关不严")
    assert "哪天家里有人" in chat.say("讲个笑话")
    assert chat.state.script == "repair" and chat.state.missed == 0
