"""What is not to go stays, and trouble is taken for no relief: 别取消, 保留, 按错了; 电停了, 门关上了."""

from dataclasses import replace

import pytest

from tests.dialog.chat import JADE, LEAK, WEST, Chat, bound
from tests.dialog.shop import COMING, MEASURING

STAYS = [
    "别取消",
    "先别取消",
    "我没要取消啊",
    "不是要取消",
    "取消干嘛",
    "照旧",
    "保留",
    "按错了",
    "点错了，不好意思",
    "don't cancel it",
]


@pytest.mark.parametrize("words", STAYS)
def test_a_visit_that_is_not_to_be_cancelled_stays(words):
    chat = Chat(bound(visits=(MEASURING,)))
    chat.say("取消预约")
    chat.say(words)
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["都别取消", "两个都不取消", "哪个都不要取消"])
def test_and_so_do_several(words):
    for first in ("取消预约", "取消量房"):
        chat = Chat(bound(visits=(MEASURING, COMING)))
        chat.say(first)
        chat.say(words)
        assert chat.verbs == []


@pytest.mark.parametrize("words", [*STAYS, "电停了", "门关上了打不开 我出不来", "总阀关上了", "别修坏了我的地板"])
def test_none_of_it_is_a_reason_to_cancel_a_repair(words):
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("取消报修")
    chat.say(words)
    assert "repair.cancel" not in chat.verbs


@pytest.mark.parametrize("words", ["别取消", "不是要取消", "谁说要取消了"])
def test_outside_a_dialog_it_is_said_that_it_stays(words):
    assert LEAK.number in Chat(bound(tickets=(LEAK,))).say(words)


@pytest.mark.parametrize("words", ["电停了", "家里停了电", "门关上了打不开 我出不来", "别取消"])
def test_in_an_emergency_nobody_is_asked_why_they_cancel(words):
    chat = Chat(bound(JADE, WEST))
    chat.say("厨房水管爆了，水喷得到处都是")
    assert "要取消" not in chat.say(words)


@pytest.mark.parametrize("words", ["总阀关上了", "关上了", "关了总阀了 不喷了", "我已经把电断了"])
def test_what_was_shut_off_as_we_advised_is_with_the_crew_that_comes_all_the_same(words):
    chat = Chat(bound(JADE, WEST))
    chat.say("厨房水管爆了，水喷得到处都是")
    assert "先稳住了" in chat.say(words)
    assert (chat.last.verb, chat.state.script) == ("repair.add", "urgent")


@pytest.mark.parametrize("words", ["家里断了电", "水龙头断了，水柱喷到顶"])
def test_what_broke_off_is_no_relief(words):
    chat = Chat(bound(tickets=(replace(LEAK, urgent=True),)))
    assert "先稳住了" not in chat.say(words)
    # Another danger than the case's own has its own advice, and its words are with the crew.
    assert chat.verbs == (["repair.add"] if "电" in words else ["repair.chase"])
