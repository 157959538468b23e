"""Visits that are booked: being late, who opens the door, which of two is meant, called off or moved, and not."""

from dataclasses import replace

import pytest

from tests.dialog.chat import LEAK, Chat, bound, stranger
from tests.dialog.shop import COMING, MEASURING, Asker, shop

LATE = ["我明天晚到20分钟", "堵车了 可能要半小时", "路上了", "晚到一会", "大概迟到20分钟", "快到了", "I'm running late"]
AT_HOME = [
    "我老婆在家",
    "我妈在家也行吧",
    "明天我不在 租客在家",
    "她电话13500001111",
    "钥匙在物业",
    "门禁密码2580",
    "我带我爸妈一起去",
    "家里有狗",
    "敲门轻点",
]


def visitor(*visits, **more) -> Asker:
    return Asker(shop(bound, visits=visits, **more))


@pytest.mark.parametrize("words", [*LATE, *AT_HOME, "量房的地址换一下 是城西公馆3幢802", "电话换成13500001111"])
def test_what_is_said_about_a_visit_reaches_whoever_they_meet_and_moves_nothing(words):
    chat = visitor(MEASURING)
    assert "同事说了" in chat.say(words)
    assert chat.verbs == ["appointment.tell"] and chat.told("appointment.tell")[0]["words"] == words


def test_the_one_who_is_there_instead_ends_the_moving():
    chat = visitor(MEASURING)
    assert "改到哪一个" in chat.say("明天量房 我临时要出差")
    assert "照旧" in chat.say("我老婆在家") and chat.verbs == ["appointment.tell"] and chat.state is None


@pytest.mark.parametrize("words", ["不用改时间", "不改了", "照旧吧", "对 不改了"])
@pytest.mark.parametrize("before", ["改约", ""])
def test_nothing_to_move_after_all(words, before):
    chat = visitor(MEASURING)
    if before:
        chat.say(before)
    assert "明天上午9点到11点（11月22日 周日）的量房照旧" in chat.say(words) and chat.verbs == [] and chat.state is None


@pytest.mark.parametrize("words", ["师傅晚点到没关系", "我在家", "堵车了吗"])
def test_a_repair_is_no_visit_of_ours(words):
    chat = visitor(MEASURING, tickets=(LEAK,))
    chat.say(words)
    assert "appointment.tell" not in chat.verbs


@pytest.mark.parametrize("choice", ["到店的", "2", "周一那个", "展厅"])
def test_of_two_visits_the_one_that_is_named_is_called_off(choice):
    chat = visitor(MEASURING, COMING)
    assert "要取消哪一个" in chat.say("取消预约")
    assert "的到店，取消吗" in chat.say(choice)
    chat.say("是的")
    assert chat.told("appointment.cancel") == [{"appointment_id": COMING.id, "reason": "取消预约"}]


def test_the_other_one_may_be_named_while_one_is_asked_about():
    chat = visitor(MEASURING, COMING)
    chat.say("量房不用来了")
    assert "的到店，取消吗" in chat.say("不对，是到店的")
    chat.say("是的")
    assert chat.told("appointment.cancel")[0]["appointment_id"] == COMING.id


def test_the_other_one_that_stays_is_not_the_one_that_is_asked_about():
    chat = visitor(MEASURING, COMING)
    chat.say("展厅那个不去了")
    said = chat.say("量房照旧")
    assert "的量房照旧" in said and "的到店，取消吗" in said and chat.verbs == []
    chat.say("对")
    assert [one["appointment_id"] for one in chat.told("appointment.cancel")] == [COMING.id]


@pytest.mark.parametrize("words", [("两个都取消",), ("取消预约", "都取消"), ("展厅不去了", "两个都不去了")])
def test_both_at_once(words):
    chat = visitor(MEASURING, COMING)
    for one in words:
        said = chat.say(one)
    assert "都取消了" in said and chat.verbs == ["appointment.cancel"] * 2


def test_which_of_two_is_moved_is_asked():
    chat = visitor(MEASURING, COMING)
    assert "改哪一个" in chat.say("改约")
    assert "到店改到哪一个" in chat.say("到店的")
    chat.say("周二下午")
    assert chat.told("appointment.move")[0]["appointment_id"] == COMING.id


@pytest.mark.parametrize("words", ["周一那个改到周二下午", "到店改到周二下午"])
def test_nothing_is_asked_where_the_words_say_which(words):
    chat = visitor(MEASURING, COMING)
    chat.say(words)
    assert chat.told("appointment.move")[0]["appointment_id"] == COMING.id


def test_a_part_of_the_day_is_on_the_day_that_was_just_named():
    chat = visitor(MEASURING)
    chat.say("明天去不了了")
    chat.say("换周一行吗")
    assert "改到后天下午2点到4点（11月23日 周一）" in chat.say("下午")


@pytest.mark.parametrize("words", ["算了还是原来的吧", "就那天", "我知道的"])
def test_who_has_a_visit_is_not_offered_another_one(words):
    assert "约哪一种" not in visitor(MEASURING).say(words)


def test_a_relative_who_wants_to_see_the_showroom_is_no_binding():
    chat = Asker(shop(stranger))
    assert "绑定码" not in chat.say("我媳妇也想去展厅看看")


def test_a_draft_of_yesterday_that_asks_whether_is_still_answered():
    chat = visitor(MEASURING)
    chat.say("取消预约")
    old = {name: value for name, value in chat.state.answers.items() if name != "sure"}
    chat.state = replace(chat.state, step="sure", answers=old)
    chat.say("是的")
    assert chat.verbs == ["appointment.cancel"]


def test_a_stranger_late_for_nothing_is_not_told_of_a_visit():
    assert "照旧" not in Chat(stranger()).say("我晚到20分钟")


def test_a_day_that_does_not_suit_and_the_booked_time_are_not_offered_again():
    chat = Asker(shop(visits=(MEASURING,)))
    said = chat.say("我明天不方便 能换一天吗")
    assert "改到哪一个" in said and "22日" not in said
    again = Asker(shop(visits=(MEASURING,)))
    assert "明天上午9点" not in again.say("改约")


def test_whoever_will_not_come_while_a_time_is_asked_is_asked_nothing_more():
    chat = Asker(shop())
    chat.say("约到店")
    assert "没太明白" not in chat.say("不去了")


def test_both_visits_are_called_off_in_one_word():
    chat = Asker(shop(visits=(MEASURING, COMING)))
    chat.say("两个都帮我取消")
    assert len(chat.told("appointment.cancel")) == 2
