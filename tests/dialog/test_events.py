"""Events in chat: what there is, signing up in few words, calling off; honestly none when there is none."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.heard import EventRef
from tests.dialog.chat import JADE, LEAK, MORNING, Chat, bound, stranger
from tests.dialog.shop import COMING, Asker, shop

TALK = EventRef(3, "家装讲座", MORNING + dt.timedelta(days=7), "城西展厅")
TOUR = EventRef(4, "样板房开放日", MORNING + dt.timedelta(days=14))


def among(*events: EventRef, facts=None) -> Chat:
    return Chat(replace(facts or stranger(), events=events))


@pytest.mark.parametrize("asked", ["有什么活动", "最近有活动吗", "我要报名", "events"])
def test_without_events_the_answer_is_honestly_none(asked):
    chat = Chat(stranger())
    assert "没有可以报名的活动" in chat.say(asked)
    assert chat.verbs == [] and chat.state is None


def test_with_several_one_is_chosen_by_number_or_name():
    for answer in ("2", "样板房那个"):
        chat = among(TALK, TOUR)
        said = chat.say("有什么活动")
        assert "1 家装讲座" in said and "2 样板房开放日" in said
        assert "样板房开放日" in chat.say(answer)
        assert "报上了" in chat.say("两个人")
        assert chat.last.args == {"event_id": 4, "people": 2}


@pytest.mark.parametrize(("said", "people"), [
    ("报名家装讲座，我和老婆", 2), ("家装讲座报名3位", 3), ("我要报名参加家装讲座，一家三口", 3),
    ("报名家装讲座，就我自己", 1),
])  # fmt: skip
def test_everything_in_one_message_signs_up_at_once(said, people):
    chat = among(TALK, TOUR)
    assert "报上了" in chat.say(said)
    assert chat.last.args == {"event_id": 3, "people": people}


@pytest.mark.parametrize(("said", "people"), [("2", 2), ("1个人", 1), ("三位", 3), ("我们俩", 2), ("10", 10)])
def test_how_many_in_any_words(said, people):
    chat = among(TALK)
    chat.say("我要报名")
    chat.say(said)
    assert chat.last.args == {"event_id": 3, "people": people}


@pytest.mark.parametrize(
    "said", ["报名", "我要报名", "想参加", "我报", "都报", "我们都去", "报这个", "参加吧", "sign me up"]
)
def test_wanting_to_come_chooses_the_only_event_and_saying_it_again_loses_nothing(said):
    chat = among(TALK)
    chat.say("有什么活动")
    for _ in range(2):
        assert "几位参加" in chat.say(said)
    assert "报上了" in chat.say("两位")
    assert chat.verbs == ["event.sign_up"]


@pytest.mark.parametrize(("said", "people"), [
    ("两个人", 2), ("我和老婆", 2), ("一家三口", 3), ("就我", 1), ("就我去", 1), ("我们俩", 2), ("3位", 3),
    ("我报，2个人", 2),
])  # fmt: skip
def test_a_number_of_people_chooses_the_only_event(said, people):
    chat = among(TALK)
    chat.say("有什么活动")
    assert "报上了" in chat.say(said)
    assert chat.last.args == {"event_id": 3, "people": people}


@pytest.mark.parametrize("said", ["报名", "两个人"])
def test_of_several_events_nobody_is_signed_up_for_one_that_they_did_not_choose(said):
    chat = among(TALK, TOUR)
    chat.say("有什么活动")
    assert "想参加哪个" in chat.say(said)
    assert chat.verbs == []


@pytest.mark.parametrize("said", ["11", "20个人", "100位"])
def test_a_group_is_told_to_talk_to_somebody(said):
    chat = among(TALK)
    chat.say("我要报名")
    assert "一次最多报10位" in chat.say(said)
    assert chat.verbs == []


def test_a_person_is_still_at_hand():
    chat = among(TALK)
    chat.say("我要报名")
    chat.say("转人工")
    assert chat.verbs == ["conversation.hand_over"]


def test_asking_is_not_signing_up():
    chat = among(TALK)
    assert "想参加哪个" in chat.say("有什么活动吗")
    assert "几位参加" in chat.say("好的")


def test_in_the_middle_of_a_report_the_list_is_shown_and_the_report_goes_on():
    chat = among(TALK, facts=bound())
    chat.say("厨房漏水")
    said = chat.say("对了最近有什么活动")
    assert "家装讲座" in said and "哪天家里有人" in said
    assert chat.state.script == "repair"


def test_a_scanned_code_asks_how_many_and_an_old_one_says_it_is_over():
    chat = among(TALK, TOUR, facts=bound(JADE))
    assert "“样板房开放日”" in chat.scan("event_4")
    chat.say("2")
    assert chat.last.args == {"event_id": 4, "people": 2}
    assert "报名已经结束" in chat.scan("event_9")
    assert "报名已经结束" in chat.scan("event_x")


@pytest.mark.parametrize("asked", ["取消报名", "报名取消吧", "活动我不去了", "退出报名", "不参加了"])
def test_calling_off_is_asked_once(asked):
    chat = among(TALK)
    assert "取消“家装讲座”的报名吗" in chat.say(asked)
    assert "取消了" in chat.say("是的")
    assert (chat.last.verb, chat.last.args) == ("event.withdraw", {"signup_id": 31})


def test_a_no_keeps_the_place():
    chat = among(TALK)
    chat.say("取消报名")
    assert "报名留着" in chat.say("还是去吧")
    assert chat.verbs == ["event.own"]


@pytest.mark.parametrize("asked", ["有没有礼品", "推荐有什么奖励", "有红包吗"])
def test_presents_are_no_events(asked):
    chat = among(TALK)
    assert "家装讲座" not in chat.say(asked)


@pytest.mark.parametrize("said", ["都报", "两个都报名", "我们都去", "全都参加", "sign me up for both"])
def test_all_of_several_are_chosen_in_a_word_and_what_is_full_is_named(said):
    chat = among(TALK, TOUR)
    chat.say("有什么活动")
    assert "“家装讲座”“样板房开放日”都报，每场几位" in chat.say(said)
    lines = chat.say("2")
    assert "“家装讲座”" in lines and "“样板房开放日”名额不够" in lines
    assert (chat.last.verb, chat.last.args) == ("event.sign_up_all", {"event_ids": [3, 4], "people": 2})


@pytest.mark.parametrize(
    "said", ["去不了了", "不好意思，那天来不了了", "我们参加不了了", "I can't come", "sorry, can't make it"]
)
def test_right_after_the_sign_up_it_is_called_off_in_a_word(said):
    chat = among(TALK, facts=bound())
    chat.say("我要报名，2个人")
    assert "“家装讲座”的报名取消了" in chat.say(said)
    assert (chat.last.verb, chat.last.args) == ("event.cannot_come", {"event_id": 3})


def test_after_the_sign_up_everything_else_is_as_always():
    for said, verb in (("装修到哪一步了", "house.progress"), ("谢谢", "event.sign_up")):
        chat = among(TALK, facts=bound())
        chat.say("我要报名，2个人")
        chat.say(said)
        assert chat.last.verb == verb


def test_days_later_of_several_it_is_asked_which():
    chat = among(TALK, TOUR, facts=bound())
    assert "取消哪个的报名" in chat.say("去不了了")
    assert "“家装讲座”的报名取消了" in chat.say("1")
    assert (chat.last.verb, chat.last.args) == ("event.withdraw", {"signup_id": 31})


def test_with_a_visit_booked_it_is_the_visit_and_with_a_repair_nobodys_sign_up():
    chat = Asker(shop(visits=(COMING,)))
    assert "到店" in chat.say("去不了了") and "event.cannot_come" not in chat.verbs
    repair = Chat(bound(tickets=(LEAK,)))
    repair.say("去不了了")
    assert "event.cannot_come" not in repair.verbs
