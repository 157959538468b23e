"""Times, spans, phones and money as people write them, in Shanghai's time whatever the zone of the value."""

import datetime as dt

import pytest

from templates.faces import SHANGHAI, money, phone, readable, span, wan, when

#: Saturday 21 November 2026, 10:00 in Shanghai.
NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "moment, zh, en",
    [
        (at(21, 18), "今天下午6点", "today 6 pm"),
        (at(22, 14), "明天下午2点", "tomorrow 2 pm"),
        (at(22, 14, 20), "明天下午2点20分", "tomorrow 2:20 pm"),
        (at(22, 14, 30), "明天下午2点半", "tomorrow 2:30 pm"),
        (at(23, 9), "后天上午9点", "Mon 23 Nov 9 am"),
        (at(20, 20), "昨天晚上8点", "yesterday 8 pm"),
        (at(22, 0, 5), "明天凌晨0点05分", "tomorrow 12:05 am"),
        (at(22, 12), "明天中午12点", "tomorrow 12 pm"),
        (at(25, 14, 20), "11月25日 周三 14:20", "Wed 25 Nov 2:20 pm"),
        (at(3, 9, 0, 1, 2027), "2027年1月3日 周日 09:00", "Sun 3 Jan 2027 9 am"),
    ],
)
def test_a_moment(moment, zh, en):
    assert when(moment, NOW) == zh and when(moment, NOW, "en") == en
    assert when(moment.astimezone(dt.UTC).isoformat(), NOW.isoformat()) == zh


@pytest.mark.parametrize(
    "start, end, zh, en",
    [
        (at(22, 14), at(22, 16), "明天下午2点到4点（11月22日 周日）", "tomorrow 2 pm to 4 pm (Sun 22 Nov)"),
        (at(22, 13, 30), at(22, 18), "明天下午（11月22日 周日）", "tomorrow afternoon (Sun 22 Nov)"),
        (at(25, 8), at(25, 12), "11月25日 周三 上午", "Wed 25 Nov morning"),
        (at(22, 11), at(22, 14), "明天上午11点到下午2点（11月22日 周日）", "tomorrow 11 am to 2 pm (Sun 22 Nov)"),
        (at(22, 0), at(22, 23, 59), "明天全天（11月22日 周日）", "tomorrow any time (Sun 22 Nov)"),
        (at(22, 0), at(23, 0), "明天全天（11月22日 周日）", "tomorrow any time (Sun 22 Nov)"),
        (at(28, 9), at(29, 18), "11月28日 周六到11月29日 周日", "Sat 28 Nov to Sun 29 Nov"),
        (at(22, 14), at(22, 14), "明天下午2点", "tomorrow 2 pm"),
        (at(22, 14), None, "明天下午2点", "tomorrow 2 pm"),
    ],
)
def test_a_span(start, end, zh, en):
    assert span(start, end, NOW) == zh and span(start, end, NOW, "en") == en


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        when("2026-11-22T14:00:00", NOW)


def test_near_midnight_tomorrow_is_shanghais_tomorrow():
    late = dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC)
    assert when(late + dt.timedelta(minutes=1), late) == "明天凌晨0点"


@pytest.mark.parametrize(
    "given, shown",
    [("13800138000", "138****8000"), ("138****8000", "138****8000"), ("057112345678", "057****5678"), ("110", "****")],
)
def test_a_phone_is_masked(given, shown):
    assert phone(given) == shown


@pytest.mark.parametrize("amount, zh, en", [(1280, "1,280元", "¥1,280"), (99.5, "99.50元", "¥99.50"), (0, "0元", "¥0")])
def test_money(amount, zh, en):
    assert money(amount) == zh and money(amount, "en") == en


@pytest.mark.parametrize("minute, up, down", [(0, 0, 0), (3, 5, 0), (5, 5, 5), (58, 60, 55)])
def test_a_promise_is_said_on_a_readable_minute_and_never_earlier(minute, up, down):
    exact = dt.datetime(2026, 11, 21, 9, minute, tzinfo=dt.UTC)
    assert readable(exact) == exact + dt.timedelta(minutes=up - minute)
    assert readable(exact, up=False) == exact - dt.timedelta(minutes=minute - down)
    assert readable(exact.replace(second=1)) > exact


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (89_000, "8.9万", "¥89,000"),
        (120_000, "12万", "¥120,000"),
        (9_000, "9,000元", "¥9,000"),
        (1_234_000, "123.4万", "¥1,234,000"),
    ],
)
def test_a_sum_as_people_who_build_a_home_say_it(yuan, zh, en):
    assert (wan(yuan), wan(yuan, "en")) == (zh, en)
