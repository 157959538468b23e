"""The crew writes a quote in the chat: read, shown back, corrected, sent once and only when they say so."""

import pytest

from bot.understanding.quote_items import QuoteLine, read
from tests.dialog.chat import Chat, crew, job

ITEMS = [["换角阀", 100, "个", 8000], ["人工", 100, "次", 12000]]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("报价 换角阀 1个 80，人工 1次 120", [("换角阀", 100, "个", 8000), ("人工", 100, "次", 12000)]),
        ("换角阀 1个 80 人工 1次 120", [("换角阀", 100, "个", 8000), ("人工", 100, "次", 12000)]),
        ("报价：换角阀 两个 80；人工 120元", [("换角阀", 200, "个", 8000), ("人工", 100, "", 12000)]),
        ("4分角阀 2个 40块", [("4分角阀", 200, "个", 4000)]),
        ("PPR25管 3米 12元/米", [("PPR25管", 300, "米", 1200)]),
        ("60*60 瓷砖 5片 30", [("60*60 瓷砖", 500, "片", 3000)]),
        ("角阀 2个 共160", [("角阀", 200, "个", 8000)]),
        ("角阀 3个 共100", [("角阀（3个）", 100, "", 10000)]),
        ("防水补漏 2.5平方 每平方 120", [("防水补漏", 250, "平方", 12000)]),
        ("人工 一百二", [("人工", 100, "", 12000)]),
        ("换门套 1套 1,280", [("换门套", 100, "套", 128000)]),
        ("报价 BX20261121-0007 角阀 80.5", [("角阀", 100, "", 8050)]),
        ("铲墙 3㎡×50", [("铲墙", 300, "平方", 5000)]),
    ],
)
def test_items_as_crews_write_them(text, lines):
    found = read(text)
    assert not found.lacks
    assert [(one.name, one.hundredths, one.unit, one.price) for one in found.lines] == lines


@pytest.mark.parametrize(
    ("text", "piece", "lacks"),
    [("换角阀", "换角阀", "price"), ("80", "80", "name"), ("角阀 80，人工", "人工", "price")],
)
def test_what_is_missing_is_named(text, piece, lacks):
    assert (read(text).piece, read(text).lacks) == (piece, lacks)


def test_half_a_quantity_and_a_sum():
    assert QuoteLine("板", 9900, 50).amount == 4950
    assert read("角阀 80，人工 120，合计200").total == 20000


def test_read_shown_back_and_sent():
    chat = Chat(crew(job(7, "on_site")))
    said = chat.say("报价 换角阀 1个 80，人工 1次 120")
    assert "1 换角阀 1个 × 80元 = 80元" in said and "合计 200元" in said and chat.verbs == []
    assert "BJ20261121-0001" in chat.say("发送")
    assert chat.verbs == ["crew.quote"] and chat.last.args == {"ticket_id": 7, "items": ITEMS}
    assert chat.state is None
    chat.say("发送")
    assert chat.verbs == ["crew.quote"]


def test_in_two_messages():
    chat = Chat(crew(job(7, "on_site")))
    assert "一项一句" in chat.say("报价")
    assert "合计 200元" in chat.say("换角阀 1个 80，人工 1次 120")
    chat.say("对的")
    assert chat.last.args["items"] == ITEMS


@pytest.mark.parametrize(
    ("words", "items"),
    [
        ("人工改成100", [["换角阀", 100, "个", 8000], ["人工", 100, "次", 10000]]),
        ("2 改 100", [["换角阀", 100, "个", 8000], ["人工", 100, "次", 10000]]),
        ("不对，人工 100", [["换角阀", 100, "个", 8000], ["人工", 100, "次", 10000]]),
        ("角阀 2个 70", [["换角阀", 200, "个", 7000], ["人工", 100, "次", 12000]]),
        ("删 2", [["换角阀", 100, "个", 8000]]),
        ("去掉人工", [["换角阀", 100, "个", 8000]]),
        ("加软管 1根 30", [*ITEMS, ["加软管", 100, "根", 3000]]),
        ("报价 换角阀 1个 60", [["换角阀", 100, "个", 6000]]),
    ],
)
def test_corrections(words, items):
    chat = Chat(crew(job(7, "on_site")))
    chat.say("报价 换角阀 1个 80，人工 1次 120")
    assert "合计" in chat.say(words)
    chat.say("发")
    assert chat.last.args["items"] == items


