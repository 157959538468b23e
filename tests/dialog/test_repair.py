"""A repair, from the first words to the number: scenes between a customer and the engine."""

import pytest

from tests.dialog.chat import DOOR, JADE, LEAK, WEST, Chat, bound, stranger


def test_a_stranger_says_nearly_all_at_once_and_is_asked_only_for_the_house():
    chat = Chat(stranger())
    assert "家里哪儿需要帮忙" in chat.event("subscribe")
    assert chat.say("厨房水槽下面漏水，明天下午在家，13800138000").startswith("是哪一套？")
    assert chat.send("image").startswith("照片收到。\n是哪一套？")
    card = chat.say("翡翠城8幢1602")
    assert "1 房屋：翡翠城8幢1602\n2 问题：厨房水槽下面漏水\n" in card
    assert "明天下午（11月22日 周日）\n4 电话：138****8000\n5 照片：1张" in card
    assert "好的，改成卫生间。" in (again := chat.say("不对，是卫生间"))
    assert "2 问题：卫生间漏水" in again
    said = chat.say("是的")
    assert "BX20261121-0007" in said and "8小时" in said
    assert chat.verbs == ["repair.open"]
    assert chat.last.args | {"media": None} == {
        "project_id": None, "house_text": "翡翠城8幢1602", "category": "水", "place": "卫生间", "problem": "卫生间漏水",
        "urgent": False, "when_start": "2026-11-22T05:30:00+00:00", "when_end": "2026-11-22T10:00:00+00:00",
        "when_text": "明天下午", "phone": "13800138000", "name": None, "media": None,
    }  # fmt: skip
    assert len(chat.last.args["media"]) == 1


def test_yes_again_after_the_number_opens_no_second_repair():
    chat = Chat(bound())
    for text in ("卫生间灯不亮，明天下午在家", "是的", "是的", "是的"):
        said = chat.say(text)
    assert "BX20261121-0007" in said
    assert chat.verbs == ["repair.open"]


def test_a_bound_customer_needs_two_messages_and_is_asked_nothing_that_is_known():
    chat = Chat(bound())
    card = chat.say("卫生间灯不亮，明天下午在家")
    assert "翡翠城8幢1602" in card and "138****8000" in card and "13800138000" not in card
    chat.say("对")
    assert chat.verbs == ["repair.open"]
    assert (chat.last.args["project_id"], chat.last.args["phone"]) == (1, None)


@pytest.mark.parametrize(
    "texts",
    [
        ("报修", "厨房漏水", "翡翠城8幢1602", "明天下午", "13800138000"),
        ("厨房漏水", "翡翠城8幢1602", "随时", "13800138000", "是的"),
        ("13800138000，报修", "厨房漏水", "翡翠城8幢1602", "明天下午", "是的"),
        ("明天下午在家，厨房漏水，翡翠城8幢1602，13800138000", "1"),
    ],
)
def test_never_more_than_five_messages_in_any_order(texts):
    chat = Chat(stranger())
    for text in texts:
        said = chat.say(text)
    assert len(texts) <= 5
    assert "BX20261121-0007" in said
    assert chat.last.args["problem"] == "厨房漏水"
    assert (chat.last.args["house_text"], chat.last.args["phone"]) == ("翡翠城8幢1602", "13800138000")


@pytest.mark.parametrize("option", ["2", "②", "二", "第二个", "城西公馆3幢802", "城西公馆", "２"])
def test_one_of_two_houses_is_chosen_by_number_or_words(option):
    chat = Chat(bound(JADE, WEST))
    assert "1 翡翠城8幢1602\n2 城西公馆3幢802" in chat.say("厨房漏水，明天下午")
    assert "1 房屋：城西公馆3幢802" in chat.say(option)
    chat.say("是的")
    assert chat.last.args["project_id"] == 2


def test_a_house_named_in_the_first_sentence_is_not_asked_for():
    chat = Chat(bound(JADE, WEST))
    assert "1 房屋：城西公馆3幢802" in chat.say("城西公馆那套卫生间漏水，周一上午")


def test_an_estate_alone_is_asked_for_its_number():
    chat = Chat(stranger())
    chat.say("厨房漏水")
    assert chat.say("翡翠城") == "翡翠城几幢几室？"
    chat.say("8幢1602")
    assert chat.state.answers["house"] == "翡翠城8幢1602"


