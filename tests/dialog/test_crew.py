"""A crew's day in one-word messages."""

import pytest

from tests.dialog.chat import Chat, crew, job


def test_the_whole_visit_by_words_and_a_photo():
    chat = Chat(crew(job(7)))
    assert "陈先生 138****8000" in chat.say("接单")
    chat.say("出发")
    chat.send("image", media_id="P1")
    assert "照片1张" in chat.say("到场")
    chat.send("image", media_id="P2")
    assert "怎么修的" in chat.say("完工")
    chat.say("换了角阀，试水不漏")
    assert chat.verbs == ["crew.accept", "crew.start", "crew.arrive", "crew.finish"]
    assert chat.done[2].args == {"ticket_id": 7, "media": ["P1"], "words": ""}
    assert chat.last.args == {"ticket_id": 7, "note": "换了角阀，试水不漏", "media": ["P2"]}


@pytest.mark.parametrize("words", ["完工 换了角阀", "完工，换了角阀", "换了角阀，完工", "换了角阀 修好了"])
def test_a_finish_with_its_note_asks_nothing(words):
    chat = Chat(crew(job(7, "on_site")))
    chat.say(words)
    assert chat.verbs == ["crew.finish"] and chat.last.args["note"] == "换了角阀"


def test_a_photo_right_after_the_finish_still_belongs_to_the_job():
    chat = Chat(crew(job(7, "on_site")))
    chat.say("完工 换了角阀")
    chat.send("image", media_id="P9")
    assert chat.last.verb == "repair.attach" and chat.last.args == {"ticket_id": 7, "media": ["P9"]}


def test_a_job_is_chosen_by_its_number_in_the_question():
    chat = Chat(crew(job(7), job(8, label="城西公馆3幢802 跳闸")))
    assert "2 城西公馆3幢802 跳闸" in chat.say("接单")
    chat.say("2")
    assert chat.last.args["ticket_id"] == 8


@pytest.mark.parametrize("words", ["接单 2", "接单 0008", "接单 BX20261121-0008", "接 2"])
def test_a_job_is_chosen_with_the_word(words):
    chat = Chat(crew(job(7), job(8)))
    chat.say(words)
    assert chat.verbs == ["crew.accept"] and chat.last.args["ticket_id"] == 8


def test_the_only_job_that_fits_the_step_is_meant():
    chat = Chat(crew(job(7), job(8, "on_site")))
    chat.say("完工 换了空开")
    assert chat.last.args["ticket_id"] == 8


def test_handing_back_asks_for_the_reason():
    chat = Chat(crew(job(7)))
    assert "为什么退" in chat.say("退单")
    chat.say("没时间")
    assert chat.verbs == ["crew.hand_back"] and chat.last.args == {"ticket_id": 7, "reason": "没时间"}


def test_a_reason_said_with_the_word_is_enough():
    chat = Chat(crew(job(7)))
    chat.say("退单 缺配件")
    assert chat.verbs == ["crew.hand_back"] and chat.last.args["reason"] == "缺配件"


def test_a_step_that_no_job_allows_is_explained_with_the_list():
    chat = Chat(crew(job(7)))
    said = chat.say("完工")
    assert "先回“到场”" in said and "待接单" in said
    assert chat.verbs == []


def test_the_list_and_an_empty_list():
    assert "手上1单" in Chat(crew(job(7))).say("我的单")
    assert "没有待办" in Chat(crew()).say("你好")


def test_photos_wait_while_the_question_which_job_is_open():
    chat = Chat(crew(job(7, "accepted"), job(8, "accepted")))
    chat.say("到场")
    chat.send("image", media_id="P1")
    chat.say("1")
    assert chat.last.args == {"ticket_id": 7, "media": ["P1"], "words": ""}


def test_twice_not_understood_reaches_the_dispatcher():
    chat = Chat(crew(job(7)))
    chat.say("嘎嘎")
    chat.say("呼呼")
    assert chat.verbs == ["conversation.hand_over"] and chat.last.args["reason"] == "crew"


def test_a_crew_member_may_ask_for_a_person():
    chat = Chat(crew(job(7)))
    chat.say("人工")
    assert chat.verbs == ["conversation.hand_over"]


@pytest.mark.parametrize("words", ["收到，下午两点到", "好的", "收到", "ok", "没问题", "收到，马上过去"])
def test_the_one_offered_job_is_taken_in_the_crews_own_words(words):
    chat = Chat(crew(job(7)))
    assert "接单了" in chat.say(words)
    assert chat.verbs == ["crew.accept"]


@pytest.mark.parametrize("words", ["收到，等我看看", "好的，明天再去行吗"])
def test_a_doubtful_yes_is_asked_and_either_answer_counts(words):
    chat = Chat(crew(job(7)))
    assert "接单吗" in chat.say(words)
    assert chat.verbs == []
    chat.say("接")
    assert chat.verbs == ["crew.accept"]


def test_a_no_to_the_offer_asks_why_and_hands_it_back():
    chat = Chat(crew(job(7)))
    chat.say("收到，等我看看")
    assert "为什么退" in chat.say("不接")
    chat.say("今天在外地")
    assert chat.verbs == ["crew.hand_back"] and chat.last.args["reason"] == "今天在外地"


