"""Wishes that may not be missed, and their look-alikes."""

from datetime import UTC, datetime

import pytest

from bot.understanding import Context, read

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def top(text, **context):
    return read(text, Context(**context), NOW).top.name


@pytest.mark.parametrize(
    "text",
    [
        "人工",
        "转人工",
        "找个人",
        "真人",
        "客服在吗",
        "rengong",
        "人工客服",
        "要个活人",
        "轉人工",
        "仁工",
        "人 工",
        "我要人工！！",
        "zhuan ren gong",
        "别跟我自动回复，转人工",
        "叫人来跟我说",
    ],
)
def test_a_wish_for_a_person_always_wins(text):
    assert top(text) == "human"
    assert top(text, survey_open=True, asking="phone") == "human"


@pytest.mark.parametrize(
    "text", ["人工费多少", "包工包料人工多少钱", "贴砖人工怎么算", "不用转人工", "人工湖旁边那套房"]
)
def test_work_by_hand_is_no_wish_for_a_person(text):
    assert top(text) != "human"


@pytest.mark.parametrize(
    "text", ["TD", "td", "T", "退订", "退訂", "回复TD退订", "退订。", "不要再发广告了", "别给我推送了"]
)
def test_an_opt_out_is_one(text):
    assert top(text) == "unsubscribe"


@pytest.mark.parametrize(
    "text",
    [
        "我想问退订的定金怎么退",
        "LTD公司",
        "std门锁坏了",
        "退订合同要什么手续",
        "你们短信说回T退订是真的吗",
        "不要再发了水了怎么办漏水",
    ],
)
def test_an_opt_out_among_other_words_is_none(text):
    assert top(text) != "unsubscribe"


@pytest.mark.parametrize(
    "text", ["楼水", "卫生间漏氺", "厨房水管 漏 水", "家里漏水了麻烦来个人看看", "水龍頭壞咗", "水龙头坏了怎么办"]
)
def test_a_repair_survives_its_spelling(text):
    assert top(text) == "repair"


@pytest.mark.parametrize("text", ["没漏", "昨天修好了不漏了", "不是投诉", "是的", "13800138000"])
def test_what_is_no_fault_is_no_repair_and_no_complaint(text):
    assert top(text) not in ("repair", "complaint")


def test_a_figure_answers_the_open_survey_only():
    assert top("5", survey_open=True) == "satisfaction_reply"
    assert top("5") == ""


def test_two_matters_are_both_read():
    reading = read("厨房漏水了，还有我要投诉你们监理", Context(), NOW)
    assert {intent.name for intent in reading.intents} >= {"repair", "complaint"}


@pytest.mark.parametrize("text", [
    "我家是城西公馆三栋一单元五零二厕所漏水明天上午有人电话幺三九幺二三四五六七八",
    "翡翠城8幢1602，厨房水管漏水，明天下午，13800138000",
])  # fmt: skip
def test_the_wish_is_heard_beside_house_time_and_number(text):
    assert top(text) == "repair"


@pytest.mark.parametrize(
    ("text", "asking"), [("工作日白天", "time"), ("住翡翠城", "house"), ("13800138000", "phone"), ("主卧窗户", "place")]
)
def test_the_awaited_answer_is_no_wish(text, asking):
    assert top(text, asking=asking) == ""


def test_a_wish_beside_the_awaited_answer_still_counts():
    assert top("明天下午，另外我要投诉你们监理", asking="time") == "complaint"


def test_nothing_is_understood_as_nothing():
    reading = read("", Context(), NOW)
    assert reading.intents == ()
    assert (reading.top.name, reading.top.confidence) == ("", 0.0)


def test_confidence_falls_in_order():
    sure = [intent.confidence for intent in read("厨房漏水，我要投诉，转人工", Context(), NOW).intents]
    assert sure == sorted(sure, reverse=True)
