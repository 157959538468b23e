"""What the records know already: the family's case is joined, what broke again goes on, another time is answered."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.dialog import TicketRef
from bot.heard import PastRef
from tests.dialog.chat import DOOR, LEAK, MORNING, Chat, bound, stranger

THEIRS = TicketRef(9, "BX20261121-0009", "accepted", "厨房水槽漏水", own=False)
MENDED = PastRef(5, "BX20261114-0005", "厨房水槽漏水", "厨房", "水", MORNING - dt.timedelta(days=7))
SATURDAY = (MORNING + dt.timedelta(days=7), MORNING + dt.timedelta(days=7, hours=2))
ASKED = replace(
    LEAK, state="accepted", time_asked_at=MORNING - dt.timedelta(minutes=5), time_asked=SATURDAY, time_asked_last=True
)


def test_the_same_fault_of_another_member_joins_the_familys_case() -> None:
    chat = Chat(bound(household=(THEIRS,)))
    said = chat.say("厨房漏水了")
    assert "家里人已经报过了，单号 BX20261121-0009" in said and "进展也会发给您" in said
    assert chat.verbs == ["repair.join"] and chat.last.args["ticket_id"] == 9


@pytest.mark.parametrize("words", ["卧室门关不上", "厨房漏水，另外主卧插座没电"])
def test_a_different_fault_is_a_case_of_its_own(words: str) -> None:
    chat = Chat(bound(household=(THEIRS,)))
    assert "哪天家里有人" in chat.say(words)
    assert chat.verbs == []


def test_not_the_same_place_after_all_goes_on_with_the_words_of_before() -> None:
    chat = Chat(bound(household=(THEIRS,)))
    chat.say("厨房漏水了，是龙头")
    assert "哪天家里有人" in chat.say("不是同一处")
    assert "龙头" in chat.say("明天下午")
    assert "单号" in chat.say("是的")
    assert "龙头" in chat.last.args["problem"]


def test_after_joining_the_question_is_not_repeated() -> None:
    chat = Chat(bound(household=(THEIRS,)))
    chat.say("厨房漏水了")
    assert "另一处" not in chat.say("好的谢谢")
    assert "另一处" not in chat.say("你们几点下班")


def test_what_bursts_in_a_familys_case_makes_it_urgent_with_safety_words() -> None:
    chat = Chat(bound(household=(THEIRS,)))
    said = chat.say("厨房水管爆了，水一直喷")
    assert said.startswith("先关总水阀") and "家里人已经报过" in said
    assert (chat.last.verb, chat.last.args["urgent"]) == ("repair.join", True)


def test_a_stranger_learns_nothing_of_cases() -> None:
    assert "哪一套" in Chat(stranger()).say("厨房漏水了，明天下午在家")


@pytest.mark.parametrize("words", ["厨房又漏了", "昨天修的又坏了", "又漏了", "水槽又开始漏水了", "厨房水槽漏水"])
def test_broken_again_asks_once_and_goes_on_as_the_same_case(words: str) -> None:
    chat = Chat(bound(past=(MENDED,)))
    assert "是上次 BX20261114-0005（厨房水槽漏水）那处吗" in chat.say(words)
    assert "BX20261121-0007 接着办" in chat.say("是")
    assert (chat.last.verb, chat.last.args["ticket_id"]) == ("repair.reopen", 5)


def test_broken_again_elsewhere_is_a_new_case() -> None:
    chat = Chat(bound(past=(MENDED,)))
    chat.say("又漏了")
    chat.say("不是，是卫生间")
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"] and chat.last.args["place"] == "卫生间"


@pytest.mark.parametrize("words", ["主卧门关不上", "卫生间漏水", "卧室插座没电"])
def test_another_room_or_trade_is_nothing_of_before(words: str) -> None:
    chat = Chat(bound(past=(MENDED,)))
    assert "上次" not in chat.say(words)


def test_after_the_time_for_redoing_it_is_a_new_case_that_names_the_old_one() -> None:
    old = replace(MENDED, finished_at=MORNING - dt.timedelta(days=31))
    chat = Chat(bound(past=(old,)))
    assert "哪天家里有人" in chat.say("厨房水槽又漏水了")
    chat.say("明天下午")
    assert "上次的 BX20261114-0005 也写在单上了" in chat.say("是的")
    assert chat.last.args["earlier_id"] == 5


def test_the_time_for_redoing_is_the_houses_own() -> None:
    chat = Chat(bound(past=(MENDED,), redo=dt.timedelta(days=3)))
    assert "那处吗" not in chat.say("厨房水槽又漏水了")


def test_what_was_mended_and_bursts_again_is_reopened_without_a_question() -> None:
    chat = Chat(bound(past=(MENDED,)))
    assert chat.say("昨天修的水管又爆了，水喷得到处都是").startswith("先关总水阀")
    assert (chat.last.verb, chat.last.args["urgent"]) == ("repair.reopen", True)


@pytest.mark.parametrize("words", ["可以", "行", "好的", "方便的", "1", "没问题，周六上午可以"])
def test_a_yes_to_the_crews_other_time_is_kept_in_the_customers_words(words: str) -> None:
    chat = Chat(bound(tickets=(ASKED,)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"]
    assert chat.last.args == {"ticket_id": 7, "agreed": True, "words": words}


@pytest.mark.parametrize("words", ["不行", "不方便", "不可以，周六要上班", "周六没空"])
def test_a_no_leaves_the_clock(words: str) -> None:
    chat = Chat(bound(tickets=(ASKED,)))
    assert "不改" in chat.say(words)
    assert chat.last.args["agreed"] is False


def test_a_time_of_ones_own_is_neither_yes_nor_no() -> None:
    chat = Chat(bound(tickets=(ASKED,)))
    chat.say("周六不行，周日上午吧")
    assert chat.verbs == ["repair.update"] and chat.last.args["when_start"]


@pytest.mark.parametrize("words", ["好", "好的", "嗯", "可以", "不用了", "1", "ok"])
def test_after_something_else_was_said_a_bare_yes_or_no_is_asked_about(words: str) -> None:
    chat = Chat(bound(tickets=(replace(ASKED, time_asked_last=False),)))
    said = chat.say(words)
    assert "厨房水槽漏水" in said and "11月28日" in said and "同意改时间" in said and chat.verbs == []
    chat.say("同意改时间")
    assert chat.verbs == ["repair.answer_time"] and chat.last.args["agreed"] is True


@pytest.mark.parametrize("words, agreed", [
    ("可以改", True), ("同意换时间", True), ("没问题，改吧", True), ("不改", False), ("时间不方便", False),
])  # fmt: skip
def test_words_about_the_time_answer_it_whatever_was_said_since(words: str, agreed: bool) -> None:
    chat = Chat(bound(tickets=(replace(ASKED, time_asked_last=False),)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"] and chat.last.args["agreed"] is agreed


@pytest.mark.parametrize("words, case", [("好的", 8), ("没问题，周六上午可以", 8), ("同意改时间，厨房那个", 7)])
def test_of_two_crews_that_ask_the_last_one_is_answered_unless_the_other_is_named(words: str, case: int) -> None:
    earlier = replace(ASKED, time_asked_at=MORNING - dt.timedelta(hours=1), time_asked_last=False)
    door = replace(DOOR, state="accepted", time_asked_at=ASKED.time_asked_at, time_asked=SATURDAY, time_asked_last=True)
    chat = Chat(bound(tickets=(earlier, door)))
    chat.say(words)
    assert chat.verbs == ["repair.answer_time"] and chat.last.args["ticket_id"] == case


def test_a_yes_belongs_to_whoever_asked_last() -> None:
    chat = Chat(bound(tickets=(replace(ASKED, time_asked_at=MORNING - dt.timedelta(hours=1)), DOOR)))
    chat.say("阳台地砖裂了")
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


def test_only_the_reporter_cancels() -> None:
    chat = Chat(bound(tickets=(THEIRS,)))
    assert "家里人报的" in chat.say("取消报修")
    assert chat.verbs == []


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("闻到煤气味", "先关燃气总阀，开窗，别开关电器，人先出来，到门外再打燃气公司电话"),
        ("插座冒火花了", "总闸"),
        ("水管爆了水哗哗流", "先关总水阀"),
        ("客厅吊顶要掉下来了", "人先离开那一块，别站在下面"),
        ("我妈被反锁在卧室出不来了", "先别硬撞门"),
        ("I smell gas in the kitchen", "先关燃气总阀"),
    ],
)
@pytest.mark.parametrize("who", ["stranger", "bound", "draft"])
def test_danger_gets_the_right_safety_words_first_wherever_it_comes(words: str, advice: str, who: str) -> None:
    chat = Chat(stranger(office_open=False) if who == "stranger" else bound())
    if who == "draft":
        chat.say("主卧门锁坏了")
    said = chat.say(words)
    assert said.startswith(advice[:4]) or advice in said
    assert advice in said and "BX20261121-0007" in said
    assert chat.verbs == ["repair.open"] and chat.last.args["urgent"] is True


def test_an_urgent_fault_in_a_list_makes_the_case_urgent_with_every_fault_on_it() -> None:
    chat = Chat(bound())
    chat.say("主卧门关不上，另外厨房水管爆了水一直喷")
    assert chat.last.args["urgent"] is True
    assert [(one["category"], one["urgent"]) for one in chat.last.args["items"]] == [("门窗", False), ("水", True)]


def test_two_faults_go_to_the_desk_apart() -> None:
    chat = Chat(bound())
    chat.say("厨房水龙头漏水，还有主卧的插座没电，明天下午")
    assert "1. 厨房水龙头漏水；2. 主卧的插座没电" in chat.say("看看")
    chat.say("是的")
    assert [(one["problem"], one["category"]) for one in chat.last.args["items"]] == [
        ("厨房水龙头漏水", "水"), ("主卧的插座没电", "电"),
    ]  # fmt: skip
