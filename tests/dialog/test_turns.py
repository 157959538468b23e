"""How many messages a bound customer needs: two in the best case, never more than five, however they put it."""

import itertools
import random

import pytest

from tests.dialog.chat import JADE, WEST, Chat, bound

#: Every kind of work, in the words of people who live with it.
FAULTS = (
    "厨房水槽漏水", "主卧门关不上", "卫生间地漏堵了", "阳台窗户关不严", "客厅插座没电", "墙面开裂了", "地板翘起来了",
    "卫生间瓷砖空鼓",
    "马桶一直流水", "橱柜门掉了", "卫生间楼下渗水", "晾衣架摇不动", "淋浴房门的合页断了", "踢脚线脱落了",
    "次卧灯一闪一闪的",
    "热水器打不着火", "厨房吊顶松了", "指纹锁没反应",
)  # fmt: skip
TIMES = ("明天下午", "周六上午在家", "随时都行", "后天上午都在家", "明晚7点以后")
EXTRA = ("你好", "麻烦派个师傅", "翡翠城8幢1602", "我的电话13800138000", "")


def answer(said: str, fault: str, time: str) -> str:
    """What a patient customer says to the question that stands last."""
    asked = said.rsplit("\n", 1)[-1]
    if "哪里坏了" in said or "哪儿需要帮忙" in said:
        return fault
    if "哪一套" in said:
        return "1"
    if "哪天家里有人" in asked:
        return time
    return "13800138000" if "手机号" in asked or "电话" in asked else "是的"


def turns(chat: Chat, first: str, fault: str, time: str) -> int:
    """Messages until the case has its number; more than five is given up."""
    said, count = chat.say(first), 1
    while "repair.open" not in chat.verbs and count < 6:
        said, count = chat.say(answer(said, fault, time)), count + 1
    return count


@pytest.mark.parametrize(("fault", "time"), list(itertools.product(FAULTS, TIMES)))
def test_everything_at_once_needs_one_message_and_a_yes(fault: str, time: str) -> None:
    assert turns(Chat(bound()), f"{fault}，{time}", fault, time) == 2


@pytest.mark.parametrize("seed", range(120))
def test_in_any_order_and_piece_by_piece_it_is_never_more_than_five(seed: int) -> None:
    dice = random.Random(seed)
    fault, time = dice.choice(FAULTS), dice.choice(TIMES)
    pieces = [
        piece for piece in (dice.choice((fault, "我要报修")), dice.choice((time, "")), dice.choice(EXTRA)) if piece
    ]
    dice.shuffle(pieces)
    houses = dice.choice(((JADE,), (JADE, WEST)))
    chat = Chat(bound(*houses))
    first = dice.choice(("，", " ", "。")).join(pieces)
    if first in ("你好", "麻烦派个师傅") or first in TIMES or "电话" in first and fault not in first:
        first = f"{fault}，{first}"
    count = turns(chat, first, fault, time)
    assert 2 <= count <= 5, first
    assert chat.verbs.count("repair.open") == 1


def test_following_again_after_an_answer_repeats_no_question_that_was_asked_in_passing():
    chat = Chat(bound(JADE, WEST))
    chat.say("翡翠城8幢1602，装修到哪一步了")
    assert chat.state and chat.state.script == "progress_more"
    assert chat.event("subscribe") and chat.state is None