@pytest.mark.parametrize("bare", ["8幢1602", "8栋2单元301", "八幢1602", "3-802"])
def test_a_building_alone_is_asked_for_its_estate_once(bare):
    chat = Chat(stranger())
    chat.say("厨房漏水")
    assert "在哪个小区" in chat.say(bare)
    assert "哪天家里有人" in chat.say("翡翠城")
    assert chat.state.answers["house"].startswith("翡翠城") and len(chat.state.answers["house"]) > 6


def test_no_words_about_something_else_become_an_estate():
    chat = Chat(stranger())
    chat.say("厨房漏水，8幢1602")
    assert "在哪个小区" in chat.say("漏得很厉害")
    assert "在哪个小区" in chat.say("明天下午来")
    assert "house" not in chat.state.answers
    assert "哪天家里有人" not in chat.say("绿城诚园")
    assert chat.state.answers["house"] == "绿城诚园8幢1602"


def test_whose_house_is_known_is_not_asked_for_the_estate():
    chat = Chat(bound(JADE, WEST))
    chat.say("厨房漏水")
    assert "哪天家里有人" in chat.say("8幢1602")


@pytest.mark.parametrize(
    "words, line",
    [
        ("不对，是卫生间", "2 问题：卫生间漏水"),
        ("改成后天上午", "3 时间：后天上午（11月23日 周一）"),
        ("电话改成13900139000", "4 电话：139****9000"),
        ("地址不对，是城西公馆3幢802", "1 房屋：城西公馆3幢802"),
        ("后天上午吧", "3 时间：后天上午（11月23日 周一）"),
    ],
)
def test_any_line_of_the_review_is_corrected_by_saying_what_is_right(words, line):
    chat = Chat(bound(JADE))
    chat.say("厨房漏水，明天下午")
    said = chat.say(words)
    assert said.startswith("好的，") and line in said
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


@pytest.mark.parametrize("words", ["改 2", "改2", "2", "②", "第2行不对", "2 错了", "问题不对", "位置错了"])
def test_a_line_of_the_review_is_changed_by_its_number(words):
    chat = Chat(bound())
    chat.say("厨房漏水，明天下午")
    assert "哪里坏了" in chat.say(words)
    assert "2 问题：卫生间灯不亮" in chat.say("卫生间灯不亮")


def test_a_changed_phone_is_shown_again_before_submitting():
    chat = Chat(stranger())
    chat.say("厨房漏水，翡翠城8幢1602，明天下午，13800138000")
    assert "手机号" in chat.say("改 4")
    assert "4 电话：139****9000" in chat.say("13900139000")
    assert chat.verbs == []


def test_no_alone_asks_which_line():
    chat = Chat(bound())
    chat.say("厨房漏水，明天下午")
    assert "哪一行不对" in chat.say("不对")


def test_the_time_is_corrected_before_the_review():
    chat = Chat(stranger())
    chat.say("厨房漏水，明天下午")
    assert "好的，时间改成后天上午（11月23日 周一）。\n是哪一套" in chat.say("不对，改成后天上午")


def test_two_problems_are_kept_apart():
    chat = Chat(bound())
    chat.say("厨房漏水")
    chat.say("还有阳台地砖翘了")
    assert "2 问题：1. 厨房漏水；2. 阳台地砖翘了" in chat.say("明天下午")


def test_any_time_is_no_window_that_would_stop_the_clock():
    chat = Chat(bound())
    chat.say("厨房漏水")
    assert "3 时间：随时" in chat.say("随时都行")
    chat.say("是的")
    assert (chat.last.args["when_start"], chat.last.args["when_text"]) == (None, "随时")


def test_a_phone_that_is_too_short_is_refused_in_words_and_is_no_misunderstanding():
    chat = Chat(stranger())
    chat.say("厨房漏水，翡翠城8幢1602，明天下午")
    for _ in range(3):
        assert "11位" in chat.say("1380013")
    assert chat.state.missed == 0
    assert "4 电话：138****8000" in chat.say("13800138000")


def test_a_time_that_is_over_is_refused():
    chat = Chat(bound())
    chat.say("厨房漏水")
    assert chat.say("昨天下午").startswith("这个时间已经过了。\n哪天家里有人")


def test_the_same_fault_again_is_a_chase_and_no_second_repair():
    chat = Chat(bound(tickets=(DOOR, LEAK)))
    assert "同一个问题吗" in chat.say("厨房水槽漏水")
    assert "催" in chat.say("1")
    assert chat.verbs == ["repair.chase"] and chat.last.args["ticket_id"] == 7