def test_a_bare_yes_beside_another_job_is_asked_what_it_means():
    chat = Chat(crew(job(7), job(8, "on_site")))
    assert "接单吗" in chat.say("好的")
    chat.say("是的")
    assert chat.verbs == ["crew.accept"] and chat.last.args["ticket_id"] == 7


def test_a_yes_to_several_offers_asks_which():
    chat = Chat(crew(job(7), job(8)))
    assert "哪一单" in chat.say("收到")
    chat.say("2")
    assert chat.last.args["ticket_id"] == 8


def test_a_yes_when_nothing_is_offered_is_an_acknowledgement():
    chat = Chat(crew(job(8, "accepted")))
    assert chat.say("好的") == "辛苦了。"
    assert chat.verbs == []


@pytest.mark.parametrize("label, step", [("接单", "accept"), ("退单", "hand_back")])
def test_a_button_is_about_the_job_it_stands_under(label, step):
    chat = Chat(crew(job(7), job(8, label="城西公馆3幢802 跳闸")))
    said = chat.hear(label, "text", choice=f"job:8:1:{step}")
    if step == "hand_back":
        assert "BX20261121-0008 为什么退" in said
        chat.say("没时间")
    assert chat.verbs == [f"crew.{step}"]
    assert (chat.last.args["ticket_id"], chat.last.args["offer"]) == (8, 1)


def test_a_button_under_a_job_that_went_to_others_takes_no_other_one():
    chat = Chat(crew(job(8)))
    assert "这单已改派" in chat.hear("接单", "text", choice="job:7:1:accept")
    assert chat.verbs == []


def test_a_stale_button_leaves_an_open_question_alone():
    chat = Chat(crew(job(8, "on_site")))
    chat.say("完工")
    assert "这单已改派" in chat.hear("退单", "text", choice="job:7:1:hand_back")
    chat.say("换了角阀")
    assert chat.verbs == ["crew.finish"] and chat.last.args["note"] == "换了角阀"


def test_a_button_tapped_twice_accepts_once():
    chat = Chat(crew(job(7)))
    chat.hear("接单", "text", choice="job:7:1:accept")
    assert "已经接过了" in chat.hear("接单", "text", choice="job:7:1:accept")
    assert chat.verbs == ["crew.accept"]


def test_a_button_that_does_not_say_which_job_is_asked_about():
    """Those are the ones that hang in chats from before the ids named their job."""
    chat = Chat(crew(job(8, label="城西公馆3幢802 跳闸")))
    assert "城西公馆3幢802 跳闸（BX20261121-0008）接单吗" in chat.hear("接单", "text", choice="接单")
    assert chat.verbs == []
    chat.say("接单")
    assert chat.verbs == ["crew.accept"]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("还没完工", "on_site"), ("明天完工", "on_site"), ("明天上午就完工了", "on_site"), ("快完工了", "on_site"),
        ("什么时候完工", "on_site"), ("下午完工", "on_site"), ("完工不了", "on_site"), ("完工要到明天", "on_site"),
        ("完工 没修好", "on_site"), ("finish tomorrow", "on_site"), ("done in an hour", "on_site"),
        ("finishing the rest", "on_site"), ("接单不了", "assigned"), ("accepting tomorrow", "assigned"),
        ("出发不了", "accepted"), ("starting tomorrow", "accepted"), ("on my way in an hour", "accepted"),
        ("到场要晚点", "on_the_way"), ("arriving at 3", "on_the_way"),
    ],
)  # fmt: skip
def test_a_step_that_is_only_spoken_of_is_not_taken(words, state):
    """The household hears of every step: one that was not taken is a promise that nobody made."""
    chat = Chat(crew(job(7, state)))
    chat.say(words)
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["还没修好", "没修完", "不是，点错了"])
def test_asked_how_it_was_mended_a_crew_may_say_that_it_is_not(words):
    chat = Chat(crew(job(7, "on_site")))
    chat.say("完工")
    assert "先不记完工" in chat.say(words) and chat.verbs == []


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("今天下午完工了", "今天下午"), ("换了角阀，明天业主自己擦，完工", "换了角阀，明天业主自己擦"),
        ("修好了明天再来看看", "明天再来看看"), ("完工，要等业主买灯泡", "要等业主买灯泡"),
        ("finished the valve", "the valve"),
        ("done, not leaking any more", "not leaking any more"),
    ],
)  # fmt: skip
def test_a_finish_may_speak_of_time(words, note):
    chat = Chat(crew(job(7, "on_site")))
    chat.say(words)
    assert chat.verbs == ["crew.finish"] and chat.last.args["note"] == note


def test_who_takes_a_job_may_come_late():
    chat = Chat(crew(job(7)))
    chat.say("接单，要晚点到")
    assert chat.verbs == ["crew.accept"]


@pytest.mark.parametrize("words", ["两单都接单不了", "1和2接单不了", "都接单不了，车坏了"])
def test_several_that_cannot_be_taken_are_not_taken(words):
    chat = Chat(crew(job(7), job(8)))
    chat.say(words)
    assert "crew.accept" not in chat.verbs
