"""Which day people mean: 明天, 下礼拜六, 21号, 国庆后 — as a span of local dates relative to today.

Weeks begin on Monday, as Chinese calendars do. 周三 said on a Thursday is next week's; 这周三 then is past.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding import numbers
from bot.understanding.words import table

_NUM = rf"[{numbers.CLASS}]"
_RELATIVE = {"大前天": -3, "前天": -2, "昨天": -1, "昨晚": -1, "今天": 0, "今晚": 0, "今早": 0, "今夜": 0, "当天": 0,
             "大后天": 3, "后天": 2, "明天": 1, "明晚": 1, "明早": 1, "次日": 1, "第二天": 1}  # fmt: skip
_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "1": 0, "2": 1, "3": 2, "4": 3,
            "5": 4, "6": 5, "7": 6, "末": 5}  # fmt: skip
#: Festivals with their dates; lunar ones year by year, to be extended by staff.
_FESTIVALS = {name: {int(y): d for y, d in days.items()} for name, days in table("festivals.toml").items()}

_PATTERNS = [
    ("both", re.compile(r"明后(?:两)?天|明天后天|今明(?:两)?天|这两天|这几天|近几天|最近几天")),
    ("relative", re.compile("|".join(sorted(_RELATIVE, key=len, reverse=True)))),
    ("days", re.compile(rf"(?:过({_NUM}{{1,3}}|几)天|({_NUM}{{1,3}})天(?:之|以)?后)")),
    ("weekday", re.compile(r"(下下|下|这|本|上)?周([一二三四五六日天末1-7])")),
    ("week", re.compile(r"(下下|下|这|本)(?:个)?周(?![一二三四五六日天末1-7期])")),
    ("month", re.compile(r"(?:(下|这|本)(?:个)?)?月(底|初|中)|(下)(?:个)?月(?!\d)")),
    ("date", re.compile(
        rf"(?:({_NUM}{{1,3}})月|(?<![\d.])(1[0-2]|[1-9])[./](?=\d{{1,2}}(?:号|日)))({_NUM}{{1,3}})(?:号|日)?"
    )),
    ("slash", re.compile(r"(?<![\d./-])(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?![\d./-]|万|平|米|分)")),
    ("day", re.compile(
        r"(?<![\d第])([12]\d|3[01]|[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|二十|"
        r"三十)(?:号|日)(?![楼线幢栋])"
    )),
    ("festival", re.compile(rf"({'|'.join(_FESTIVALS)})(?:节|假期|长假|放假|假)?(之后|以后|过后|后|完|之前|以前|前)?")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A span of local dates, both ends included, and where in the text it was said."""

    start: int
    end: int
    first: date
    last: date
    ambiguous: bool = False
    evening: bool = False


def find(text: str, today: date) -> list[Day]:
    """Return the days named in the text in order; a place in the text is read once."""
    found: list[Day] = []
    for kind, pattern in _PATTERNS:
        for hit in pattern.finditer(text):
            if any(hit.start() < day.end and day.start < hit.end() for day in found):
                continue
            span = _READERS[kind](hit, today)
            if span is not None:
                first, last, ambiguous = span
                word = hit.group()
                found.append(Day(hit.start(), hit.end(), first, last, ambiguous, word.endswith(("晚", "夜"))))
    return sorted(found, key=lambda day: day.start)


def _relative(hit, today):
    day = today + timedelta(_RELATIVE[hit.group()])
    return day, day, False


def _both(hit, today):
    word = hit.group()
    first = today + timedelta(1 if word.startswith("明") else 0)
    return first, first + timedelta(2 if "几" in word else 1), False


def _days(hit, today):
    count = hit.group(1) or hit.group(2)
    if count == "几":
        return today + timedelta(3), today + timedelta(5), True
    value = numbers.value(count)
    if value is None or not 0 < value <= 60:
        return None
    day = today + timedelta(value)
    return day, day, False


def _weekday(hit, today):
    prefix, name = hit.groups()
    monday = today - timedelta(today.weekday())
    offset = {"下下": 14, "下": 7, "上": -7}.get(prefix, 0)
    day = monday + timedelta(offset + _WEEKDAY[name])
    if prefix is None and day + timedelta(1 if name == "末" else 0) < today:
        day += timedelta(7)
    # On a Sunday people also say 下周六 for the Saturday after next; ask back.
    ambiguous = prefix == "下" and today.weekday() == 6
    return (day, day + timedelta(1), ambiguous) if name == "末" else (day, day, ambiguous)


def _week(hit, today):
    monday = today - timedelta(today.weekday())
    offset = {"下下": 14, "下": 7}.get(hit.group(1), 0)
    return max(today, monday + timedelta(offset)), monday + timedelta(offset + 6), True


def _month(hit, today):
    first = today.replace(day=1)
    following = (first + timedelta(32)).replace(day=1)
    if hit.group(1) == "下" or hit.group(3):
        first, following = following, (following + timedelta(32)).replace(day=1)
    part = hit.group(2)
    if part == "底":
        return following - timedelta(5), following - timedelta(1), True
    if part == "初":
        if hit.group(1) is None and today.day > 5:
            first = following
        return first, first + timedelta(4), True
    if part == "中":
        return first + timedelta(9), first + timedelta(19), True
    return first, following - timedelta(1), True


def _date(hit, today):
    return _in_year(numbers.value(hit.group(1) or hit.group(2)), numbers.value(hit.group(3)), today)


def _slash(hit, today):
    return _in_year(int(hit.group(1)), int(hit.group(2)), today)


def _in_year(month, day, today):
    try:
        moment = date(today.year, month or 0, day or 0)
        if moment < today - timedelta(180):
            moment = moment.replace(year=today.year + 1)
    except ValueError:
        return None
    return moment, moment, False


def _day(hit, today):
    number = numbers.value(hit.group(1)) or 0
    first = today.replace(day=1)
    passed = number < today.day
    for _ in range(3):
        if passed:
            first, passed = (first + timedelta(32)).replace(day=1), False
            continue
        try:
            day = first.replace(day=number)
        except ValueError:
            passed = True
            continue
        return day, day, number < today.day
    return None


def _festival(hit, today):
    name, side = hit.groups()
    spans = [(date(y, d[0], d[1]), d[2]) for y, d in sorted(_FESTIVALS[name].items())]
    for first, length in spans:
        last = first + timedelta(length - 1)
        if last < today:
            continue
        if side is None:
            return first, last, True
        if side.endswith("前"):
            return max(today, first - timedelta(3)), first - timedelta(1), True
        return last + timedelta(1), last + timedelta(3), True
    return None


_READERS = {"relative": _relative, "both": _both, "days": _days, "weekday": _weekday, "week": _week, "month": _month,
            "date": _date, "slash": _slash, "day": _day, "festival": _festival}  # fmt: skip
