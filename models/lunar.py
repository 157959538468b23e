"""The calendar of feasts: festivals by sun and moon, and whose birthday a day is. Pure; days are days in China.

A birthday comes once in each lunar (or solar) year, so a Gregorian year may hold none or two of a lunar one. Who was
born in a leap month celebrates in it when the year has it, else in the plain month of that number. A day that the
month does not have (day 30, 29 February) is kept on the month's last day: never later, and never left out.
"""

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import chinese_calendar
from lunardate import LunarDate

#: The last years that the lunar tables know.
FIRST_YEAR, LAST_YEAR = 1901, 2098
#: Festival -> month and day, by the sun and by the moon.
SOLAR = {"new_year": (1, 1), "labour": (5, 1), "national": (10, 1)}
LUNAR = {"spring": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "qixi": (7, 7), "mid_autumn": (8, 15),
         "double_ninth": (9, 9)}  # fmt: skip
#: Solar terms that are feasts: the window in which they fall and the library's name.
TERMS = {"qingming": ((4, 3), (4, 6), "清明"), "winter_solstice": ((12, 20), (12, 24), "冬至")}
#: Every festival we know, in the order of a year.
FESTIVALS = ("new_year", "spring_eve", "spring", "lantern", "qingming", "labour", "dragon_boat", "qixi", "mid_autumn",
             "national", "double_ninth", "winter_solstice")  # fmt: skip
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Moon:
    """A day by the lunar calendar."""

    year: int
    month: int
    day: int
    leap: bool = False


@dataclass(frozen=True)
class Birth:
    """A birthday as the person gave it; without the year, which is nobody's business. `leap` needs `lunar`."""

    month: int
    day: int
    lunar: bool = False
    leap: bool = False

    @property
    def real(self) -> bool:
        """Whether there ever is such a day."""
        if self.lunar:
            return 1 <= self.month <= 12 and 1 <= self.day <= 30
        return not self.leap and 1 <= self.month <= 12 and 1 <= self.day <= _length(2024, self.month)


def moon(day: dt.date) -> Moon:
    """The lunar date of a day."""
    found = LunarDate.from_solar_date(day.year, day.month, day.day)
    return Moon(found.year, found.month, found.day, found.is_leap_month)


@functools.lru_cache(maxsize=128)
def festivals(year: int) -> dict[str, dt.date]:
    """The day of each festival that falls into this Gregorian year, in the order of FESTIVALS."""
    spring = LunarDate(year, 1, 1).to_solar_date()
    found = {name: dt.date(year, month, day) for name, (month, day) in SOLAR.items()}
    found |= {name: LunarDate(year, month, day).to_solar_date() for name, (month, day) in LUNAR.items()}
    # The twelfth month has 29 days in many years: the eve is the day before, whatever its number.
    found["spring_eve"] = spring - _DAY
    for name, (first, last, word) in TERMS.items():
        terms = chinese_calendar.get_solar_terms(dt.date(year, *first), dt.date(year, *last))
        found[name] = next(day for day, term in terms if term == word)
    return {name: found[name] for name in FESTIVALS}


def feasts_on(day: dt.date) -> tuple[str, ...]:
    """The festivals of one day; two where 国庆 and 中秋 meet."""
    return tuple(name for name, at in festivals(day.year).items() if at == day)


def feasts_between(first: dt.date, last: dt.date) -> Iterator[tuple[str, dt.date]]:
    """The festivals from `first` to `last`, both included, the earliest first."""
    years = range(first.year, last.year + 1)
    named = [(at, name) for year in years for name, at in festivals(year).items() if first <= at <= last]
    yield from ((name, at) for at, name in sorted(named))


def birthdays(birth: Birth, year: int) -> tuple[dt.date, ...]:
    """The days of this Gregorian year on which the person has their birthday: one, for lunar ones none to two."""
    if not birth.lunar:
        return (dt.date(year, birth.month, min(birth.day, _length(year, birth.month))),)
    kept = (_kept(birth, lunar_year) for lunar_year in (year - 1, year))
    return tuple(day for day in kept if day.year == year)


def _kept(birth: Birth, lunar_year: int) -> dt.date:
    """The one day on which a lunar birthday is kept in a lunar year."""
    leap = birth.leap and LunarDate.leap_month_for_year(lunar_year) == birth.month
    day = min(birth.day, _moon_length(lunar_year, birth.month, leap))
    return LunarDate(lunar_year, birth.month, day, leap).to_solar_date()


def born(day: dt.date) -> tuple[Birth, ...]:
    """Every birthday that is kept on this day: the other way round than `birthdays`."""
    found = [Birth(day.month, day.day)]
    if day.day == _length(day.year, day.month):
        found += [Birth(day.month, late) for late in range(day.day + 1, _length(2024, day.month) + 1)]
    return (*found, *_born_by_moon(moon(day)))


def _born_by_moon(at: Moon) -> Iterator[Birth]:
    last = at.day == _moon_length(at.year, at.month, at.leap)
    days = range(at.day, 31) if last else (at.day,)
    no_leap_month = LunarDate.leap_month_for_year(at.year) != at.month
    for number in days:
        if at.leap or no_leap_month:
            yield Birth(at.month, number, lunar=True, leap=True)
        if not at.leap:
            yield Birth(at.month, number, lunar=True)


def anniversary(since: dt.date, year: int) -> dt.date:
    """The anniversary of a day in this year; of 29 February it is the 28th where there is none."""
    return dt.date(year, since.month, min(since.day, _length(year, since.month)))


def _length(year: int, month: int) -> int:
    """How many days a month has."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - _DAY).day


@functools.lru_cache(maxsize=1024)
def _moon_length(year: int, month: int, leap: bool) -> int:
    """29 or 30, as the lunar month has."""
    try:
        LunarDate(year, month, 30, leap).to_solar_date()
    except ValueError:
        return 29
    return 30
