"""Open cases, surveys, binding and consent: what a message means because of what the records hold."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.dialog.chat import ASKED, DOOR, JADE, LEAK, MORNING, WEST, Chat, bound, stranger


@pytest.mark.parametrize("score", ["5", "5分", "⑤", "很满意", "👍"])
def test_a_good_score_is_thanked(score):
    chat = Chat(bound(survey=ASKED))
    assert chat.say(score).startswith("谢谢")
    assert chat.verbs == ["survey.answer"] and chat.last.args["survey_id"] == 3
    assert chat.state is None


def test_a_low_score_with_words_is_apologised_for_and_asks_nothing():
    chat = Chat(bound(survey=ASKED))
    assert chat.say("2 还在滴").startswith("抱歉没修好")
    assert chat.last.args == {"survey_id": 3, "score": 2, "words": "还在滴", "sentiment": "negative"}
    assert chat.state is None


def test_a_low_score_alone_is_asked_why():
    chat = Chat(bound(survey=ASKED))
    assert "哪里没弄好" in chat.say("2")
    assert "弄好为止" in chat.say("水还在滴")
    assert [do.args["score"] for do in chat.done] == [2, None]
    assert chat.last.args["words"] == "水还在滴"


def test_another_fault_after_a_low_score_is_a_repair_of_its_own():
    chat = Chat(bound(survey=ASKED))
    chat.say("2")
    assert "哪天家里有人" in chat.say("卧室灯坏了")
    assert chat.state.script == "repair"


def test_words_of_dissatisfaction_are_no_new_repair():
    chat = Chat(bound(survey=ASKED))
    chat.say("没修好还在漏")
    assert chat.verbs == ["survey.answer"]


def test_a_bare_number_answers_the_dialog_that_lists_options():
    chat = Chat(bound(JADE, WEST, survey=ASKED))
    chat.say("卧室灯坏了")
    chat.say("2")
    assert chat.verbs == [] and chat.state.answers["project_id"] == 2


def test_a_bare_number_answers_the_survey_when_the_dialog_lists_nothing():
    chat = Chat(bound(survey=ASKED))
    chat.say("卧室灯坏了")
    assert "哪天家里有人" in chat.say("5")
    assert chat.verbs == ["survey.answer"]


def test_who_asked_last_gets_the_number():
    chat = Chat(bound(JADE, WEST))
    chat.say("卧室灯坏了")
    chat.facts = replace(chat.facts, survey=replace(ASKED, asked_at=MORNING + dt.timedelta(minutes=5)))
    chat.later(minutes=6)
    chat.say("2")
    assert chat.verbs == ["survey.answer"]


@pytest.mark.parametrize("words", ["怎么还没来", "能不能快点", "催一下", "等了一上午了没人来"])
def test_asking_again_is_recorded_on_the_open_case(words):
    chat = Chat(bound(tickets=(LEAK,)))
    assert "BX20261121-0007" in chat.say(words)
    assert chat.verbs == ["repair.chase"] and chat.last.args == {"ticket_id": 7, "words": words}


def test_progress_names_every_open_case():
    chat = Chat(bound(tickets=(LEAK, DOOR)))
    said = chat.say("师傅到哪了")
    assert "等他接单" in said and "在路上" in said and chat.verbs == ["repair.look"]
    assert chat.event("click", "MENU_PROGRESS") == said


def test_a_photo_without_a_dialog_goes_to_the_open_case():
    chat = Chat(bound(tickets=(LEAK,)))
    chat.send("image", media_id="P1")
    assert chat.verbs == ["repair.attach"] and chat.last.args == {"ticket_id": 7, "media": ["P1"]}


def test_one_of_two_cases_is_cancelled_with_a_reason():
    chat = Chat(bound(tickets=(LEAK, DOOR)))
    assert "2 卧室门关不上" in chat.say("取消报修")
    assert "要取消“卧室门关不上”" in chat.say("2")
    chat.say("自己修好了")
    assert chat.verbs == ["repair.cancel"] and chat.last.args == {"ticket_id": 8, "reason": "自己修好了"}


def test_a_cancellation_is_taken_back():
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("取消报修")
    assert "留着" in chat.say("留着吧")
    assert chat.verbs == []


def test_binding_says_what_came_of_the_code():
    chat = Chat(stranger())
    assert "绑定好了：翡翠城8幢1602" in chat.say("绑定 483920")
    assert "6位数字" in chat.say("绑定")
    assert "还可以试4次" in chat.say("111111")
    assert "绑定好了" in chat.say("483920")


@pytest.mark.parametrize("words", ["退订", "TD", "td", "T"])
def test_opting_out_is_done_at_once(words):
    chat = Chat(bound())
    chat.say(words)
    assert chat.verbs == ["person.opt_out"]


def test_opting_in_again():
    chat = Chat(bound(opted_out=True))
    chat.say("恢复")
    assert chat.verbs == ["person.opt_in"]


def test_it_never_pretends_to_be_a_person():
    said = Chat(stranger()).say("你是机器人吗")
    assert "不是真人" in said and "人工" in said


def test_a_bound_follower_is_greeted_by_name_and_house():
    said = Chat(bound()).event("subscribe")
    assert said.startswith("陈先生，您好") and "翡翠城8幢1602" in said


@pytest.mark.parametrize("event", ["unsubscribe", "view", "templatesendjobfinish", "location"])
def test_events_nobody_waits_on_are_silent(event):
    chat = Chat(bound())
    assert chat.event(event) == ""


def test_leaving_keeps_the_draft():
    chat = Chat(stranger())
    chat.say("厨房漏水")
    chat.event("unsubscribe")
    assert chat.state.answers["problem"] == "厨房漏水"


def test_staff_are_told_where_their_work_is():
    chat = Chat(stranger(staff_name="小林"))
    assert "小林" in chat.say("厨房漏水")
    assert chat.verbs == []
