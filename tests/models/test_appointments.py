"""Appointments: booked, moved, cancelled, held, missed; told once to each; one seat for one person under any race."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import Appointment, Enquiry, Follower, Outgoing, Showroom, Staff, VisitPlan
from models.actors import By
from models.desk.account import people
from models.desk.sales import appointments, enquiries
from models.desk.sales.appointments import BookedAlready, Meeting, SlotTaken
from models.desk.staff import roles
from models.errors import DomainError, IllegalMove, Missing
from models.states import APPOINTMENT

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
#: Tuesday 24 November 2026, nine and eleven in Shanghai; `now` is the Saturday before.
NINE = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
ELEVEN = NINE + 2 * HOUR


@pytest.fixture
def company(session: Session, now: dt.datetime) -> Staff:
    """One designer with a WeChat, one showroom, one crew of two hours at a time on every day."""
    staff = Staff(username="lin", name="林设计", role=roles.plant(session)["designer"])
    session.add_all([staff, Showroom(name="滨江店", address="滨江区江南大道100号")])
    for visit in ("measure", "showroom"):
        for weekday in range(7):
            session.add(VisitPlan(visit=visit, weekday=weekday, starts=dt.time(9), ends=dt.time(13)))
    session.flush()
    people.find_or_add(session, "o-lin", now=now).staff_id = staff.id
    session.commit()
    return staff


def lead(session: Session, now: dt.datetime, openid: str = "o-1", **wish) -> Enquiry:
    who = people.find_or_add(session, openid, now=now)
    known = {"area": 89, "house_text": "翡翠城8幢1602"} | wish
    return enquiries.ask(session, who, enquiries.Wish(**known), by=By("customer", who.id), now=now)


def by(enquiry: Enquiry) -> By:
    return By("customer", enquiry.follower_id, "陈先生")


def booked(
    session: Session, enquiry: Enquiry, now: dt.datetime, visit: str = "measure", start=NINE, **more
) -> Appointment:
    return appointments.book(session, enquiry, Meeting(visit, start, **more), by=by(enquiry), now=now)


def keys(session: Session, prefix: str, state: str = "queued") -> list[str]:
    query = select(Outgoing.dedupe_key).where(Outgoing.dedupe_key.startswith(prefix), Outgoing.state == state)
    return list(session.scalars(query.order_by(Outgoing.id)))


def test_booking_raises_the_lead_tells_the_owner_and_reminds_the_day_before(session, company, now) -> None:
    enquiry = lead(session, now)
    visit = booked(session, enquiry, now, phone="13800138000", name="陈明")
    assert (visit.number, visit.state, visit.end_at, visit.where) == (
        "YY20261121-0001", "booked", ELEVEN, "翡翠城8幢1602",
    )  # fmt: skip
    assert (enquiry.state, enquiry.grade, enquiry.contact_phone) == ("visiting", "A", "13800138000")
    assert enquiry.customer.stage == "likely" and visit.owner is company
    assert keys(session, "visit:") == [f"visit:{visit.id}:booked:0:staff", f"visit:{visit.id}:reminder:0"]
    reminder = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.visit_reminder")).one()
    # Ten in the morning of Monday in Shanghai, and useless once the visit has begun.
    assert (reminder.not_before, reminder.next_try_at) == (dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC),) * 2
    assert reminder.not_after == NINE


def test_a_visit_of_tomorrow_that_is_booked_late_needs_no_reminder(session, company, now) -> None:
    visit = booked(session, lead(session, now), NINE - DAY + 2 * HOUR)
    assert keys(session, f"visit:{visit.id}:reminder") == []


def test_a_seat_is_given_once_and_the_other_times_stay_free(session, company, now) -> None:
    booked(session, lead(session, now, "o-1"), now)
    other = lead(session, now, "o-2")
    with pytest.raises(SlotTaken) as refused:
        booked(session, other, now)
    assert refused.value.facts == {"start": NINE.isoformat()}
    assert session.scalars(select(Appointment.enquiry_id).where(Appointment.seat_key.is_not(None))).all() != [other.id]
    assert (NINE, ELEVEN) not in appointments.free(session, "measure", now=now)
    assert booked(session, other, now, start=ELEVEN).start_at == ELEVEN
    assert (NINE, ELEVEN) in appointments.free(session, "showroom", now=now)


def test_as_many_as_there_are_seats(session, company, now) -> None:
    session.scalars(select(VisitPlan).where(VisitPlan.visit == "measure", VisitPlan.weekday == 1)).one().seats = 2
    for openid in ("o-1", "o-2"):
        booked(session, lead(session, now, openid), now)
    with pytest.raises(SlotTaken):
        booked(session, lead(session, now, "o-3"), now)


@pytest.mark.parametrize("start", [NINE + HOUR, NINE - 7 * DAY, NINE + 60 * DAY])
def test_a_time_that_nobody_plans_is_refused(session, company, now, start) -> None:
    with pytest.raises(SlotTaken):
        booked(session, lead(session, now), now, start=start)


def test_one_open_appointment_of_a_kind_and_one_of_each(session, company, now) -> None:
    enquiry = lead(session, now)
    booked(session, enquiry, now)
    with pytest.raises(BookedAlready):
        booked(session, enquiry, now, start=ELEVEN)
    visit = booked(session, enquiry, now, "showroom")
    assert visit.where == "滨江区江南大道100号"


def test_measuring_needs_a_house_and_a_closed_lead_gets_no_visit(session, company, now) -> None:
    enquiry = lead(session, now, house_text="")
    with pytest.raises(Missing) as missing:
        booked(session, enquiry, now)
    assert missing.value.key == "errors.no_house"
    assert booked(session, enquiry, now, house_text="江南里5幢1101").where == enquiry.house_text == "江南里5幢1101"
    other = lead(session, now, "o-2")
    enquiries.lost(session, other, reason="太远", by=by(other), now=now)
    with pytest.raises(IllegalMove):
        booked(session, other, now, start=ELEVEN)


def test_moving_frees_the_old_time_and_the_reminder_moves_along(session, company, now) -> None:
    visit = booked(session, lead(session, now), now)
    appointments.move(session, visit, NINE + DAY, by=by(visit.enquiry), now=now)
    assert (visit.state, visit.start_at, visit.end_at, visit.moved) == ("booked", NINE + DAY, ELEVEN + DAY, 1)
    event = visit.events[-1]
    assert (event.from_state, event.to_state, event.data["before"]) == ("booked", "booked", NINE.isoformat())
    assert (NINE, ELEVEN) in appointments.free(session, "measure", now=now)
    assert keys(session, f"visit:{visit.id}:reminder", "cancelled") == [f"visit:{visit.id}:reminder:0"]
    assert keys(session, f"visit:{visit.id}:reminder") == [f"visit:{visit.id}:reminder:1"]
    appointments.move(session, visit, NINE + DAY, by=by(visit.enquiry), now=now)  # the same time again is no move
    assert visit.moved == 1


def test_moving_to_a_taken_time_leaves_everything_as_it_was(session, company, now) -> None:
    booked(session, lead(session, now, "o-1"), now)
    visit = booked(session, lead(session, now, "o-2"), now, start=ELEVEN)
    with pytest.raises(SlotTaken):
        appointments.move(session, visit, NINE, by=by(visit.enquiry), now=now)
    assert (visit.start_at, visit.moved, len(visit.events)) == (ELEVEN, 0, 1)
    assert keys(session, f"visit:{visit.id}:reminder") == [f"visit:{visit.id}:reminder:0"]


def test_cancelling_frees_the_time_and_the_lead_has_to_be_called(session, company, now) -> None:
    enquiry = lead(session, now)
    visit = booked(session, enquiry, now)
    appointments.cancel(session, visit, reason="出差", by=by(enquiry), now=now)
    assert (visit.state, visit.seat_key, visit.holder_key, visit.close_reason) == ("cancelled", None, None, "出差")
    assert enquiry.state == "contacted" and keys(session, f"visit:{visit.id}:reminder") == []
    assert keys(session, f"visit:{visit.id}:cancelled") == [f"visit:{visit.id}:cancelled:0:staff"]
    assert booked(session, enquiry, now).start_at == NINE


def test_a_lead_with_another_visit_stays_visiting(session, company, now) -> None:
    enquiry = lead(session, now)
    visit = booked(session, enquiry, now)
    booked(session, enquiry, now, "showroom")
    appointments.cancel(session, visit, reason="", by=by(enquiry), now=now)
    assert enquiry.state == "visiting"
    appointments.missed(session, booked(session, enquiry, now), by=by(enquiry), now=ELEVEN)
    assert enquiry.state == "visiting", "the showroom is still to come"


def test_what_came_of_it_is_noted_afterwards_only(session, company, now) -> None:
    enquiry = lead(session, now)
    visit, agent = booked(session, enquiry, now), By("staff", company.id, company.name)
    for verb in (lambda: appointments.done(session, visit, note="量好了", by=agent, now=NINE - HOUR),
                 lambda: appointments.missed(session, visit, by=agent, now=NINE - HOUR)):  # fmt: skip
        with pytest.raises(IllegalMove) as early:
            verb()
        assert early.value.key == "errors.not_yet"
    with pytest.raises(Missing):
        appointments.done(session, visit, note=" ", by=agent, now=ELEVEN)
    appointments.done(session, visit, note="量好了", by=agent, now=ELEVEN)
    assert (visit.state, visit.state_name) == ("done", "已见面")
    assert (enquiry.state, enquiry.last_touch_at) == ("visiting", ELEVEN)
    late = booked(session, lead(session, now, "o-2"), now, start=ELEVEN)
    appointments.missed(session, late, by=agent, now=ELEVEN + HOUR)
    assert (late.state, late.enquiry.state) == ("missed", "contacted")


def test_what_staff_change_the_customer_hears_and_the_owner_hears_it_from_others_only(session, company, now) -> None:
    enquiry = lead(session, now)
    visit = booked(session, enquiry, now)
    other, owner = By("staff", 999, "小林"), By("staff", company.id, company.name)
    appointments.move(session, visit, NINE + DAY, by=owner, now=now)
    appointments.move(session, visit, NINE + 2 * DAY, by=other, now=now)
    appointments.cancel(session, visit, reason="设计师临时有事", by=owner, now=now)
    told = select(Outgoing.text_key).where(Outgoing.follower_id == enquiry.follower_id, Outgoing.state == "queued")
    assert session.scalars(told.order_by(Outgoing.id)).all() == [
        "notice.visit_moved", "notice.visit_moved", "notice.visit_cancelled",
    ]  # fmt: skip
    staff = select(Follower.id).where(Follower.staff_id == company.id)
    heard = session.scalars(select(Outgoing.text_key).where(Outgoing.follower_id == session.scalar(staff)))
    assert [key for key in heard if "visit" in key] == ["staff.visit_booked", "staff.visit_moved"]


@pytest.mark.parametrize("before", APPOINTMENT)
@pytest.mark.parametrize("verb", ["move", "cancel", "done", "missed"])
def test_every_step_is_refused_once_it_is_over(session, company, now, before, verb) -> None:
    visit = booked(session, lead(session, now), now)
    visit._state = before
    agent = By("staff", company.id, company.name)
    steps: dict[str, Callable[[], None]] = {
        "move": lambda: appointments.move(session, visit, NINE + 8 * DAY, by=agent, now=ELEVEN),
        "cancel": lambda: appointments.cancel(session, visit, reason="改主意", by=agent, now=ELEVEN),
        "done": lambda: appointments.done(session, visit, note="量好了", by=agent, now=ELEVEN),
        "missed": lambda: appointments.missed(session, visit, by=agent, now=ELEVEN),
    }
    if before == "booked":
        steps[verb]()
        assert visit.state == {"move": "booked", "cancel": "cancelled"}.get(verb, verb)
        return
    with pytest.raises(IllegalMove):
        steps[verb]()
    assert visit.state == before


def test_anybody_elses_appointment_is_as_if_it_were_not_there(session, company, now) -> None:
    visit = booked(session, lead(session, now), now)
    assert appointments.own(session, visit.follower_id, visit.id) is visit
    assert appointments.own(session, visit.follower_id + 1, visit.id) is None
    assert appointments.own(session, visit.follower_id, 4711) is None


def at_once(sessions: sessionmaker[Session], works: list[Callable[[Session], object]]) -> list[object]:
    """Each work in a transaction of its own, all begun together; what each returned or was refused with."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        gate.wait()
        try:
            with sessions.begin() as own:
                results[place] = works[place](own)
        except DomainError as refusal:
            results[place] = refusal

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_people_at_once_for_one_seat_are_one_appointment(session, sessions, company, now) -> None:
    ids = [lead(session, now, f"o-{n}").id for n in range(6)]
    session.commit()

    def wants(number: int) -> Callable[[Session], str]:
        return lambda own: booked(own, own.get_one(Enquiry, number), now).number

    results = at_once(sessions, [wants(number) for number in ids])
    assert sum(isinstance(one, str) for one in results) == 1
    assert sum(isinstance(one, SlotTaken) for one in results) == 5
    with sessions() as fresh:
        assert len(fresh.scalars(select(Appointment)).all()) == 1


