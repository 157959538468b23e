"""Appointments: booked into a free seat, moved, cancelled, held or missed. Each change tells those whom it concerns.

A seat is one of the few that a time has; holding it is a unique key, so two people can never have the same one,
whichever door they come by and however close together.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.numbers import next_number
from models.desk.repair import notices
from models.desk.sales import enquiries, slots
from models.desk.staff import calendar
from models.errors import DomainError, IllegalMove, Missing
from models.outbound import Outgoing
from models.sales import VISITS, Appointment, Enquiry, Showroom, VisitPlan
from models.worktime import at_clock, local_day

#: The reminder goes out at this hour of the day before, if that is still to come.
REMIND_AT = dt.time(10)
#: A step told later than this would only confuse.
STEP_LIVES = dt.timedelta(hours=12)


class SlotTaken(DomainError):
    """Somebody else has that time, or nobody plans visits then any more."""

    key = "errors.slot_taken"


class BookedAlready(DomainError):
    """The person has an appointment of this kind; it can be moved."""

    key = "errors.booked_already"


@dataclass(frozen=True)
class Meeting:
    """What is to be booked: which kind, when it begins, and where."""

    visit: str
    start: dt.datetime
    house_text: str = ""
    phone: str = ""
    name: str = ""


def plans_of(session: Session, visit: str) -> list[VisitPlan]:
    """The plans that hold for one kind of visit."""
    return list(session.scalars(select(VisitPlan).where(VisitPlan.visit == visit, VisitPlan.active)))


def taken(session: Session) -> dict[str, dict[dt.datetime, int]]:
    """How many seats are held, by kind and beginning."""
    found: dict[str, dict[dt.datetime, int]] = {visit: {} for visit in VISITS}
    held = select(Appointment.visit, Appointment.start_at).where(Appointment.seat_key.is_not(None))
    for visit, start in session.execute(held):
        found[visit][start] = found[visit].get(start, 0) + 1
    return found


def free(session: Session, visit: str, *, now: dt.datetime) -> list[slots.Span]:
    """The times of this kind that can be booked now."""
    return slots.free(plans_of(session, visit), taken(session)[visit], calendar.office(session), now=now)


def book(session: Session, enquiry: Enquiry, meeting: Meeting, *, by: By, now: dt.datetime) -> Appointment:
    """The visit is booked: the owner is told, the customer reminded the day before, the lead is as good as they get.

    SlotTaken when the time is not free, BookedAlready when the enquiry has such a visit, Missing without a house to
    measure. A closed enquiry is refused.
    """
    if not enquiry.is_open:
        raise IllegalMove(number=enquiry.number, state=enquiry.state_name, to="预约")
    house = meeting.house_text or enquiry.house
    if meeting.visit == "measure" and not house.strip():
        raise Missing("errors.no_house", field="house")
    if _holds(session, enquiry, meeting.visit) is not None:
        raise BookedAlready(visit=meeting.visit)
    wish = enquiries.Wish(phone=meeting.phone, name=meeting.name, house_text=house if not enquiry.house_text else "")
    enquiries.learn(session, enquiry, wish, by=by, now=now)
    appointment = _seated(session, enquiry, meeting, now)
    appointment.tell("booked", by=by, now=now, start=meeting.start.isoformat())
    enquiries.visiting(session, enquiry, by=by, now=now)
    enquiries.regrade(session, enquiry, now=now)
    _tell(session, appointment, "booked", by, now)
    _remind(session, appointment, now)
    return appointment


def move(session: Session, appointment: Appointment, start: dt.datetime, *, by: By, now: dt.datetime) -> None:
    """It begins at another time, and the old one is free again. SlotTaken leaves everything as it was."""
    if appointment.state != "booked":
        raise IllegalMove(number=appointment.number, state=appointment.state_name, to="改约")
    before = appointment.start_at
    if start == before:
        return
    _reseat(session, appointment, start, now)
    appointment.moved += 1
    appointment.move("booked", by=by, now=now, before=before.isoformat(), start=start.isoformat())
    _forget_reminders(session, appointment, now)
    _tell(session, appointment, "moved", by, now)
    _remind(session, appointment, now)


def cancel(session: Session, appointment: Appointment, *, reason: str, by: By, now: dt.datetime) -> None:
    """Nobody comes; the time is free again. The lead stays and somebody has to call."""
    _over(session, appointment, "cancelled", by, now, reason)
    _tell(session, appointment, "cancelled", by, now)
    _fell_through(session, appointment, by, now)


def remark(session: Session, appointment: Appointment, words: str, *, by: By, now: dt.datetime) -> None:
    """What the customer says about the visit is on its record and with its owner; time and place stay as they are."""
    if appointment.state != "booked":
        raise IllegalMove(number=appointment.number, state=appointment.state_name, to="转告")
    event = appointment.tell("note", by=by, now=now, reason=words.strip())
    session.flush()
    letter = Letter("staff.visit_said", facts_of(appointment) | {"reason": words.strip()})
    key = f"visit:{appointment.id}:said:{event.id}"
    notices.tell_staff(session, appointment.owner, key, letter, now=now, ticket=appointment)


def done(session: Session, appointment: Appointment, *, note: str, by: By, now: dt.datetime) -> None:
    """They met; `note` says what came of it. Refused before it began and without a note."""
    if not note.strip():
        raise Missing(field="note")
    if now < appointment.start_at:
        raise IllegalMove("errors.not_yet", number=appointment.number)
    _over(session, appointment, "done", by, now, note)
    appointment.enquiry.last_touch_at = now


def missed(session: Session, appointment: Appointment, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """The customer did not come. Refused before it began."""
    if now < appointment.start_at:
        raise IllegalMove("errors.not_yet", number=appointment.number)
    _over(session, appointment, "missed", by, now, reason)
    _fell_through(session, appointment, by, now)


def _fell_through(session: Session, appointment: Appointment, by: By, now: dt.datetime) -> None:
    """Somebody has to call, unless the lead has another visit to come."""
    if not any(other.state == "booked" for other in appointment.enquiry.appointments):
        enquiries.fell_through(session, appointment.enquiry, by=by, now=now)


def own(session: Session, follower_id: int, appointment_id: Any) -> Appointment | None:
    """The person's appointment with this id; None for anybody else's, existing or not."""
    found = session.get(Appointment, appointment_id)
    return found if found is not None and found.follower_id == follower_id else None


def _over(session: Session, appointment: Appointment, to: str, by: By, now: dt.datetime, reason: str) -> None:
    appointment.move(to, by=by, now=now, reason=reason.strip())
    appointment.seat_key = appointment.holder_key = None
    appointment.closed_at, appointment.close_reason = now, reason.strip()[:200]
    session.flush()
    _forget_reminders(session, appointment, now)


def _holds(session: Session, enquiry: Enquiry, visit: str) -> Appointment | None:
    return session.scalar(select(Appointment).where(Appointment.holder_key == f"{enquiry.id}:{visit}"))


def _seated(session: Session, enquiry: Enquiry, meeting: Meeting, now: dt.datetime) -> Appointment:
    """A new appointment that holds a seat of the wanted time; SlotTaken, or BookedAlready, and there is none."""
    number = next_number(session, "YY", now=now)
    for key, (start, end) in _free_seats(session, meeting.visit, meeting.start, now):
        try:
            with session.begin_nested():
                appointment = Appointment(
                    number=number,
                    visit=meeting.visit,
                    enquiry=enquiry,
                    showroom=showroom_of(session) if meeting.visit == "showroom" else None,
                    follower=enquiry.follower,
                    customer=enquiry.customer,
                    owner=enquiry.owner,
                    house_text=(meeting.house_text or enquiry.house)[:120],
                    contact_name=meeting.name or enquiry.contact_name,
                    contact_phone=people.clean_phone(meeting.phone) or enquiry.contact_phone,
                    opened_at=now,
                    start_at=start,
                    end_at=end,
                    moved=0,
                    seat_key=key,
                    holder_key=f"{enquiry.id}:{meeting.visit}",
                )
                session.add(appointment)
            return appointment
        except IntegrityError:  # somebody sat down since we looked
            if _holds(session, enquiry, meeting.visit) is not None:
                raise BookedAlready(visit=meeting.visit) from None
    raise SlotTaken(start=meeting.start.isoformat())


def _reseat(session: Session, appointment: Appointment, start: dt.datetime, now: dt.datetime) -> None:
    """The appointment holds a seat at `start`, or SlotTaken and it holds the one it had."""
    for key, span in _free_seats(session, appointment.visit, start, now):
        try:
            with session.begin_nested():
                appointment.seat_key = key
                appointment.start_at, appointment.end_at = span
            return
        except IntegrityError:
            continue
    raise SlotTaken(start=start.isoformat())


def _free_seats(session: Session, visit: str, start: dt.datetime, now: dt.datetime) -> Iterator[tuple[str, slots.Span]]:
    """The seats at `start` that nobody holds as far as we can see, with the span of such a visit."""
    seats, span = slots.seats(plans_of(session, visit), start, calendar.office(session), now=now)
    keys = [f"{visit}:{start.astimezone(dt.UTC).isoformat()}:{seat}" for seat in range(1, seats + 1)]
    held = set(session.scalars(select(Appointment.seat_key).where(Appointment.seat_key.in_(keys))))
    return ((key, span) for key in keys if key not in held)


def showroom_of(session: Session) -> Showroom | None:
    """The showroom that visitors come to: the first that is open to the public."""
    return session.scalars(select(Showroom).where(Showroom.active).order_by(Showroom.id)).first()


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """The facts that texts about an appointment may name; empty ones are left out."""
    facts: dict[str, Any] = {
        "number": appointment.number,
        "visit": appointment.visit,
        "when_start": appointment.start_at.isoformat(),
        "when_end": appointment.end_at.isoformat(),
        "where": appointment.where,
        "showroom": appointment.showroom.name if appointment.showroom else "",
        "customer": appointment.customer.call if appointment.customer else "",
        "reason": appointment.close_reason,
        "phone_masked": people.mask_phone(appointment.contact_phone),
    }
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _tell(session: Session, appointment: Appointment, step: str, by: By, now: dt.datetime) -> None:
    """The owner hears of what the customer did, the customer of what we did."""
    key = f"visit:{appointment.id}:{step}:{appointment.moved}"
    facts = facts_of(appointment)
    if by.kind != "staff" or by.id != appointment.owner_id:
        letter = Letter(f"staff.visit_{step}", facts)
        notices.tell_staff(session, appointment.owner, f"{key}:staff", letter, now=now, ticket=appointment)
    if by.kind == "staff" and appointment.follower is not None:
        letter = Letter(f"notice.visit_{step}", facts)
        outbox.post(
            session, key, to=appointment.follower, letter=letter, now=now, ticket=appointment,
            not_after=now + STEP_LIVES,
        )  # fmt: skip


def _remind(session: Session, appointment: Appointment, now: dt.datetime) -> None:
    """The day before, by the row's own time; a visit that is nearer than that needs no reminder."""
    at = remind_at(appointment)
    if appointment.follower is None or at <= now:
        return
    outbox.post(
        session, f"{_reminders(appointment)}{appointment.moved}", to=appointment.follower,
        letter=Letter("notice.visit_reminder", facts_of(appointment)), now=now, ticket=appointment, not_before=at,
        not_after=appointment.start_at,
    )  # fmt: skip


def remind_at(appointment: Appointment) -> dt.datetime:
    """When the reminder is due: the morning of the day before."""
    return at_clock(local_day(appointment.start_at) - dt.timedelta(days=1), REMIND_AT)


def _reminders(appointment: Appointment) -> str:
    return f"visit:{appointment.id}:reminder:"


def _forget_reminders(session: Session, appointment: Appointment, now: dt.datetime) -> None:
    reminders = Outgoing.dedupe_key.startswith(_reminders(appointment), autoescape=True)
    outbox.withdraw(session, Outgoing.ticket_id == appointment.id, reminders, reason="overtaken", now=now)
