"""When people mean: 明儿下午三点半, 后天上午10点到12点, 随时 — as one span of aware UTC.

Parts of the day, Beijing time: 凌晨 0–6 · 早上 7–10 · 上午 8–12 · 中午 11:30–13:30 · 下午 13:30–18 · 傍晚 17–19 ·
晚上 18–21 · 下班后 18–21 · a day without a part 8–18. A clock time is a span of one hour from it. An hour
without a part: 1–6 is the afternoon but ambiguous, 7 is the morning but ambiguous, 8–11 the morning. 随时 and
都在家 are from now to the evening of the third day. Nothing here reads the machine's clock.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.understanding import numbers, when_days
from bot.understanding.reading import When

LOCAL = ZoneInfo("Asia/Shanghai")
_HALF = timedelta(minutes=30)
_PARTS = {
    "凌晨": (0, 6), "半夜": (0, 6), "清晨": (6, 9), "大清早": (6, 9), "一大早": (7, 9), "一早": (7, 9), "早上": (7, 10),
    "早晨": (7, 10), "早": (7, 10), "上午": (8, 12), "中午": (11.5, 13.5), "午后": (13.5, 18), "下午": (13.5, 18),
    "傍晚": (17, 19), "下班后": (18, 21), "下班以后": (18, 21), "下了班": (18, 21), "下班": (18, 21), "晚上": (18, 21),
    "夜里": (18, 21), "晚间": (18, 21), "今晚": (18, 21), "明晚": (18, 21), "晚": (18, 21), "白天": (8, 18),
    "全天": (8, 18), "整天": (8, 18), "一天都": (8, 18), "上班时间": (9, 18), "午休": (12, 14), "饭后": (13, 18),
}  # fmt: skip
_PART = re.compile("|".join(sorted((p for p in _PARTS if len(p) > 1), key=len, reverse=True)) + r"|(?<=[明今昨])[早晚]")
_N = rf"[{numbers.CLASS}]"
_MINUTES = rf"(?:点钟|点(?:(半|一刻|三刻|整)|过?({_N}{{1,3}})分?)?|[:：](\d{{2}}))"
_PART_WORDS = "凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚"
_CLOCK = re.compile(rf"(?<![\d.])({_N}{{1,3}}){_MINUTES}(?!建议|意见|要求|问题|想法|原因|五[米平]|儿|滴|\d)")
_RANGE = re.compile(rf"^\s*(?:钟)?\s*(?:到|至|-|~|之间|和|或)\s*(?:{_PART_WORDS})?\s*({_N}{{1,3}}){_MINUTES}")
_BARE_RANGE = re.compile(rf"(?<![\d.:-])({_N}{{1,2}})(?:到|至|-)(?=({_N}{{1,2}})点)")
_AFTER = re.compile(r"^(?:钟|左右)?(?:之后|以后|过后|后|起|开始)")
_BEFORE = re.compile(r"^(?:钟|左右)?(?:之前|以前|前)")
_ANY = re.compile(
    r"随时|都在家|都有人|一直在家|一直有人|都可以来|都行|都方便|任何时间|什么时候都|哪天都|每天都在|天天在家|"
    r"都有空|都得空"
)
_NOW = re.compile(r"现在|马上|立刻|立马|赶紧|尽快|越快越好|这会儿|这阵|即刻|而家|速来|快来|快点来")
_LATER = re.compile(rf"({_N}{{1,2}}|半)(?:个)?(半)?(?:小时|钟头|钟)(?:之|以)?后|({_N}{{1,3}})分钟(?:之|以)?后")
_BUSY = re.compile(
    r"^[^，。 ？！]{0,6}?(?:没空|(?<!在)不在|(?<![行得])不行|上班|出差|没时间|(?<!方便)不方便"
    r"|没人|有事|不得空|(?<!可)不可以|来不了)"
)
_BUT = re.compile(r"除(?:了|去|开)?$")
_NOT_A_TIME = {"一点", "两点", "几点", "有点", "三点", "四点", "五点"}
#: 快一点 is no hour.
_A_LITTLE = (*"有快早晚好差这慢急大小多少轻高低近松", "严重", "便宜", "认真", "方便")
_TIMELY = re.compile(r"[到-]|左右|来|在|有|可以|行|方便|上门|之|以后|见|吧|过来|前|后")


@dataclass(frozen=True, slots=True)
class _Clock:
    start: int
    end: int
    since: float
    until: float
    ambiguous: bool
    shift: bool


def read(text: str, now: datetime, *, asked: bool = False, told: bool = False) -> When | None:
    """Return the span that the text offers, or None.

    `asked`: a time was asked for. `told`: a fault is being told, so 昨天 is history, not an offer.
    Days on which the person says they cannot are left out when another is named.
    """
    local = now.astimezone(LOCAL)
    days = _offered(text, when_days.find(text, local.date()), local.date(), told and not asked)
    if days is None:
        return None
    parts = [hit for hit in _PART.finditer(text) if not _BUSY.match(text[hit.end() :])]
    clock = _clock(text, parts, bool(days or parts or asked))
    if not (days or parts or clock):
        return _loose(text, local, asked)
    return _Span(text, local, days, parts, clock).when()


def _offered(text, days, today, told):
    """Return the days that can be meant; None when only history was told."""
    free = [day for day in days if not _BUSY.match(text[day.end :]) and not _BUT.search(text[: day.start])] or days
    if all(_BUT.search(text[: day.start]) for day in free):
        return []
    ahead = [day for day in free if day.last >= today]
    if ahead:
        return ahead
    return None if free and told else free


def _loose(text: str, local: datetime, asked: bool) -> When | None:
    later = _LATER.search(text)
    if later:
        minutes = numbers.value(later.group(3)) if later.group(3) else _hours(later)
        if minutes:
            start = local + timedelta(minutes=minutes)
            return _when(start, start + 2 * _HALF, later.group(), precise=True)
    hit = _ANY.search(text)
    if hit and (asked or not hit.group().endswith("都行")):
        last = datetime.combine(local.date() + timedelta(2), time(18), LOCAL)
        return _when(local, last, hit.group())
    hit = _NOW.search(text)
    return _when(local, local + timedelta(hours=2), hit.group()) if hit else None


def _hours(later: re.Match) -> int | None:
    count = later.group(1)
    if count == "半":
        return 30
    value = numbers.value(count)
    return None if value is None or value > 72 else value * 60 + (30 if later.group(2) else 0)


def _when(start, end, words, *, precise=False, past=False, ambiguous=False) -> When:
    return When(start.astimezone(UTC), end.astimezone(UTC), words, precise, past, ambiguous)


def _moment(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(0), LOCAL) + timedelta(hours=hour)


def _of_clock(hit: re.Match, at: int = 1) -> float | None:
    hour = numbers.value(hit.group(at))
    if hour is None or hour > 24:
        return None
    fixed = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}.get(hit.group(at + 1) or "")
    minute = fixed if fixed is not None else numbers.value(hit.group(at + 2) or hit.group(at + 3) or "0")
    return None if minute is None or minute > 59 else hour + minute / 60


def _clock(text: str, parts: list, sure: bool) -> _Clock | None:
    for hit in _CLOCK.finditer(text):
        since = _of_clock(hit)
        rest = text[hit.end() :]
        if since is None:
            continue
        if not sure and hit.group() in _NOT_A_TIME and not _TIMELY.match(rest):
            continue
        if hit.group() == "一点" and text[: hit.start()].endswith(_A_LITTLE):
            continue
        part = _part_before(text, parts, hit.start())
        since, ambiguous, shift = _in_part(since, part)
        return _until(_Clock(hit.start(), hit.end(), since, since + 1, ambiguous, shift), text, rest, part)
    return None


def _part_before(text: str, parts: list, at: int) -> str | None:
    before = [hit.group() for hit in parts if hit.end() <= at]
    return before[-1] if before else None


def _in_part(hour: float, part: str | None) -> tuple[float, bool, bool]:
    """Return the hour of the day, whether it was a guess, and whether the other half of the day is possible."""
    if part is None:
        if 1 <= hour < 7:
            return hour + 12, True, False
        return hour, 7 <= hour < 8, hour < 12
    late = _PARTS[part][0] >= 12 or part in ("晚", "中午") and hour < 6
    return (hour + 12 if late and hour < 12 else hour), False, False


def _until(clock: _Clock, text: str, rest: str, part: str | None) -> _Clock:
    bare = _BARE_RANGE.search(text)
    if bare and bare.end() == clock.start:
        first = numbers.value(bare.group(1))
        if first is not None and first <= 24:
            since, ambiguous, _ = _in_part(float(first), part)
            if since > clock.since:
                since -= 12
            return _Clock(bare.start(), clock.end, since, clock.since, ambiguous, False)
    hit = _RANGE.match(rest)
    if hit:
        last = _of_clock(hit)
        if last is not None:
            last = last + 12 if last < 12 and (last <= clock.since or clock.since >= 13) else last
            return _Clock(clock.start, clock.end + hit.end(), clock.since, last, clock.ambiguous, False)
    if open_end := _AFTER.match(rest):
        end = clock.end + open_end.end()
        return _Clock(clock.start, end, clock.since, _end_of(clock.since), clock.ambiguous, False)
    if deadline := _BEFORE.match(rest):
        since = _PARTS[part][0] if part else min(8.0, clock.since - 1)
        return _Clock(clock.start, clock.end + deadline.end(), since, clock.since, clock.ambiguous, False)
    return clock


def _end_of(hour: float) -> float:
    return next((float(end) for end in (12, 18, 21, 24) if hour < end), 24.0)


@dataclass(frozen=True, slots=True)
class _Span:
    """The pieces of a time, put together."""

    text: str
    local: datetime
    days: list
    parts: list
    clock: _Clock | None

    def when(self) -> When:
        first, last, guessed = self._dates()
        since, until, precise = self._hours()
        ambiguous = guessed or bool(self.clock and self.clock.ambiguous)
        if until <= since and last == first:
            until, ambiguous = since + 1, True
        start, end = _moment(first, since), _moment(last, until)
        if not precise and start < self.local < end:
            start = self.local
        if end <= start:
            end = start + 2 * _HALF
        past = end <= self.local or (precise and start < self.local - _HALF and end <= self.local + _HALF)
        if past and not self.days:
            start, end, past, ambiguous = start + timedelta(1), end + timedelta(1), False, True
        elif past and self.clock and self.clock.shift and start + timedelta(hours=12) > self.local:
            half = timedelta(hours=12)
            start, end, past, ambiguous = start + half, end + half, False, True
        return _when(start, end, self._words(), precise=precise, past=past, ambiguous=ambiguous)

    def _dates(self) -> tuple[date, date, bool]:
        today = self.local.date()
        if not self.days:
            return today, today, False
        first, last = self.days[0], self.days[-1]
        wide = len(self.days) > 1 and last.last > first.first and self._joined(first, last)
        end = last.last if wide else first.last
        # 今晚 at two in the night is still that evening; 昨晚 stays past.
        return first.first, end, first.ambiguous

    def _joined(self, first, last) -> bool:
        between = self.text[first.end : last.start]
        return len(between) <= 3 and bool(re.fullmatch(r"[到至和或跟与，、 -]*|或者|还是", between))

    def _hours(self) -> tuple[float, float, bool]:
        if self.clock:
            return self.clock.since, self.clock.until, True
        if self.parts:
            spans = [_PARTS[hit.group()] for hit in self.parts[:2]]
            adjoining = len(spans) > 1 and self.parts[1].start() - self.parts[0].end() <= 2
            return spans[0][0], (spans[1] if adjoining else spans[0])[1], False
        if self.days and self.days[0].evening:
            return 18, 21, False
        return 8, 18, False

    def _words(self) -> str:
        pieces = [(d.start, d.end) for d in self.days[:2]] + [h.span() for h in self.parts[:2]]
        if self.clock:
            pieces.append((self.clock.start, self.clock.end))
        return self.text[min(p[0] for p in pieces) : max(p[1] for p in pieces)].strip(" ，-")
