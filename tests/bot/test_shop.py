"""What we offer, as every turn has it: read anew, hours by the calendar, times without those that are taken."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from bot.inbox.shop import Shop, hours, map_of, next_open, read_shop, said_of
from models import Package, Showroom, VisitPlan
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.sales import appointments, enquiries
from models.desk.sales.appointments import Meeting
from models.worktime import SHANGHAI, WorkCalendar

OFFICE = WorkCalendar()


def room(**more) -> Showroom:
    known = {
        "name": "滨江店",
        "address": "江南大道100号",
        "opens": dt.time(9),
        "shuts": dt.time(18),
        "weekdays": list(range(7)),
    }
    return Showroom(**(known | {"phone": "", "route": ""} | more))


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("now", "until", "opens"),
    [
        (at(21, 8, 59), "", at(21, 9)), (at(21, 9), at(21, 18), ""), (at(21, 17, 59), at(21, 18), ""),
        (at(21, 18), "", at(22, 9)), (at(21, 23), "", at(22, 9)),
    ],
)  # fmt: skip
def test_open_now_until_or_opens_next(now, until, opens) -> None:
    facts = said_of(room(), now, OFFICE)
    assert facts.get("until", "") == (until and until.isoformat())
    assert facts.get("next_open", "") == (opens and opens.isoformat())


def test_closed_weekdays_and_days_that_the_calendar_closes() -> None:
    weekend_off = room(weekdays=[0, 1, 2, 3, 4])
    assert hours(weekend_off, dt.date(2026, 11, 21), OFFICE) is None
    assert next_open(weekend_off, at(21, 10), OFFICE) == at(23, 9).isoformat()
    closed = WorkCalendar(overrides={dt.date(2026, 11, 21): False})
    assert hours(room(), dt.date(2026, 11, 21), closed) is None
    assert hours(room(), dt.date(2026, 1, 1), OFFICE) is None  # a public holiday


def test_a_showroom_that_never_opens_says_nothing_of_hours() -> None:
    assert {"until", "next_open"}.isdisjoint(said_of(room(weekdays=[]), at(21, 10), OFFICE))


def test_the_map_is_a_link_that_may_be_shown() -> None:
    assert map_of(room()) == ""
    assert map_of(room(lat=30.2, lng=120.2)) == (
        "https://uri.amap.com/marker?position=120.2,30.2&name=%E6%BB%A8%E6%B1%9F%E5%BA%97"
    )


def test_the_shop_has_what_is_active_and_the_seats_that_are_left(session: Session, now: dt.datetime) -> None:
    session.add_all([room(), VisitPlan(visit="measure", weekday=1, starts=dt.time(9), ends=dt.time(13))])
    for position, (name, active) in enumerate((("二", True), ("一", True), ("停", False))):
        session.add(Package(name=name, style="现代", price_low=1, price_high=2, active=active, position=10 - position))
    session.flush()
    who = people.find_or_add(session, "o-1", now=now)
    enquiry = enquiries.ask(session, who, enquiries.Wish(house_text="翡翠城8幢1602"), by=SYSTEM, now=now)
    appointments.book(session, enquiry, Meeting("measure", at(24, 9)), by=SYSTEM, now=now)
    session.commit()
    shop = read_shop(session)
    facts = shop.facts(now, OFFICE)
    assert [one.name for one in facts["offers"]] == ["一", "二"]
    assert shop.room(now, OFFICE)["address"] == "江南大道100号"
    assert [slot.start for slot in facts["free_slots"]("measure")][:2] == [at(24, 11), at(1, 9).replace(month=12)]
    assert facts["free_slots"]("showroom") == ()


def test_an_empty_shop_offers_nothing(now: dt.datetime) -> None:
    facts = Shop().facts(now, OFFICE)
    assert (facts["offers"], Shop().room(now, OFFICE), facts["free_slots"]("measure")) == ((), {}, ())
