"""The review twice a week: its days round holidays, what it lists, one decision a case and review, one reminder."""

import datetime as dt

import pytest

from models import ReviewDay
from models.actors import SYSTEM
from models.desk.repair import finishing, reviews, visits
from models.errors import IllegalMove, Missing
from models.worktime import SHANGHAI
from tests.models.builders import House, repair
from tests.models.complaining import heard, office

pytestmark = pytest.mark.sqlite_only  # the race is in test_review_race.py


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.fixture
def who(session, now) -> House:
    return office(session, now)


@pytest.mark.parametrize(
    ("moment", "last", "following"),
    [
        ("2026-11-23T00:00", "2026-11-23", "2026-11-26"),  # Monday itself, from midnight on
        ("2026-11-25T23:59", "2026-11-23", "2026-11-26"),
        ("2026-11-26T00:00", "2026-11-26", "2026-11-30"),
        ("2026-11-29T12:00", "2026-11-26", "2026-11-30"),
        ("2026-10-05T12:00", "2026-09-28", "2026-10-08"),  # both of the holiday fall on the first day of work
        ("2026-10-08T09:00", "2026-10-08", "2026-10-12"),
        ("2026-02-20T09:00", "2026-02-12", "2026-02-24"),  # 春节
    ],
)
def test_a_review_moves_past_days_off(session, moment, last, following):
    assert reviews.times(session, now=at(moment)) == tuple(map(dt.date.fromisoformat, (last, following)))


def test_the_days_are_chosen_and_some_day_there_must_be(session, who, now):
    assert list(reviews.days(session)) == [0, 3]
    reviews.set_days(session, {1: who.engineer, 4: None})
    session.flush()
    reviews.set_days(session, {1: None, 2: who.engineer})
    session.flush()
    assert reviews.days(session) == {1: None, 2: who.engineer}
    assert reviews.times(session, now=at("2026-11-25T10:00"))[0] == dt.date(2026, 11, 25)
    assert reviews.reviewer(session, dt.date(2026, 11, 25), now=now) is who.engineer
    assert reviews.reviewer(session, dt.date(2026, 11, 24), now=now) is who.manager
    for wrong in ({}, {7: None}):
        with pytest.raises(Missing):
            reviews.set_days(session, wrong)
    assert session.query(ReviewDay).count() == 2


def test_what_is_past_its_limit_is_listed_until_it_is_finished_and_decided_once_a_review(session, who, now):
    case, other, urgent = (repair(session, who, now, problem=words) for words in ("漏水", "门坏了", "灯不亮"))
    monday, thursday = at("2026-11-30T10:00"), at("2026-12-03T10:00")
    assert reviews.overdue(session, now=now) == []
    with pytest.raises(reviews.NotOverdue):
        reviews.hold(session, case, "催", staff=who.manager, now=now)
    visits.accept(session, urgent, by=who.by_crew, now=now)
    visits.arrive(session, urgent, by=who.by_crew, now=now)
    visits.finish(session, urgent, note="好了", by=who.by_crew, now=now)
    finishing.delay(session, case, reason="等配件", until=dt.date(2026, 12, 1), by=SYSTEM, now=now)
    session.flush()
    assert {row.repair for row in reviews.overdue(session, now=monday)} == {case, other}
    with pytest.raises(Missing):
        reviews.hold(session, case, "  ", staff=who.manager, now=monday)
    held = reviews.hold(session, case, "换李师傅", staff=who.manager, now=monday)
    session.flush()
    rows = reviews.overdue(session, now=monday)
    assert [(row.repair, row.held) for row in rows] == [(other, None), (case, held)]
    assert (case.events[-1].name, case.events[-1].reason) == ("reviewed", "换李师傅")
    with pytest.raises(IllegalMove):
        reviews.hold(session, case, "再看", staff=who.engineer, now=monday + dt.timedelta(days=2))
    again = next(row for row in reviews.overdue(session, now=thursday) if row.repair is case)
    assert again.held is None and list(again.reviews) == [held], "on Thursday it comes up again"
    assert reviews.hold(session, case, "结案", staff=who.engineer, now=thursday).day == dt.date(2026, 12, 3)


def test_what_was_looked_at_takes_no_place_of_what_was_not(session, who, now):
    first, second = (repair(session, who, now, problem=words) for words in ("漏水", "门坏了"))
    monday = at("2026-11-30T10:00")
    reviews.hold(session, first, "换李师傅", staff=who.manager, now=monday)
    session.flush()
    assert [row.repair for row in reviews.overdue(session, now=monday, most=1)] == [second]


def test_who_holds_the_review_is_told_once_when_the_office_opens(session, who, now):
    assert reviews.remind(session, now=at("2026-11-30T09:00")) == 0, "nothing is overdue"
    repair(session, who, now)
    session.flush()
    assert reviews.remind(session, now=at("2026-11-30T08:59")) == 0
    assert [reviews.remind(session, now=at(f"2026-11-30T09:{minute}")) for minute in ("00", "01")] == [1, 0]
    assert reviews.remind(session, now=at("2026-12-01T09:00")) == 0, "it was yesterday"
    assert heard(session, who.manager).count("staff.review") == 1
    assert reviews.remind(session, now=at("2026-12-03T09:00")) == 1
