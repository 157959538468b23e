"""Working time in China: office spans, public holidays, make-up workdays 调休, and days the staff changed. Pure."""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import chinese_calendar
from lunardate import LunarDate

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
#: Statutory days with a fixed date, and lunar ones, for years whose State Council schedule is not loaded.
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
LUNAR_HOLIDAYS = {(1, 1), (1, 2), (1, 3), (5, 5), (8, 15)}


def local_day(moment: dt.datetime) -> dt.date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(SHANGHAI).date()


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
        lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
        lunar_day = (lunar.month, lunar.day) if not lunar.is_leap_month else (0, 0)
        return "holiday" if (day.month, day.day) in FIXED_HOLIDAYS or lunar_day in LUNAR_HOLIDAYS else "plain"
    off, name = chinese_calendar.get_holiday_detail(day)
    if off:
        return "holiday" if name else "plain"
    return "workday" if day.weekday() >= 5 else "plain"


#: The library's names of public holidays -> ours (models/lunar.py).
_NAMES = {
    "New Year's Day": "new_year", "Spring Festival": "spring", "Tomb-sweeping Day": "qingming", "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat", "National Day": "national", "Mid-autumn Festival": "mid_autumn",
}  # fmt: skip
#: The same for the days of the fallback, by month (and day by the moon).
_FIXED_NAMES = {1: "new_year", 5: "labour", 10: "national"}
_LUNAR_NAMES = {1: "spring", 5: "dragon_boat", 8: "mid_autumn"}


def public_name(day: dt.date) -> str:
    """Which festival's holiday or make-up workday a day is; "" for a plain one, and where nobody has a name for it."""
    kind = public_day(day)
    if kind == "plain":
        return ""
    if schedule_loaded(day.year):
        return _NAMES.get(chinese_calendar.get_holiday_detail(day)[1] or "", "")
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return _FIXED_NAMES[day.month]
    return _LUNAR_NAMES[LunarDate.from_solar_date(day.year, day.month, day.day).month]


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
        spent = dt.timedelta()
        for opens, shuts in self._windows(start):
            if opens >= end:
                break
            spent += min(shuts, end) - opens
        return int(spent.total_seconds() // 60)

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
                opens = dt.datetime.combine(day, start, SHANGHAI).astimezone(dt.UTC)
                shuts = dt.datetime.combine(day, end, SHANGHAI).astimezone(dt.UTC)
                if shuts > moment:
                    yield max(opens, moment), shuts
            day += dt.timedelta(days=1)
