"""How times, spans, phones and money look to a person. Pure; what cannot be shown raises.

All moments are shown in Asia/Shanghai: houses, crews and promises are there, wherever the reader is.
"""

import datetime as dt
from zoneinfo import ZoneInfo

#: An aware datetime, or the same as an ISO 8601 string (facts may have been stored as JSON).
Moment = dt.datetime | str
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR_ZH = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
NEAR_EN = {-1: "yesterday", 0: "today", 1: "tomorrow"}
WEEK_ZH = "一二三四五六日"
#: (first hour, word); the last row whose hour has come names the part of the day.
PARTS = ((0, "凌晨"), (5, "早上"), (8, "上午"), (12, "中午"), (13, "下午"), (19, "晚上"))
#: Windows that people name rather than count: (first hours, last hours, zh, en).
#: 上午9点以后, 下午2点以后 and 晚上七点 are none of them: the hour was said, so the hour is repeated.
NAMED = (
    ((7, 8), (11, 12), "上午", "morning"),
    ((12, 13, 13.5), (17, 18), "下午", "afternoon"),
    ((18,), (20, 21, 22, 23), "晚上", "evening"),
    ((0, 6, 7, 8, 9), (18, 19, 20, 21, 22, 23, 24), "全天", "any time"),
)


class Link(str):
    """A piece of text that may hold a clickable address; the only string that is printed without defusing."""

    __slots__ = ()

    @classmethod
    def to(cls, url: str, words: str) -> "Link":
        """`words` shown as a link in WeChat; ValueError when the address could break out of its quotes."""
        if not url.startswith(("http://", "https://")) or any(c in url for c in "\"'<> \n"):
            raise ValueError("not an address that may be linked")
        return cls(f'<a href="{url}">{defuse(words)}</a>')


def defuse(text: str) -> str:
    """The same words without power: no tag can begin, no CDATA section can end."""
    return text.replace("<", "＜").replace(">", "＞") if "<" in text or ">" in text else text


def moment(value: Moment) -> dt.datetime:
    """`value` (aware datetime or ISO 8601) on the clock's face in Shanghai; ValueError without a zone."""
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {value!r}")
    return at.astimezone(SHANGHAI)


def date_zh(at: dt.datetime, now: dt.datetime) -> str:
    """11月22日 周日, with the year when it is not this one."""
    year = f"{at.year}年" if at.year != now.year else ""
    return f"{year}{at.month}月{at.day}日 周{WEEK_ZH[at.weekday()]}"


def date_en(at: dt.datetime, now: dt.datetime) -> str:
    """Sun 22 Nov, with the year when it is not this one."""
    return f"{at:%a} {at.day} {at:%b}" + (f" {at.year}" if at.year != now.year else "")


def part_zh(hour: int) -> str:
    """The word for this part of the day."""
    return [word for first, word in PARTS if hour >= first][-1]


def clock_zh(at: dt.datetime, part: bool = True) -> str:
    """下午2点, 2点半, 下午2点20分."""
    minutes = "" if at.minute == 0 else "半" if at.minute == 30 else f"{at.minute:02d}分"
    hour = at.hour if at.hour <= 12 else at.hour - 12
    return f"{part_zh(at.hour) if part else ''}{hour}点{minutes}"


def clock_en(at: dt.datetime) -> str:
    """2 pm, 2:20 pm."""
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


def readable(value: Moment, up: bool = True) -> dt.datetime:
    """The next full five minutes, or the last ones: no promise is said earlier than it is, no deadline later."""
    at = moment(value)
    over = dt.timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at + (dt.timedelta(minutes=5) - over) if up and over else at - over


def when(value: Moment, now: Moment, lang: str = "zh") -> str:
    """明天下午2点 for the days that have a name, 11月25日 周三 14:20 beyond."""
    at, today = moment(value), moment(now)
    days = (at.date() - today.date()).days
    if lang == "en":
        return f"{NEAR_EN.get(days) or date_en(at, today)} {clock_en(at)}"
    return f"{NEAR_ZH[days]}{clock_zh(at)}" if days in NEAR_ZH else f"{date_zh(at, today)} {at:%H:%M}"


def date(value: Moment | dt.date, now: Moment, lang: str = "zh") -> str:
    """11月25日 周三: the day alone, where nobody promised an hour; a moment's day in Shanghai, or a calendar day."""
    bare = len(value) == len("2026-11-25") if isinstance(value, str) else not isinstance(value, dt.datetime)
    at = dt.datetime.combine(day(value), dt.time(12), SHANGHAI) if bare else moment(value)
    return date_en(at, moment(now)) if lang == "en" else date_zh(at, moment(now))


def span(start: Moment, end: Moment | None, now: Moment, lang: str = "zh") -> str:
    """明天下午2点到4点（11月22日 周日）; a window that has a name is called by it: 明天下午（…）."""
    a, today = moment(start), moment(now)
    b = moment(end) if end else a
    if b <= a:
        return when(a, today, lang)
    if b.date() != a.date() and b - a > dt.timedelta(days=1):
        joint = " to " if lang == "en" else "到"
        date = date_en if lang == "en" else date_zh
        return joint.join(date(t, today) for t in (a, b - dt.timedelta(seconds=1)))
    hours = _hours(a, b, lang)
    days = (a.date() - today.date()).days
    if lang == "en":
        near = NEAR_EN.get(days)
        return f"{near} {hours} ({date_en(a, today)})" if near else f"{date_en(a, today)} {hours}"
    near = NEAR_ZH.get(days)
    return f"{near}{hours}（{date_zh(a, today)}）" if near else f"{date_zh(a, today)} {hours}"


def _hours(a: dt.datetime, b: dt.datetime, lang: str) -> str:
    last = 24 if b.date() != a.date() else b.hour
    if b.minute in (0, 59):
        last += b.minute == 59
        for firsts, lasts, zh, en in NAMED:
            if a.hour + a.minute / 60 in firsts and last in lasts:
                return en if lang == "en" else zh
    if lang == "en":
        return f"{clock_en(a)} to {clock_en(b)}"
    return f"{clock_zh(a)}到{clock_zh(b, part=part_zh(a.hour) != part_zh(b.hour))}"


def day(value: dt.date | str) -> dt.date:
    """A calendar day, given as one or in ISO 8601 (facts may have been stored as JSON)."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def month(value: dt.date | str, lang: str = "zh") -> str:
    """2028年6月, June 2028: the month of a day, where the day itself would only be noise."""
    at = day(value)
    return f"{at:%B} {at.year}" if lang == "en" else f"{at.year}年{at.month}月"


def year(value: dt.date | str, lang: str = "zh") -> str:
    """2019年, 2019."""
    at = day(value)
    return str(at.year) if lang == "en" else f"{at.year}年"


def phone(value: str) -> str:
    """138****8000; a number that is masked already stays, one too short to mask shows nothing but stars."""
    digits = value.strip()
    if "*" in digits:
        return digits
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else "****"


def money(value: float, lang: str = "zh") -> str:
    """1,280元 (¥1,280 in English); cents only when there are any."""
    amount = f"{value:,.2f}".removesuffix(".00")
    return f"¥{amount}" if lang == "en" else f"{amount}元"


def wan(yuan: float, lang: str = "zh") -> str:
    """8.9万 (¥89,000 in English): a sum as people speak of it who build a home; below ten thousand it is 8,900元."""
    if lang == "en" or yuan < 10_000:
        return money(yuan, lang)
    return f"{yuan / 10_000:.1f}".removesuffix(".0") + "万"
