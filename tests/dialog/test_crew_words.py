"""What a crew says besides a step: materials, faults left, another time, a later day, and where it is."""

import datetime as dt

import pytest

from bot.dialog import Heard
from bot.scripts import crew_words
from bot.understanding import Reading
from tests.dialog.chat import MORNING, Chat, crew, job

TWO = job(7, "on_site", "翡翠城8幢1602 1. 厨房漏水；2. 卧室门关不上")
TWO = type(TWO)(TWO.id, TWO.number, TWO.state, TWO.label, items=2)
GATE = (30.2741, 120.1551)


def sends_place(chat: Chat) -> str:
    return chat.turn(Heard("翡翠城", "location", Reading(), MORNING, place=GATE))


@pytest.mark.parametrize(
    ("words", "note", "materials"),
    [
        ("换了角阀，材料：角阀1个、生料带1卷", "换了角阀", ("角阀1个", "生料带1卷")),
        ("换了角阀 用了角阀1个 生料带2卷", "换了角阀 用了角阀1个 生料带2卷", ("角阀1个", "生料带2卷")),
        ("换了角阀，试水不漏", "换了角阀，试水不漏", ()),
        ("换了角阀，用了半天", "换了角阀，用了半天", ()),
        ("材料 PPR管3米；弯头2个", "材料 PPR管3米；弯头2个", ("PPR管3米", "弯头2个")),
    ],
)
def test_materials_stand_apart_from_the_note(words: str, note: str, materials: tuple[str, ...]) -> None:
    said = crew_words.finished(words, 1)
    assert (said.note, said.materials) == (note, materials)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("1好了，2没修，等配件", ((2, "等配件"),)),
        ("厨房换了角阀，第二个修不了，门框变形", ((2, "门框变形"),)),
        ("第1项等业主选颜色；第2项修好了", ((1, "等业主选颜色"),)),
        ("1没修等砖，2没修等门", ((1, "等砖"), (2, "等门"))),
        ("两个都修好了", ()),
        ("换了2个角阀", ()),
    ],
)
def test_a_fault_that_stays_open_is_named_by_its_number_with_the_reason(words: str, left) -> None:
    assert crew_words.finished(words, 2).left == left
    assert crew_words.finished(words, 1).left == ()


def test_finishing_a_job_of_two_faults_asks_which_and_keeps_what_is_left_and_used() -> None:
    chat = Chat(crew(TWO))
    assert "有2项" in chat.say("完工")
    chat.say("换了角阀，2没修，等合页。材料：角阀1个")
    assert chat.last.args["left"] == [[2, "等合页"]] and chat.last.args["materials"] == ["角阀1个"]


def test_materials_after_the_finish_belong_to_that_job() -> None:
    chat = Chat(crew(job(7, "on_site")))
    chat.say("完工 换了角阀")
    assert "角阀1个" in chat.say("材料 角阀1个")
    assert chat.last.args == {"ticket_id": 7, "materials": ["角阀1个"]}


@pytest.mark.parametrize("state", ["accepted", "on_the_way"])
def test_a_location_means_arrived(state: str) -> None:
    chat = Chat(crew(job(7, state)))
    assert "到场记好了" in sends_place(chat)
    assert chat.verbs == ["crew.arrive"] and chat.last.args["place"] == list(GATE)


def test_a_location_at_the_door_is_kept_and_moves_nothing() -> None:
    chat = Chat(crew(job(7, "on_site")))
    assert "位置记在" in sends_place(chat)
    assert chat.verbs == ["crew.locate"]


def test_a_location_for_several_jobs_asks_which_and_keeps_the_place() -> None:
    chat = Chat(crew(job(7, "accepted"), job(8, "accepted", "城西公馆3幢802 跳闸")))
    assert "哪一单" in sends_place(chat)
    chat.say("2")
    assert chat.last.args["ticket_id"] == 8 and chat.last.args["place"] == list(GATE)


def test_a_location_without_a_job_says_so() -> None:
    assert "没有待办的单" in sends_place(Chat(crew()))


@pytest.mark.parametrize(
    "words",
    ["客户说周日上午再来", "业主让周日上午过来", "改到周日上午", "今天去不了，改到周日上午", "她说周日上午在家"],
)
def test_another_time_is_asked_of_the_customer(words: str) -> None:
    chat = Chat(crew(job(7, "accepted")))
    assert "业主同意才改" in chat.say(words) or chat.last.verb == "crew.ask_time"
    assert chat.verbs == ["crew.ask_time"]
    assert dt.datetime.fromisoformat(chat.last.args["start"]) > MORNING
    assert chat.last.args["words"] == words


def test_another_time_without_one_is_asked_for() -> None:
    chat = Chat(crew(job(7, "accepted")))
    assert "改到什么时候" in chat.say("改时间")
    chat.say("周日下午")
    assert chat.verbs == ["crew.ask_time"] and chat.last.args["text"] == "周日下午"


@pytest.mark.parametrize("words", ["延期 周五 定制门板没到", "修不完，要到周五，定制门板没到"])
def test_a_delay_needs_a_day_and_a_reason(words: str) -> None:
    chat = Chat(crew(job(7, "on_site")))
    chat.say(words)
    assert chat.verbs == ["crew.delay"]
    assert chat.last.args["day"] == "2026-11-27" and "定制门板没到" in chat.last.args["reason"]


def test_what_a_delay_lacks_is_asked_one_after_the_other() -> None:
    chat = Chat(crew(job(7, "on_site")))
    assert "延到哪天" in chat.say("延期")
    assert "为什么要延" in chat.say("周五")
    chat.say("配件没到")
    assert chat.last.args == {"ticket_id": 7, "day": "2026-11-27", "reason": "配件没到"}


def test_todays_jobs_stand_in_the_order_of_the_day_with_what_was_promised() -> None:
    due = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)
    first = type(TWO)(8, "BX20261121-0008", "accepted", "城西公馆3幢802 跳闸", when="下午2点", due=due)
    said = Chat(crew(first, job(7))).say("今日的单")
    assert "1 城西公馆3幢802 跳闸（BX20261121-0008）已接单，下午2点，最晚今天下午4点" in said


@pytest.mark.parametrize("words", ["改到周日上午，今天排不开", "今天走不开，改到周日上午", "周日上午再来 今天过不来"])
def test_the_day_that_does_not_do_is_not_the_one_that_is_asked_for(words):
    chat = Chat(crew(job(7, "accepted")))
    chat.say(words)
    assert (chat.last.verb, chat.last.args["text"]) == ("crew.ask_time", "周日上午")