def test_another_fault_in_the_same_room_is_a_new_repair():
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say("厨房水槽漏水")
    chat.say("另一个问题")
    chat.say("明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


def test_a_photo_first_begins_a_report_and_is_kept():
    chat = Chat(stranger())
    assert chat.send("image", media_id="P1").startswith("照片收到。\n哪里坏了")
    chat.say("厨房水槽漏水，翡翠城8幢1602，明天")
    chat.send("video", media_id="V1")
    chat.say("13800138000")
    assert chat.last.args["media"] == ["P1", "V1"]


def test_a_location_answers_the_house():
    chat = Chat(stranger())
    chat.say("厨房漏水")
    assert "哪天家里有人" in chat.send("location", text="翡翠城8幢")
    assert chat.state.answers["house"] == "翡翠城8幢"


@pytest.mark.parametrize("kind", ["link", "unknown", "location", "voice"])
def test_odd_messages_do_not_lose_the_question(kind):
    chat = Chat(stranger())
    chat.say("厨房漏水")
    assert chat.send(kind).endswith("比如“翡翠城8幢1602”。")
    assert chat.state.missed == 0


def test_a_voice_text_is_as_good_as_a_typed_one():
    chat = Chat(bound())
    assert "2 问题：厨房漏水" in chat.send("voice", text="厨房漏水，明天下午在家。")
    assert len(chat.state.media) == 1


def test_a_menu_click_begins_a_report_and_another_one_keeps_it():
    chat = Chat(bound())
    assert "哪里坏了" in chat.event("click", "MENU_REPAIR")
    chat.say("厨房漏水")
    assert "哪天家里有人" in chat.event("click", "MENU_REPAIR")
    assert chat.state.answers["problem"] == "厨房漏水"


def test_a_correction_after_the_number_reaches_the_case():
    chat = Chat(bound(tickets=(LEAK,)))
    assert "139****9000" in chat.say("电话改成13900139000")
    assert chat.last.verb == "repair.update"
    assert chat.last.args == {"ticket_id": 7, "phone": "13900139000"}


def test_out_of_hours_a_repair_is_recorded_all_the_same():
    chat = Chat(bound(office_open=False, office_next="明早9点"))
    assert "明早9点上班" in chat.say("你好")
    chat.say("厨房漏水，明天下午")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


def test_recordings_are_not_called_photos():
    chat = Chat(bound())
    chat.say("厨房漏水")
    chat.send("voice")
    assert "5 语音或视频：1段" in chat.say("明天下午")
    assert "5 照片：1张，语音或视频1段" in chat.send("image")


def test_a_fault_that_no_lexicon_knows_is_taken_in_the_customers_words():
    chat = Chat(bound())
    assert "2 问题：浴室花洒不出热水" in chat.say("浴室花洒不出热水，明天上午在家")


def test_only_wanting_a_repair_is_asked_what_is_broken():
    for words in ("报修", "我要报修", "东西坏了，找人来修一下"):
        assert "哪里坏了" in Chat(bound()).say(words)


@pytest.mark.parametrize(
    "words, asked",
    [("电话不对", "手机号"), ("房子不对", "哪一套"), ("地址写错了", "哪一套"), ("时间要改", "哪天家里有人")],
)
def test_a_line_is_also_changed_by_its_name(words, asked):
    chat = Chat(stranger())
    chat.say("厨房漏水，翡翠城8幢1602，明天下午，13800138000")
    assert asked in chat.say(words)
    assert chat.verbs == []


def test_not_wanting_to_leave_a_phone_is_no_wish_for_a_person():
    chat = Chat(stranger())
    chat.say("厨房漏水，翡翠城8幢1602，明天下午")
    assert "4 电话：没有留" in chat.say("不想留电话")
    chat.say("是的")
    assert chat.verbs == ["repair.open"]


@pytest.mark.parametrize("words", ["改到后天上午行吗", "后天上午再来吧", "我明天不在家，改后天上午"])
def test_an_agreed_time_is_moved_after_the_number(words):
    chat = Chat(bound(tickets=(LEAK,)))
    assert "改到后天上午（11月23日 周一）" in chat.say(words)
    assert chat.last.verb == "repair.update" and chat.last.args["when_start"] == "2026-11-23T00:00:00+00:00"