def test_many_people_at_once_fill_every_seat_and_no_more(session, sessions, company, now) -> None:
    session.scalars(select(VisitPlan).where(VisitPlan.visit == "measure", VisitPlan.weekday == 1)).one().seats = 3
    ids = [lead(session, now, f"o-{n}").id for n in range(6)]
    session.commit()
    works = [lambda own, n=n: booked(own, own.get_one(Enquiry, n), now).seat_key for n in ids]
    results = at_once(sessions, works)
    seats = [one for one in results if isinstance(one, str)]
    assert len(seats) == len(set(seats)) == 3


def test_one_person_twice_at_once_has_one_appointment(session, sessions, company, now) -> None:
    number = lead(session, now).id
    session.commit()
    works = [lambda own, s=s: booked(own, own.get_one(Enquiry, number), now, start=s).number for s in (NINE, ELEVEN)]
    results = at_once(sessions, works)
    assert sum(isinstance(one, str) for one in results) == 1
    assert sum(isinstance(one, BookedAlready) for one in results) == 1


def test_two_who_move_to_the_last_seat_at_once(session, sessions, company, now) -> None:
    ids = [booked(session, lead(session, now, f"o-{n}"), now, start=NINE + n * DAY).id for n in (1, 2)]
    session.commit()

    def moves(number: int) -> Callable[[Session], str]:
        def work(own: Session) -> str:
            visit = own.get_one(Appointment, number)
            appointments.move(own, visit, NINE, by=by(visit.enquiry), now=now)
            return visit.number

        return work

    results = at_once(sessions, [moves(number) for number in ids])
    assert sorted(type(one).__name__ for one in results) == ["SlotTaken", "str"]
