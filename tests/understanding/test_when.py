"""Times as people write them, read on Saturday 21 November 2026, 10:00 in Beijing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.understanding import Context, read

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=BEIJING)
ASKED = Context(asking="time")

SPANS = [
    ("明天下午", "11-22 13:30", "11-22 18:00"),
    ("明儿下午三点半", "11-22 15:30", "11-22 16:30"),
    ("明日下昼", "11-22 13:30", "11-22 18:00"),
    ("听日上昼", "11-22 08:00", "11-22 12:00"),
    ("下礼拜六", "11-28 08:00", "11-28 18:00"),
    ("下周三上午", "11-25 08:00", "11-25 12:00"),
    ("下下周一", "11-30 08:00", "11-30 18:00"),
    ("周一", "11-23 08:00", "11-23 18:00"),
    ("周末", "11-21 10:00", "11-22 18:00"),
    ("下周末", "11-28 08:00", "11-29 18:00"),
    ("后天上午10点到12点", "11-23 10:00", "11-23 12:00"),
    ("后天上午10点-12点", "11-23 10:00", "11-23 12:00"),
    ("明天2点到4点", "11-22 14:00", "11-22 16:00"),
    ("明天下午2到4点", "11-22 14:00", "11-22 16:00"),
    ("明天14:30", "11-22 14:30", "11-22 15:30"),
    ("明天下午三点以后", "11-22 15:00", "11-22 18:00"),
    ("明天上午十点之前", "11-22 08:00", "11-22 10:00"),
    ("今晚", "11-21 18:00", "11-21 21:00"),
    ("今晚八点", "11-21 20:00", "11-21 21:00"),
    ("明晚7点半", "11-22 19:30", "11-22 20:30"),
    ("下班后", "11-21 18:00", "11-21 21:00"),
    ("大后天中午", "11-24 11:30", "11-24 13:30"),
    ("25号下午", "11-25 13:30", "11-25 18:00"),
    ("12月3号上午九点", "12-03 09:00", "12-03 10:00"),
    ("十二月三号", "12-03 08:00", "12-03 18:00"),
    ("11/25下午", "11-25 13:30", "11-25 18:00"),
    ("三天后", "11-24 08:00", "11-24 18:00"),
    ("半小时后", "11-21 10:30", "11-21 11:30"),
    ("两个小时后", "11-21 12:00", "11-21 13:00"),
    ("一个半小时后", "11-21 11:30", "11-21 12:30"),
    ("元旦后", "01-02 08:00", "01-04 18:00"),
    ("周一到周三", "11-23 08:00", "11-25 18:00"),
    ("明后天都在", "11-22 08:00", "11-23 18:00"),
    ("明天没空，后天可以", "11-23 08:00", "11-23 18:00"),
    ("昨天开始漏的，明天下午有人", "11-22 13:30", "11-22 18:00"),
    ("明天上午或者下午都行", "11-22 08:00", "11-22 18:00"),
    ("随时", "11-21 10:00", "11-23 18:00"),
    ("都在家", "11-21 10:00", "11-23 18:00"),
    ("现在就行", "11-21 10:00", "11-21 12:00"),
    ("下午", "11-21 13:30", "11-21 18:00"),
]


@pytest.mark.parametrize(("text", "start", "end"), SPANS)
def test_a_span_is_read(text, start, end):
    when = read(text, ASKED, NOW).slots.time
    assert when is not None
    local = (when.start.astimezone(BEIJING), when.end.astimezone(BEIJING))
    assert tuple(f"{moment:%m-%d %H:%M}" for moment in local) == (start, end)
    assert when.start.utcoffset() == timedelta(0)
    assert not when.past


@pytest.mark.parametrize("text", ["昨天下午", "今天早上八点", "上周三", "前天", "昨晚"])
def test_the_past_is_marked(text):
    when = read(text, ASKED, NOW).slots.time
    assert when is not None
    assert when.past


@pytest.mark.parametrize("text", ["三点", "明天三点", "20号", "国庆后", "月底", "过几天", "下周"])
def test_a_guess_is_marked(text):
    when = read(text, ASKED, NOW).slots.time
    assert when is not None
    assert when.ambiguous
    assert not when.past


def test_a_bare_small_hour_is_the_afternoon():
    when = read("明天三点", ASKED, NOW).slots.time
    assert when is not None
    assert when.start.astimezone(BEIJING).hour == 15
    assert when.precise


@pytest.mark.parametrize("text", ["明天下午三点", "后天上午", "25号", "今晚"])
def test_what_is_clear_is_not_marked(text):
    when = read(text, ASKED, NOW).slots.time
    assert when is not None
    assert not when.ambiguous


@pytest.mark.parametrize(
    "text",
    ["有三点建议", "昨天开始漏水", "漏了三天了", "水有点大", "翡翠城8号楼", "5分", "一点都不满意", "等了两个小时"],
)
def test_what_is_no_appointment_is_left_alone(text):
    assert read(text, Context(), NOW).slots.time is None


def test_no_time_without_a_now():
    assert read("明天下午", ASKED).slots.time is None


def test_an_hour_that_is_over_becomes_the_evening_only_when_both_are_possible():
    late = datetime(2026, 11, 21, 14, 0, tzinfo=BEIJING)
    eight = read("今天8点", ASKED, late).slots.time
    assert eight is not None
    assert eight.ambiguous
    assert eight.start.astimezone(BEIJING).hour == 20
    three = read("今天上午九点", ASKED, late).slots.time
    assert three is not None
    assert three.past


def test_the_year_turns():
    december = datetime(2026, 12, 30, 10, 0, tzinfo=BEIJING)
    when = read("1月5号下午", ASKED, december).slots.time
    assert when is not None
    assert when.start.astimezone(BEIJING).date().isoformat() == "2027-01-05"


def test_a_weekday_named_with_this_week_may_be_past():
    when = read("这周三", ASKED, NOW).slots.time
    assert when is not None
    assert when.past


@pytest.mark.parametrize(
    "said, day, hour",
    [("3 pm", 21, 15), ("tomorrow 10 am", 22, 10), ("Monday at 7:30 p.m.", 23, 19), ("at 9 am tomorrow", 22, 9)],
)
def test_a_clock_time_in_english_is_the_one_that_was_said(said, day, hour):
    start = read(said, Context(), NOW).slots.time.start.astimezone(BEIJING)
    assert (start.day, start.hour) == (day, hour)
