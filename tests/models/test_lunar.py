"""Festivals by sun and moon against the observatory's tables; birthdays with leap months and short months."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import lunar
from models.lunar import Birth, Moon, anniversary, birthdays, born, feasts_between, feasts_on, festivals, moon

#: As printed in almanacs: 除夕, 春节, 元宵, 清明, 端午, 七夕, 中秋, 重阳, 冬至 of each year.
MOVING = ("spring_eve", "spring", "lantern", "qingming", "dragon_boat", "qixi", "mid_autumn", "double_ninth",
          "winter_solstice")  # fmt: skip
ALMANAC = {
    2024: "0209 0210 0224 0404 0610 0810 0917 1011 1221",
    2025: "0128 0129 0212 0404 0531 0829 1006 1029 1221",
    2026: "0216 0217 0303 0405 0619 0819 0925 1018 1222",
    2027: "0205 0206 0220 0405 0609 0808 0915 1008 1222",
    2028: "0125 0126 0209 0404 0528 0826 1003 1026 1221",
    2029: "0212 0213 0227 0404 0616 0816 0922 1016 1221",
    2030: "0202 0203 0217 0405 0605 0805 0912 1005 1222",
    2031: "0122 0123 0206 0405 0624 0824 1001 1024 1222",
    2032: "0210 0211 0225 0404 0612 0812 0919 1012 1221",
}
YEARS = range(2024, 2033)


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def by_moon(month: int, day: int, *, leap: bool = False) -> Birth:
    return Birth(month, day, lunar=True, leap=leap)


@pytest.mark.parametrize("year", YEARS)
def test_moving_feasts_fall_where_the_almanac_says(year: int) -> None:
    found = festivals(year)
    assert " ".join(f"{found[name]:%m%d}" for name in MOVING) == ALMANAC[year]


@pytest.mark.parametrize("year", YEARS)
def test_fixed_feasts_do_not_move(year: int) -> None:
    found = festivals(year)
    assert [f"{found[name]:%m-%d}" for name in ("new_year", "labour", "national")] == ["01-01", "05-01", "10-01"]


def test_the_eve_is_the_day_before_whether_the_month_has_29_days_or_30() -> None:
    assert moon(on("2026-02-16")) == Moon(2025, 12, 29)
    assert moon(on("2024-02-09")) == Moon(2023, 12, 30)
    assert feasts_on(on("2026-02-16")) == ("spring_eve",) == feasts_on(on("2024-02-09"))


def test_two_feasts_may_share_a_day() -> None:
    assert feasts_on(on("2031-10-01")) == ("mid_autumn", "national")


def test_a_range_over_new_year_names_its_feasts_in_order() -> None:
    found = list(feasts_between(on("2026-12-22"), on("2027-02-06")))
    assert [name for name, _ in found] == ["winter_solstice", "new_year", "spring_eve", "spring"]
    assert list(feasts_between(on("2026-11-20"), on("2026-11-30"))) == []


@pytest.mark.parametrize(
    ("birth", "year", "days"),
    [
        (Birth(11, 26), 2026, ["2026-11-26"]),
        (Birth(2, 29), 2028, ["2028-02-29"]),
        (Birth(2, 29), 2027, ["2027-02-28"]),  # kept on the last day, never later
        (by_moon(8, 15), 2026, ["2026-09-25"]),
        # 2025 has a leap sixth month: whoever was born in a plain one keeps the plain one, once.
        (by_moon(6, 10), 2025, ["2025-07-04"]),
        (by_moon(6, 10, leap=True), 2025, ["2025-08-03"]),
        # No leap sixth month in 2026: the plain one has to do.
        (by_moon(6, 10, leap=True), 2026, ["2026-07-23"]),
        # A leap month of another number is no reason to move.
        (by_moon(4, 8, leap=True), 2025, ["2025-05-05"]),
        # Day 30 in a month of 29 days: the month's last day.
        (by_moon(12, 30), 2027, ["2027-02-05"]),
        (by_moon(12, 30), 2024, ["2024-02-09"]),
        # The leap sixth month of 2025 has 29 days.
        (by_moon(6, 30, leap=True), 2025, ["2025-08-22"]),
        # By Gregorian years a lunar birthday at the turn may come twice, or not at all.
        (by_moon(12, 1), 2027, ["2027-01-08", "2027-12-28"]),
        (by_moon(12, 1), 2028, []),
        (by_moon(11, 25), 2026, ["2026-01-13"]),
    ],
)
def test_birthdays_of_a_year(birth: Birth, year: int, days: list[str]) -> None:
    assert [f"{day}" for day in birthdays(birth, year)] == days


@given(month=st.integers(1, 12), day=st.integers(1, 30), leap=st.booleans(), year=st.integers(lunar.FIRST_YEAR, 2090))
def test_one_birthday_in_each_lunar_year_and_both_ways_agree(month: int, day: int, leap: bool, year: int) -> None:
    birth = by_moon(month, day, leap=leap)
    kept = [at for some in range(year, year + 4) for at in birthdays(birth, some)]
    lunar_years = [moon(at).year for at in kept]
    assert len(set(lunar_years)) == len(lunar_years) and 3 <= len(kept) <= 5
    assert all(moon(at).month == month for at in kept)
    assert all(birth in born(at) for at in kept)


@given(st.dates(on("2024-01-01"), on("2032-12-31")))
def test_whoever_is_born_on_a_day_keeps_it_then_and_only_then(day: dt.date) -> None:
    everybody = [Birth(month, number) for month in range(1, 13) for number in range(1, 32)]
    everybody = [one for one in everybody if one.real]
    everybody += [by_moon(m, d, leap=leap) for m in range(1, 13) for d in range(1, 31) for leap in (False, True)]
    near = [one for one in everybody if day in birthdays(one, day.year)]
    assert set(near) == set(born(day))


@pytest.mark.parametrize(
    ("birth", "real"),
    [
        (Birth(2, 29), True), (Birth(2, 30), False), (Birth(4, 31), False), (Birth(13, 1), False),
        (by_moon(2, 30), True), (by_moon(1, 31), False), (by_moon(6, 1, leap=True), True),
        (Birth(6, 1, leap=True), False), (Birth(0, 0), False),
    ],
)  # fmt: skip
def test_what_is_no_day_is_no_birthday(birth: Birth, real: bool) -> None:
    assert birth.real is real


def test_an_anniversary_of_the_29th_of_february_is_kept_on_the_28th() -> None:
    assert anniversary(on("2024-02-29"), 2027) == on("2027-02-28")
    assert anniversary(on("2024-02-29"), 2028) == on("2028-02-29")
    assert anniversary(on("2019-08-01"), 2026) == on("2026-08-01")
