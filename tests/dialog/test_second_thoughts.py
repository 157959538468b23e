"""What people say after they have said it: another time, more about the fault, back and stay, nothing needed."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.dialog.chat import ASKED, JADE, LEAK, WEST, Chat, bound, stranger

TOMORROW_MORNING = ("2026-11-22T00:00:00+00:00", "2026-11-22T04:00:00+00:00")


def with_case(state: str = "accepted") -> Chat:
    return Chat(bound(tickets=(replace(LEAK, state=state),)))


@pytest.mark.parametrize(
    "words",
    [
        "下午临时有事，明天上午行吗",
        "改到明天上午",
        "那就明天上午吧",
        "明天上午可以吗",
        "今天晚上不行，明天上午再来",
        "今天加班，换明天上午",
    ],
)
@pytest.mark.parametrize("state", ["assigned", "accepted", "on_the_way", "reopened"])
def test_the_visit_is_moved_to_the_time_that_is_offered(words, state):
    chat = with_case(state)
    assert "改到明天上午（11月22日 周日）了" in chat.say(words)
    assert chat.verbs == ["repair.update"]
    assert (chat.last.args["when_start"], chat.last.args["when_end"]) == TOMORROW_MORNING


@pytest.mark.parametrize(
    "words, when",
    [
        ("改到 周三 上午", "周三上午"),
        ("改成周三\n上午", "周三上午"),
        ("周三 上午 吧", "周三上午"),
        ("有事，改到 周五 上午", "周五上午"),
        ("改到周四 下午 三点", "周四下午三点"),
        ("可以改到周四，下午三点吗", "周四下午三点"),
        ("改到周四，下午三点，师傅方便吗", "周四下午三点"),
        ("周四下午三点吧 周三不行", "周四下午三点"),
        ("推迟到 明天 晚上 7点", "明天晚上7点"),
        ("今天不行 明天 上午 可以", "明天上午"),
        ("明天下午没空，后天，上午", "后天上午"),
        ("约的明天上午，还是后天下午吧", "后天下午"),
        ("actually make it Wednesday morning", "周三上午"),
        ("can we move it to Friday afternoon instead", "周五下午"),
        ("please reschedule from Thursday to Friday afternoon", "周五下午"),
        ("I can't do Wednesday, make it Friday afternoon please", "周五下午"),
    ],
)
def test_a_blank_does_not_part_a_day_from_its_hour(words, when):
    chat = with_case()
    chat.say(words)
    assert chat.verbs == ["repair.update"] and chat.last.args["when_text"] == when
    day = chat.last.args["when_start"][:10]
    assert day == {"周三": "2026-11-25", "周四": "2026-11-26", "周五": "2026-11-27"}.get(when[:2], day) > "2026-11-21"


@pytest.mark.parametrize(
    "words, start",
    [
        ("改到下午三点", "2026-11-24T07:00:00+00:00"),
        ("上午没空，晚上7点吧", "2026-11-24T11:00:00+00:00"),
        ("今天下午三点来行吗", "2026-11-21T07:00:00+00:00"),
        ("改到周四下午三点", "2026-11-26T07:00:00+00:00"),
    ],
)
def test_an_hour_without_a_day_is_on_the_day_that_was_agreed(words, start):
    tuesday = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
    chat = Chat(bound(tickets=(replace(LEAK, state="accepted", when=tuesday),)))
    chat.say(words)
    assert chat.verbs == ["repair.update"] and chat.last.args["when_start"] == start


@pytest.mark.parametrize("words", ["please cancel my repair", "I fixed it myself", "cancel the report"])
def test_a_draft_is_given_up_in_english(words):
    chat = Chat(bound())
    chat.say("厨房漏水")
    assert "不报了吗" in chat.say(words)


@pytest.mark.parametrize("words", ["改到明天上午", "下午临时有事，明天上午行吗"])
def test_nothing_is_moved_once_the_crew_is_at_the_door(words):
    chat = with_case("on_site")
    assert "已经在现场" in chat.say(words)
    assert chat.verbs == []


@pytest.mark.parametrize("words", ["明天下午我不在家", "今天不方便", "改天吧"])
def test_a_time_that_falls_away_is_not_taken_for_the_new_one(words):
    chat = with_case()
    assert "换到什么时候" in chat.say(words)
    assert chat.verbs == []
    assert "改到明天上午" in chat.say("明天上午")


@pytest.mark.parametrize("words", ["师傅几点到", "明天上午能来吗", "师傅明天上午来吗"])
def test_a_question_about_the_visit_moves_nothing(words):
    chat = with_case()
    assert "师傅接单了" in chat.say(words)
    assert chat.verbs == ["repair.look"], "looked at, and no more"


@pytest.mark.parametrize("words", ["电话打我的，13700137000", "我是他老婆，师傅来打我电话13700137000"])
def test_another_phone_after_the_number_reaches_the_case(words):
    chat = with_case()
    assert "电话改成137****7000" in chat.say(words)
    assert chat.last.args == {"ticket_id": 7, "phone": "13700137000"}


@pytest.mark.parametrize("verdict", ["还可以吧", "一般般", "3", "不太满意"])
def test_a_verdict_without_a_reason_is_asked_for_it_and_the_reason_is_added(verdict):
    chat = Chat(bound(survey=ASKED))
    assert "哪里没弄好" in chat.say(verdict)
    assert "弄好为止" in chat.say("就是地上没擦干净")
    assert chat.verbs == ["survey.answer", "survey.answer"]
    assert chat.last.args["words"] == "就是地上没擦干净" and chat.last.args["score"] is None
    assert chat.state is None


@pytest.mark.parametrize("words", ["没有", "没什么", "不用了", "好的"])
def test_nobody_has_to_give_a_reason(words):
    chat = Chat(bound(survey=ASKED))
    chat.say("还可以吧")
    assert chat.say(words).startswith("好的")
    assert chat.verbs == ["survey.answer"] and chat.state is None


@pytest.mark.parametrize(
    "texts, problem",
    [
        (("漏水", "楼下邻居说他家天花板都湿了"), "漏水，楼下邻居说他家天花板都湿了"),
        (("天花板", "漏水了，不是很大"), "天花板漏水了，不是很大"),
        (("马桶", "堵了", "昨天开始的"), "马桶堵了，昨天开始的"),
        (("卧室墙上渗水", "已经一个星期了"), "卧室墙上渗水，已经一个星期了"),
        (("厨房漏水", "还有阳台地砖翘了"), "1. 厨房漏水；2. 阳台地砖翘了"),
        (("厨房漏水", "客厅灯也不亮了"), "1. 厨房漏水；2. 客厅灯也不亮了"),
    ],
)
def test_more_about_a_fault_stays_with_it_and_another_fault_gets_a_line(texts, problem):
    chat = Chat(stranger())
    for text in texts:
        assert "没太明白" not in chat.say(text)
    assert chat.state.answers["problem"] == problem


def test_more_at_the_review_is_shown_in_the_review():
    chat = Chat(bound())
    chat.say("卧室墙上渗水，明天下午")
    assert "2 问题：卧室墙上渗水，楼上也在渗" in chat.say("楼上也在渗")


@pytest.mark.parametrize("stay", ["确认", "不改了", "还是原来的", "对"])
@pytest.mark.parametrize("leave", ["返回", "改 3", "时间不对"])
def test_going_back_and_staying_keeps_the_answer(leave, stay):
    chat = Chat(bound())
    card = chat.say("厨房漏水，明天下午")
    assert chat.say(leave).startswith("哪天家里有人")
    assert chat.say(stay) == card
    chat.say("确认")
    assert chat.verbs == ["repair.open"] and chat.last.args["when_text"] == "明天下午"


def test_going_back_twice_and_staying_keeps_both_answers():
    chat = Chat(stranger())
    card = chat.say("厨房漏水，翡翠城8幢1602，明天下午，13800138000")
    chat.say("返回")
    assert chat.say("返回").startswith("哪天家里有人")
    assert chat.say("确认") == card


def test_at_the_review_a_hindrance_and_another_time_change_the_time():
    chat = Chat(bound())
    chat.say("厨房漏水，明天上午")
    assert "3 时间：后天全天（11月23日 周一）" in chat.say("不行，明天上午有事，后天")


@pytest.mark.parametrize("words", ["对对对没错", "是是是", "就这样"])
def test_a_spoken_yes_submits(words):
    chat = Chat(bound())
    chat.say("厨房漏水，明天下午")
    chat.hear(words, "voice", media_id="V1")
    assert chat.verbs == ["repair.open"] and chat.last.args["media"] == ["V1"]


@pytest.mark.parametrize("words", ["算了我自己弄", "我自己来吧", "不用了"])
def test_giving_up_in_ones_own_words_drops_the_draft(words):
    chat = Chat(bound())
    chat.say("厨房漏水")
    assert "不报了吗" in chat.say(words)
    chat.say("不用了")
    assert chat.state is None and chat.verbs == []


@pytest.mark.parametrize("words", ["快点", "快一点", "师傅几点来"])
def test_haste_in_the_middle_is_no_misunderstanding(words):
    chat = Chat(stranger())
    chat.say("厨房漏水")
    said = chat.say(words)
    assert "登记完马上安排" in said and "是哪一套" in said and chat.state.missed == 0


@pytest.mark.parametrize("words", ["哦", "嗯嗯", "好吧"])
def test_a_nod_is_not_handed_over(words):
    chat = Chat(bound())
    assert "有事随时说" in chat.say(words)
    assert chat.verbs == []


def test_a_colleague_gets_what_was_collected():
    chat = Chat(bound(JADE, WEST))
    for text in ("厨房漏水", "1"):
        chat.say(text)
    chat.send("image")
    chat.say("人工")
    assert chat.last.args == {"reason": "asked", "words": "人工。已收集：翡翠城8幢1602，厨房漏水，附件1个"}


def test_a_fault_told_politely_is_a_fault():
    chat = Chat(bound())
    said = chat.say("你好，我家卫生间的淋浴房玻璃门上周开始就关不严了，每次洗澡水都流到外面来，想请师傅来看看，谢谢")
    assert chat.state.script == "repair" and "哪天家里有人" in said


def test_a_place_told_afterwards_is_kept():
    chat = Chat(bound())
    for text in ("坏了", "灯", "卫生间的"):
        said = chat.say(text)
    assert "没太明白" not in said and "2 问题：卫生间：灯" in chat.say("明天")


@pytest.mark.parametrize("words", ["电话不想留", "不想留电话", "不留"])
def test_nobody_has_to_leave_a_phone(words):
    chat = Chat(stranger())
    chat.say("厨房漏水，翡翠城8幢1602，明天下午")
    assert "4 电话：没有留" in chat.say(words)


@pytest.mark.parametrize(
    "texts, house",
    [
        (("厨房漏水 翡翠城8幢1602 明天下午",), "翡翠城8幢1602"),
        (("客厅灯不亮了", "明天下午翡翠城8幢1602"), "翡翠城8幢1602"),
        (("厨房漏水，翡翠城8幢1602", "写错了，是8幢1603"), "翡翠城8幢1603"),
    ],
)
def test_the_estate_stays_with_the_number(texts, house):
    chat = Chat(stranger())
    for text in texts:
        chat.say(text)
    assert chat.state.answers["house"] == house
    assert "翡翠城" not in chat.state.answers["problem"]


def test_the_open_fault_again_opens_no_second_case():
    chat = with_case()
    assert "同一个问题吗" in chat.say("厨房又漏水了")


def test_a_reason_that_sounds_like_progress_is_a_reason():
    chat = Chat(bound(survey=ASKED))
    chat.say("还行")
    assert "弄好为止" in chat.say("地上没擦")


def test_a_phone_in_another_matter_changes_no_case():
    chat = with_case()
    chat.say("装修多少钱，电话13700137000")
    assert "repair.update" not in chat.verbs


@pytest.mark.parametrize("words", ["现在到哪了", "现在什么情况", "今天到哪了", "现在进度", "现在怎么样了"])
def test_asking_how_it_stands_now_moves_nothing(words):
    chat = Chat(bound(tickets=(LEAK,)))
    chat.say(words)
    assert "repair.update" not in chat.verbs


@pytest.mark.parametrize("words", ["改到昨天上午", "时间改成上周三", "昨天下午来吧", "改到今天早上8点"])
def test_a_visit_is_not_moved_to_a_time_that_is_over(words):
    chat = Chat(bound(tickets=(LEAK,)))
    said = chat.say(words)
    assert said.startswith("这个时间已经过了。") and "换到什么时候" in said
    assert chat.verbs == []
