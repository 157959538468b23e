"""Who is there at a moment: shift borders, midnight, substitutes of substitutes. Pure, no database."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rota import Away, Rota, Turn, window

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIN, CHEN, WU, ZHOU = 1, 2, 3, 4
EVERYBODY = {LIN, CHEN, WU, ZHOU}
AGENTS = {LIN, CHEN, WU}
EARLY, LATE, NIGHT = ((dt.time(9), dt.time(14)), (dt.time(14), dt.time(22)), (dt.time(22), dt.time(6)))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def turn(who: int, day: str, shift: tuple[dt.time, dt.time]) -> Turn:
    return Turn(who, dt.date.fromisoformat(day), *window(dt.date.fromisoformat(day), *shift))


def away(who: int, start: str, end: str, substitute: int | None = None) -> Away:
    return Away(who, at(start), at(end), substitute)


WEEK = (
    turn(LIN, "2026-11-23", EARLY), turn(CHEN, "2026-11-23", LATE), turn(WU, "2026-11-23", NIGHT),
    turn(LIN, "2026-11-25", EARLY),
)  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-11-23T09:00", {LIN}),
        ("2026-11-23T13:59", {LIN}),
        ("2026-11-23T14:00", {CHEN}),  # the border belongs to the shift that begins
        ("2026-11-23T22:00", {WU}),
        ("2026-11-24T00:00", {WU}),  # past midnight the night shift of the day before goes on
        ("2026-11-24T05:59", {WU}),
        ("2026-11-24T06:00", AGENTS),  # nobody was put on the roster of the 24th
        ("2026-11-24T12:00", AGENTS),
        ("2026-11-25T00:00", {LIN}),  # out of hours: whoever comes next
        ("2026-11-25T08:59", {LIN}),
        ("2026-11-25T14:00", AGENTS),  # nobody comes after the last shift there is
        ("2026-11-23T08:00", {LIN}),
    ],
)
def test_who_is_on_duty(moment: str, who: set[int]) -> None:
    assert Rota(WEEK, (), EVERYBODY).on_duty(AGENTS, at(moment)) == who


@pytest.mark.parametrize(
    ("aways", "who"),
    [
        ([away(LIN, "2026-11-23T09:00", "2026-11-23T12:00", WU)], {WU}),
        ([away(LIN, "2026-11-23T10:01", "2026-11-23T12:00", WU)], {LIN}),  # goes in a minute
        ([away(LIN, "2026-11-22T00:00", "2026-11-23T10:00", WU)], {LIN}),  # is back this very minute
        ([away(LIN, "2026-11-23T00:00", "2026-11-24T00:00")], set()),  # nobody for them: the stand-in role
        # A substitute who is away as well has a substitute.
        ([away(LIN, "2026-11-23T00:00", "2026-11-24T00:00", WU),
          away(WU, "2026-11-23T00:00", "2026-11-24T00:00", ZHOU)], {ZHOU}),
        # A circle is nobody, and it ends.
        ([away(LIN, "2026-11-23T00:00", "2026-11-24T00:00", WU),
          away(WU, "2026-11-23T00:00", "2026-11-24T00:00", LIN)], set()),
        ([away(LIN, "2026-11-23T00:00", "2026-11-24T00:00", 99)], set()),  # has left the house
    ],
)  # fmt: skip
def test_substitutes_at_ten_in_the_morning(aways: list[Away], who: set[int]) -> None:
    assert Rota(WEEK, aways, EVERYBODY).on_duty(AGENTS, at("2026-11-23T10:00")) == who


def test_the_next_shift_is_the_first_for_which_anybody_is_there() -> None:
    gone = [away(LIN, "2026-11-23T00:00", "2026-11-24T00:00")]
    assert Rota(WEEK, gone, EVERYBODY).on_duty(AGENTS, at("2026-11-23T08:00")) == {CHEN}


def test_on_a_day_without_roster_whoever_is_away_has_their_substitute_there() -> None:
    gone = [away(LIN, "2026-11-24T00:00", "2026-11-25T00:00", ZHOU), away(WU, "2026-11-24T00:00", "2026-11-25T00:00")]
    assert Rota(WEEK, gone, EVERYBODY).on_duty(AGENTS, at("2026-11-24T10:00")) == {CHEN, ZHOU}


@pytest.mark.parametrize("day", ["2026-03-29", "2026-04-12", "1991-04-14", "2026-10-25", "2026-12-31"])
def test_a_night_shift_has_eight_hours_on_every_day(day: str) -> None:
    """Shanghai has known no summer time since 1991, whatever other places do on these days."""
    starts, ends = window(dt.date.fromisoformat(day), *NIGHT)
    if day != "1991-04-14":
        assert ends - starts == dt.timedelta(hours=8)
    assert starts.astimezone(SHANGHAI).time() == dt.time(22) and ends.astimezone(SHANGHAI).time() == dt.time(6)


def test_a_shift_that_ends_when_it_begins_lasts_a_day() -> None:
    starts, ends = window(dt.date(2026, 11, 23), dt.time(8), dt.time(8))
    assert ends - starts == dt.timedelta(days=1)


_PEOPLE = st.sampled_from(sorted(EVERYBODY))
_HOURS = st.integers(0, 72).map(lambda hours: at("2026-11-22T12:00") + dt.timedelta(hours=hours))
_AWAY = st.builds(Away, _PEOPLE, _HOURS, _HOURS, st.none() | _PEOPLE)


@given(st.lists(_AWAY, max_size=6), _HOURS, st.sets(_PEOPLE))
def test_nobody_who_is_away_or_unfit_is_ever_on_duty(aways: list[Away], moment: dt.datetime, fit: set[int]) -> None:
    rota = Rota(WEEK, aways, fit)
    found = rota.on_duty(AGENTS, moment)
    assert found <= fit
    covered = any(turn.starts <= moment < turn.ends for turn in WEEK)
    if covered:  # whoever is next on duty may be away now
        assert all(rota.away(one, moment) is None for one in found)