def test_what_was_not_understood_is_named_and_the_rest_is_kept():
    chat = Chat(crew(job(7, "on_site")))
    said = chat.say("报价 换角阀 1个 80，人工")
    assert "“人工”没看到价钱" in said and "合计 80元" in said
    assert "合计 200元" in chat.say("人工 1次 120")


def test_a_sum_that_does_not_fit_is_asked_about():
    chat = Chat(crew(job(7, "on_site")))
    assert "加起来是200元" in chat.say("报价 换角阀 80，人工 120，合计210")


def test_of_several_jobs_it_is_asked_which_one_and_the_items_are_kept():
    chat = Chat(crew(job(7, "on_site"), job(8, "accepted", "城西公馆3幢802 跳闸")))
    assert "2 城西公馆3幢802 跳闸" in chat.say("报价 换角阀 1个 80，人工 1次 120")
    assert "合计 200元" in chat.say("1")
    chat.say("发送")
    assert chat.last.args == {"ticket_id": 7, "items": ITEMS}


def test_the_job_by_its_number():
    chat = Chat(crew(job(7, "on_site"), job(8, "accepted")))
    chat.say("报价 0008 换空开 1个 80")
    chat.say("发送")
    assert chat.last.args["ticket_id"] == 8


def test_no_job_no_quote():
    assert "没有可以报价的单" in Chat(crew(job(7))).say("报价 人工 100")


def test_dropped():
    chat = Chat(crew(job(7, "on_site")))
    chat.say("报价 人工 100")
    assert "没有发" in chat.say("取消")
    assert chat.verbs == [] and chat.state is None


def test_photos_keep_waiting_and_a_step_goes_on():
    chat = Chat(crew(job(7, "accepted")))
    chat.send("image", media_id="P1")
    chat.say("报价 人工 100")
    chat.send("image", media_id="P2")
    chat.say("发送")
    chat.say("到场")
    assert chat.last.verb == "crew.arrive" and chat.last.args["media"] == ["P1", "P2"]


def test_the_job_goes_on_in_the_middle_of_a_quote():
    chat = Chat(crew(job(7, "accepted")))
    chat.say("报价 人工 100")
    chat.say("到场")
    assert chat.verbs == ["crew.arrive"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("报价 人工一百 角阀三十五", [("人工", 10000), ("角阀", 3500)]),
        ("报价换龙头一百八工钱八十", [("换龙头", 18000), ("工钱", 8000)]),
        ("换龙头180块工钱80", [("换龙头", 18000), ("工钱", 8000)]),
        ("角阀35块软管25块", [("角阀", 3500), ("软管", 2500)]),
        ("加个软管 25", [("软管", 2500)]), ("加固 一百", [("加固", 10000)]),
        ("换二十四孔面板 80", [("换二十四孔面板", 8000)]), ("百叶窗 120", [("百叶窗", 12000)]),
    ],
)  # fmt: skip
def test_prices_as_they_are_spoken(text, lines):
    found = read(text)
    assert not found.lacks and [(one.name, one.price) for one in found.lines] == lines


def test_a_price_inside_a_name_is_asked_about_and_never_lost():
    assert read("报价 龙头一百八软管三十").lacks == "price"


@pytest.mark.parametrize("send", ["对 发吧", "可以，发", "好的发给业主", "没问题 发送"])
def test_a_quote_by_voice_without_its_word_is_shown_back_first(send):
    chat = Chat(crew(job(7, "on_site")))
    said = chat.say("换个龙头一百八 工钱八十 一共二百六")
    assert "合计 260元" in said and chat.verbs == []
    chat.say(send)
    assert chat.verbs == ["crew.quote"] and [item[3] for item in chat.last.args["items"]] == [18000, 8000]
