"""预约 in the pure engine: times as people say them, numbered choices, moving, calling off, a time that is gone."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.dialog import Outcome, Say, context
from bot.heard import Do
from bot.leads import Lead
from tests.dialog.chat import LEAK, TEXTS, bound
from tests.dialog.shop import COMING, MEASURING, SLOTS, Asker, shop, slot

LEAD = Lead(5, area=89, house="江南里5幢1101", has_phone=True)


def test_the_way_from_a_wish_to_a_visit():
    chat = Asker(shop())
    assert chat.say("想约个时间").startswith("约哪一种")
    said = chat.say("1")
    assert "1 明天上午9点到11点（11月22日 周日）" in said and said.count("\n") == 7
    assert "小区和门牌" in chat.say("2")
    assert "留个手机号" in chat.say("翡翠城8幢1602")
    assert "约好了（YY20261121-0003）：明天下午2点到4点" in chat.say("陈先生13800138000")
    assert chat.state is None
    assert chat.last.args == {
        "visit": "measure", "start": slot(22, 14).start.isoformat(), "house": "翡翠城8幢1602", "phone": "13800138000",
        "name": "陈先生",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("周二上午9点量房", slot(24, 9)), ("周二上午能来量房吗", slot(24, 9)), ("下周六下午量房", slot(28, 14)),
        ("周一下午3点量一下房", slot(23, 14)), ("量房，哪天都行", slot(22, 9)), ("最早什么时候能量房", slot(22, 9)),
        ("量房改天吧，24号下午", slot(24, 14)),
    ],
)  # fmt: skip
def test_a_time_as_people_say_it(words, start):
    chat = Asker(shop(lead=LEAD))
    assert "约好了" in chat.say(words), words
    assert chat.last.args["start"] == start.start.isoformat()
    assert chat.last.args["house"] == "江南里5幢1101"


def test_a_span_with_several_times_offers_those():
    chat = Asker(shop(lead=LEAD))
    said = chat.say("周二量房")
    assert "1 11月24日 周二 上午9点到11点" in said and "2 11月24日 周二 下午2点到4点" in said and "3 " not in said
    assert "上午9点到11点" in chat.say("上午吧")


def test_a_time_that_is_not_free_offers_the_next_ones():
    chat = Asker(shop(lead=LEAD))
    said = chat.say("周四量房")
    assert said.startswith("您说的时间没有空") and "11月28日 周六" in said and "明天" not in said


@pytest.mark.parametrize("words", ["都行", "随便", "哪天都可以", "你们定"])
def test_any_of_them_will_do(words):
    chat = Asker(shop(lead=LEAD))
    chat.say("周二量房")
    assert "11月24日 周二 上午9点" in chat.say(words)


def test_the_number_means_what_was_read_even_when_the_list_has_changed_since():
    chat = Asker(shop(lead=LEAD))
    chat.say("约量房")
    chat.facts = replace(chat.facts, free_slots=lambda _: SLOTS[1:])
    assert "明天下午2点到4点" in chat.say("2")


def test_an_offered_time_that_is_gone_is_not_booked():
    chat = Asker(shop(lead=LEAD))
    chat.say("约量房")
    chat.facts = replace(chat.facts, free_slots=lambda _: SLOTS[1:])
    said = chat.say("1")
    assert said.startswith("这个时间刚被约走了") and "1 明天下午2点" in said and chat.verbs == []


def test_a_chosen_time_that_goes_while_we_talk_is_asked_again():
    chat = Asker(shop())
    chat.say("量房，周二上午")
    chat.facts = replace(chat.facts, free_slots=lambda _: SLOTS[:4])
    assert "刚被约走了" in chat.say("翡翠城8幢1602") and chat.state.step == "slot"
    assert chat.state.answers["house"] == "翡翠城8幢1602"


class Refused(Exception):
    pass


class Beaten(Asker):
    """The desk refuses the first booking, as it does when somebody was faster."""

    beaten = False

    def perform(self, do: Do) -> dict[str, Any]:
        if do.verb in ("appointment.book", "appointment.move") and not self.beaten:
            self.beaten = True
            raise Refused
        return super().perform(do)

    def say(self, text: str) -> str:
        before = self.state
        try:
            return super().say(text)
        except Refused:  # the way bot/inbox/write.py takes a refusal
            then = self.outcome.otherwise or Outcome(before)
            self.state = then.state
            said = (Say("errors.slot_taken", {"now": self.facts.now}), *then.says)
            return "\n".join(TEXTS.render(one.key, one.facts) for one in said)


def test_who_was_beaten_to_a_time_is_offered_the_others_and_nothing_is_asked_twice():
    chat = Beaten(shop())
    chat.say("量房，翡翠城8幢1602，13800138000")
    said = chat.say("1")
    assert "刚被约走了" in said and "1 明天下午2点到4点" in said and "明天上午9点" not in said
    assert "约好了" in chat.say("1")
    assert chat.last.args["start"] == slot(22, 14).start.isoformat()
    assert chat.last.args["phone"] == "13800138000"


def test_when_nothing_is_free_a_person_finds_a_time():
    chat = Asker(shop(slots=()))
    assert "由他跟您定" in chat.say("想约个量房")
    assert chat.told("conversation.hand_over")[0] == {"reason": "appointment", "words": "想约个量房"}


def test_the_last_time_going_in_the_middle_reaches_a_person():
    chat = Asker(shop())
    chat.say("量房，周二上午")
    chat.facts = replace(chat.facts, free_slots=lambda _: ())
    assert "都约满了" in chat.say("翡翠城8幢1602") and chat.verbs == ["conversation.hand_over"]


def test_one_appointment_of_a_kind():
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    said = chat.say("帮我约个量房")
    assert "您已经约了量房：明天上午9点到11点" in said and "改约" in said
    assert chat.say("约到店").startswith("到店哪个时间方便")


def test_moving_by_time_or_by_choice():
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    assert "量房改到11月24日 周二 下午2点到4点" in chat.say("改到周二下午")
    assert chat.last.args == {"appointment_id": 9, "start": slot(24, 14).start.isoformat()}
    assert chat.say("改约").startswith("量房改到哪一个")
    assert "后天上午9点到11点" in chat.say("2"), "its own time is not among those to choose from"


@pytest.mark.parametrize("words", ["周日有事，改到周二下午", "明天来不了，周二下午行吗", "换个时间吧，周二下午"])
def test_the_time_that_falls_away_is_not_the_one_that_is_wanted(words):
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    assert "周二 下午2点到4点" in chat.say(words)


def test_of_two_visits_the_named_one_is_moved():
    chat = Asker(shop(lead=LEAD, visits=(MEASURING, COMING)))
    chat.say("到店改到周二下午")
    assert chat.last.args["appointment_id"] == COMING.id


@pytest.mark.parametrize("words", ["取消预约", "量房取消吧", "不量了，取消", "明天的量房不用来了"])
def test_calling_off_asks_once(words):
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    assert "明天上午9点到11点（11月22日 周日）的量房，取消吗" in chat.say(words)
    assert "取消了" in chat.say("是")
    assert chat.last.args == {"appointment_id": 9, "reason": words}


def test_calling_off_can_be_taken_back_or_become_another_time():
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    chat.say("取消预约")
    assert "照旧" in chat.say("不") and chat.verbs == []
    chat.say("取消预约")
    assert "量房改到哪一个" in chat.say("改约")


@pytest.mark.parametrize("words", ["我约的几点", "量房是什么时候", "明天几点来量房"])
def test_when_it_is(words):
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)))
    assert "量房，明天上午9点到11点" in chat.say(words) and chat.state is None


def test_with_a_repair_open_only_named_words_are_about_the_visit():
    chat = Asker(shop(bound, tickets=(LEAK,), visits=(MEASURING,)))
    chat.say("改到明天下午")
    assert chat.last.verb == "repair.update"
    chat.say("量房改到周二下午")
    assert chat.last.verb == "appointment.move"
    assert "取消吗" in chat.say("量房取消吧")


def test_a_time_for_a_repair_visit_is_no_appointment_of_ours():
    chat = Asker(shop(bound))
    chat.say("厨房漏水")
    chat.say("明天下午能来吗")
    assert chat.state.script == "repair"


def test_an_enquiry_goes_over_into_the_appointment_and_is_not_offered_back():
    chat = Asker(shop())
    chat.say("89平北欧风多少钱")
    chat.say("约量房，周二上午，翡翠城8幢1602")
    assert "约好了" in chat.say("13800138000") and chat.state is None


def test_a_repair_in_the_middle_and_back():
    chat = Asker(shop())
    chat.say("周二上午量房")
    assert "量房的时间一会儿接着约" in chat.say("厨房漏水了，翡翠城8幢1602，明天下午，13800138000")
    assert "上次在约量房，接着约吗" in chat.say("是的")
    assert "小区和门牌" in chat.say("好")


def test_after_days_a_time_that_has_passed_is_asked_again():
    chat = Asker(shop())
    chat.say("明天上午量房")
    chat.later(days=2)
    chat.facts = replace(chat.facts, free_slots=lambda _: SLOTS[4:])
    assert "接着约吗" in chat.say("你好")
    assert "11月24日" in chat.say("接着").replace("明天", "11月24日")
    assert "when_start" not in chat.state.answers


def test_skip_and_why_and_no():
    chat = Asker(shop(lead=replace(LEAD, has_phone=False)))
    chat.say("周二上午量房")
    assert "设计师用" in chat.say("为什么要电话")
    assert "约好了" in chat.say("跳过") and "phone" not in chat.last.args


def test_understanding_hears_of_the_booked_visit():
    assert context(None, shop(visits=(MEASURING,))).visit_booked is True
    assert context(None, shop()).visit_booked is False


def test_the_showroom_in_words():
    chat = Asker(shop())
    said = chat.say("你们展厅在哪，几点关门")
    assert said.startswith("滨江店：滨江区江南大道100号。现在开着，开到今天下午6点。") and "0571-88880000" in said
    opens = dt.datetime(2026, 11, 22, 1, tzinfo=dt.UTC).isoformat()
    chat.facts = replace(chat.facts, showroom={"name": "滨江店", "address": "江南大道100号", "next_open": opens})
    assert "现在没开门，明天上午9点开门" in chat.say("今天开到几点")
    chat.facts = replace(chat.facts, showroom={})
    assert "装修顾问" in chat.say("你们展厅在哪")


@pytest.mark.parametrize("words", ["reschedule", "cancel my visit"])
def test_the_words_that_english_texts_name(words):
    chat = Asker(shop(lead=LEAD, visits=(MEASURING,)), "en")
    assert "measuring" in chat.say(words)


TODAY_TOO = (slot(21, 15), *SLOTS, slot(25, 9), slot(25, 14))


@pytest.mark.parametrize(("first", "then", "start"), [
    ("周三量房", "下午", slot(25, 14)), ("周三想量房，有空吗", "下午3点", slot(25, 14)),
    ("周二量房", "上午吧", slot(24, 9)),
    ("周四量房", "下午呢", slot(28, 14)), ("周三量房", "今天下午", slot(21, 15)),
])  # fmt: skip
def test_a_part_of_the_day_belongs_to_the_day_that_is_talked_about(first, then, start):
    chat = Asker(shop(lead=LEAD, slots=TODAY_TOO))
    chat.say(first)
    assert "约好了" in chat.say(then)
    assert chat.last.args["start"] == start.start.isoformat()


def test_a_part_of_the_day_among_many_days_is_none_of_them_yet():
    chat = Asker(shop(lead=LEAD, slots=TODAY_TOO))
    chat.say("约量房")
    said = chat.say("下午")
    assert "今天下午3点" in said and "明天下午2点" in said and "上午" not in said and chat.verbs == []


def test_a_visit_moved_to_an_hour_stays_on_its_day():
    chat = Asker(shop(lead=LEAD, slots=TODAY_TOO, visits=(MEASURING,)))
    chat.say("改到下午")
    assert chat.last.args == {"appointment_id": 9, "start": slot(22, 14).start.isoformat()}


@pytest.mark.parametrize("lines", [("约量房", "昨天下午"), ("昨天下午量房",), ("约量房", "今天早上8点", "上周三")])
def test_a_time_that_is_over_is_said_to_be_over(lines):
    chat = Asker(shop(lead=LEAD, slots=TODAY_TOO))
    said = [chat.say(one) for one in lines][-1]
    assert said.startswith("这个时间已经过了。") and "没有空" not in said and "哪个时间方便" in said
    assert chat.verbs == []
