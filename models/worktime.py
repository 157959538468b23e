"""Working time in China: office spans, public holidays, make-up workdays 调休, and days the staff changed. Pure."""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import chinese_calendar

from models import lunar

SHANGHAI = ZoneInfo("Asia/Shanghai")
Span = tuple[dt.time, dt.time]
#: A search for working time gives up after so many days: a calendar without any would never end.
HORIZON_DAYS = 400
OFFICE_SPANS = [["09:00", "12:00"], ["13:30", "18:00"]]
#: Monday to Friday and make-up workdays; managers change it in the panel.
DEFAULT_HOURS: dict[str, list[list[str]]] = {
    **{str(day): OFFICE_SPANS for day in range(5)},
    "5": [],
    "6": [],
    "workday": OFFICE_SPANS,
}
#: The statutory days of a year whose State Council schedule is not loaded: the feast on which they begin
#: (models/lunar.py), how many they are, and whose holiday that is (全国年节及纪念日放假办法, since 2025).
STATUTORY = (
    ("new_year", 1, "new_year"), ("spring_eve", 1, "spring"), ("spring", 3, "spring"), ("qingming", 1, "qingming"),
    ("labour", 2, "labour"), ("dragon_boat", 1, "dragon_boat"), ("mid_autumn", 1, "mid_autumn"),
    ("national", 3, "national"),
)  # fmt: skip


def local_day(moment: dt.datetime) -> dt.date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(SHANGHAI).date()


def at_clock(day: dt.date, clock: dt.time = dt.time()) -> dt.datetime:  # noqa: B008
    """The moment of this time of a day in China, in UTC; without a time the beginning of the day."""
    return dt.datetime.combine(day, clock, SHANGHAI).astimezone(dt.UTC)


def schedule_loaded(year: int) -> bool:
    """Whether the public holidays and make-up workdays of `year` are known; if not, the fallback is used."""
    try:
        chinese_calendar.is_workday(dt.date(year, 6, 15))
    except NotImplementedError:
        return False
    return True


def unloaded(day: dt.date) -> list[int]:
    """The years that matter now or within a month and whose schedule is not known."""
    years = {day.year, (day + dt.timedelta(days=31)).year}
    return [year for year in sorted(years) if not schedule_loaded(year)]


@functools.lru_cache(maxsize=1024)
def public_day(day: dt.date) -> str:
    """`holiday` (statutory), `workday` (make-up day on a weekend) or `plain`."""
    if not schedule_loaded(day.year):
        return "holiday" if day in _statutory(day.year) else "plain"
    off, name = chinese_calendar.get_holiday_detail(day)
    if off:
        return "holiday" if name else "plain"
    return "workday" if day.weekday() >= 5 else "plain"


@functools.lru_cache(maxsize=16)
def _statutory(year: int) -> dict[dt.date, str]:
    """The statutory holidays of a year by the law alone, each with its name; make-up days nobody knows yet."""
    feasts = lunar.festivals(year)
    return {feasts[feast] + dt.timedelta(days=n): name for feast, days, name in STATUTORY for n in range(days)}


#: The library's names of public holidays -> ours (models/lunar.py).
_NAMES = {
    "New Year's Day": "new_year", "Spring Festival": "spring", "Tomb-sweeping Day": "qingming", "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat", "National Day": "national", "Mid-autumn Festival": "mid_autumn",
}  # fmt: skip


def public_name(day: dt.date) -> str:
    """Which festival's holiday or make-up workday a day is; "" for a plain one, and where nobody has a name for it."""
    kind = public_day(day)
    if kind == "plain":
        return ""
    if schedule_loaded(day.year):
        return _NAMES.get(chinese_calendar.get_holiday_detail(day)[1] or "", "")
    return _statutory(day.year)[day]


@dataclass(frozen=True)
class WorkCalendar:
    """Office hours by weekday with overrides by day. An override wins over every other source."""

    hours: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=lambda: DEFAULT_HOURS)
    overrides: Mapping[dt.date, bool] = field(default_factory=dict)

    def spans(self, day: dt.date) -> list[Span]:
        """The office spans of `day` in local time, earliest first; empty when closed."""
        public = public_day(day)
        works = self.overrides.get(day)
        if works is False or (works is None and public == "holiday"):
            return []
        plain = self.hours.get(str(day.weekday()), [])
        rows = plain or (self.hours.get("workday", []) if works or public == "workday" else [])
        return sorted((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in rows)

    def without(self, day: dt.date) -> "WorkCalendar":
        """The same calendar, with nothing that staff said of this day."""
        return WorkCalendar(self.hours, {one: works for one, works in self.overrides.items() if one != day})

    def shut(self, day: dt.date) -> bool:
        """Whether the whole house is closed: staff said so, or it is a public holiday and they did not object.

        A plain weekend is not shut: no office hours, but visits and the showroom go by plans of their own.
        """
        works = self.overrides.get(day)
        return not works if works is not None else public_day(day) == "holiday"

    def is_open(self, moment: dt.datetime) -> bool:
        """Whether somebody is in the office at `moment`."""
        local = moment.astimezone(SHANGHAI)
        return any(start <= local.time() < end for start, end in self.spans(local.date()))

    def next_open(self, moment: dt.datetime) -> dt.datetime | None:
        """The first open moment from `moment` on, in UTC; None when there is none within the horizon."""
        for start, _ in self._windows(moment):
            return start
        return None

    def add(self, moment: dt.datetime, minutes: int) -> dt.datetime:
        """The moment when `minutes` of working time have passed since `moment`, in UTC.

        A calendar without working time within the horizon counts clock time instead: a promise always has an end.
        """
        left = dt.timedelta(minutes=minutes)
        for start, end in self._windows(moment):
            if end - start >= left:
                return start + left
            left -= end - start
        return moment + dt.timedelta(minutes=minutes)

    def minutes(self, start: dt.datetime, end: dt.datetime) -> int:
        """The whole minutes of working time between two moments; 0 when `end` is not later."""
        return self.between(start, end) // dt.timedelta(minutes=1)

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """How much of the time from `start` to `end` was working time."""
        spent = dt.timedelta(0)
        for opens, shuts in self._windows(start):
            if opens >= end:
                break
            spent += min(shuts, end) - opens
        return spent

    def _windows(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Open windows from `moment` on, in UTC."""
        day = local_day(moment)
        for _ in range(HORIZON_DAYS):
            for start, end in self.spans(day):
                opens = at_clock(day, start)
                shuts = at_clock(day, end)
                if shuts > moment:
                    yield max(opens, moment), shuts
            day += dt.timedelta(days=1)
