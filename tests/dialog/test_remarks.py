"""Short words that belong to what was just said: a verdict, a house that was told of, an agreed call, a queue."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.refs import CallRef, EventRef, RatedRef
from tests.dialog.chat import JADE, LEAK, MORNING, WEST, Chat, bound, stranger

JUST = RatedRef(3, "BX20261121-0007", "厨房水槽漏水", 3, MORNING - dt.timedelta(minutes=2))
CALL = CallRef("HF20261121-0001", MORNING - dt.timedelta(hours=3), MORNING + dt.timedelta(hours=5))
BUILT = (replace(JADE, stage="building"), replace(WEST, stage="building"))
TALK = EventRef(31, "家装讲座", MORNING + dt.timedelta(days=7))
OPEN_DAY = EventRef(32, "样板间开放日", MORNING + dt.timedelta(days=8))


@pytest.mark.parametrize("words", ["师傅鞋子没脱 地上都是脚印", "后来我自己拖的", "活也干得细"])
def test_what_is_said_right_after_a_verdict_belongs_to_it(words):
    chat = Chat(bound(rated=JUST))
    chat.say(words)
    assert (chat.verbs, chat.last.args["words"]) == (["survey.answer"], words)


@pytest.mark.parametrize("words", ["算了 也没事", "没事", "就这样吧"])
def test_and_letting_it_be_is_no_complaint(words):
    chat = Chat(bound(rated=JUST))
    chat.say(words)
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["我要投诉这个师傅，把我家门撞坏了", "卫生间灯又不亮了", "转人工"])
def test_a_matter_of_its_own_is_one_all_the_same(words):
    chat = Chat(bound(rated=JUST))
    chat.say(words)
    assert "survey.answer" not in chat.verbs


def test_hours_later_it_belongs_to_nothing():
    chat = Chat(bound(rated=replace(JUST, at=MORNING - dt.timedelta(hours=5))))
    chat.say("后来我自己拖的")
    assert "survey.answer" not in chat.verbs


@pytest.mark.parametrize("words", ["师傅态度", "你说的是哪个单子", "怎么没人", "他说可以"])
def test_a_guess_reads_no_dates_to_anybody(words):
    chat = Chat(bound(houses=(replace(JADE, stage="building"),)))
    said = chat.say(words)
    assert "house.progress" not in chat.verbs and "没有进行中的报修" not in said


@pytest.mark.parametrize("words", ["那行吧", "行吧那就"])
def test_nor_does_it_list_the_repairs(words):
    assert LEAK.number not in Chat(bound(tickets=(LEAK,))).say(words)


@pytest.mark.parametrize("words", ["另一套呢", "翡翠城的呢", "那套呢", "还有一套呢"])
def test_after_one_house_the_other_one(words):
    chat = Chat(bound(houses=BUILT))
    chat.say("装到哪了")
    chat.say("城西")
    chat.say(words)
    assert [do.args["project_id"] for do in chat.done] == [WEST.id, JADE.id]


def test_what_follows_the_progress_and_is_another_matter_is_one():
    chat = Chat(bound(houses=BUILT))
    chat.say("城西装到哪了")
    chat.say("厨房漏水")
    assert chat.state.script == "repair"


@pytest.mark.parametrize("words", ["怎么没人", "还要多久", "有人吗", "还没人回吗", "还有几个人"])
def test_into_the_silence_of_a_queue_the_place_in_it(words):
    chat = Chat(bound(waiting=True))
    assert "分钟内回您" in chat.say(words) and chat.verbs == ["conversation.hand_over"]


def test_the_call_goes_to_another_number_at_the_same_time():
    chat = Chat(bound(calling=CALL))
    assert "哪个号码" in chat.say("打我老婆电话吧")
    chat.say("13577778888")
    assert chat.verbs == ["callback.ask"] and chat.last.args["phone"] == "13577778888"
    assert chat.last.args["when_start"] == CALL.at.isoformat()


def test_a_number_that_is_named_is_not_asked_for():
    chat = Chat(bound(calling=CALL))
    chat.say("别打138那个 打13588889999")
    assert (chat.verbs, chat.last.args["phone"]) == (["callback.ask"], "13588889999")


@pytest.mark.parametrize("words", ["怎么还没打", "还没给我回电话啊", "几点打给我"])
def test_a_call_that_is_waited_for_is_named_and_an_overdue_one_is_with_a_person(words):
    chat = Chat(bound(calling=CALL))
    assert "今天下午3点给您打" in chat.say(words) and chat.verbs == []
    chat.later(hours=6)
    chat.say(words)
    assert chat.verbs == ["conversation.hand_over"]


@pytest.mark.parametrize("words", ["三点我没空", "下午我开会 晚点打", "今天下午不方便"])
def test_a_time_that_does_not_do_is_none_for_a_call(words):
    chat = Chat(bound(calling=replace(CALL, asked_at=MORNING - dt.timedelta(minutes=5))))
    assert "几点方便" in chat.say(words) and chat.verbs == []
    chat.say("六点")
    assert chat.last.args["when_text"] == "六点"


def test_a_call_that_was_missed_is_arranged_again():
    chat = Chat(bound())
    chat.say("刚才没接到 再打一次")
    chat.say("下午3点")
    assert chat.verbs == ["callback.ask"]


def test_an_event_by_one_of_its_words_and_people_big_and_small():
    chat = Chat(bound(events=(TALK, OPEN_DAY)))
    assert "几位" in chat.say("那个讲座 我要去")
    chat.say("两大一小")
    assert chat.last.args == {"event_id": TALK.id, "people": 3}


@pytest.mark.parametrize("words", ["我同事也要装", "怎么推荐", "有个朋友要装修"])
def test_who_brings_somebody_gets_the_code(words):
    chat = Chat(bound())
    chat.say(words)
    assert chat.verbs == ["referral.code"]


@pytest.mark.parametrize("words", ["我朋友要装修，89平多少钱", "我同事装修找的你们，被坑了"])
def test_who_asks_or_complains_gets_none(words):
    chat = Chat(bound())
    chat.say(words)
    assert "referral.code" not in chat.verbs


def test_a_code_with_a_blank_and_a_husband_who_left():
    chat = Chat(stranger())
    chat.say("绑定")
    chat.say("483 920")
    assert chat.last.args == {"code": "483920"}
    chat = Chat(bound())
    chat.say("我和老公离婚了 把他去掉")
    assert chat.verbs == ["household.list"] and chat.state.script == "remove"


def test_a_house_that_was_told_of_leaves_room_for_a_report_in_the_same_breath():
    chat = Chat(bound(houses=BUILT))
    chat.say("翡翠城进度怎么样，另外翡翠城卫生间灯不亮，周六上午来修")
    assert chat.verbs == ["house.progress"] and chat.state.script == "repair"
