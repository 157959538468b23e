"""The review of what is overdue 超期复核, twice a week: repairs past their limit, who looks, what was decided.

A review falls on its weekday, on a day without office hours on the next one that has some. What is decided about a
case counts for that review; while the case stays overdue it comes up again in the next.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from models.actors import By
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.repair import finishing
from models.desk.staff import calendar, duty
from models.errors import DomainError, IllegalMove, Missing
from models.houses import Project
from models.promises import Policy, Promise
from models.staff import Staff
from models.team import Review, ReviewDay
from models.work import Repair, Ticket
from models.worktime import WorkCalendar, local_day

#: Monday and Thursday, while nobody has chosen other days.
DAYS = (0, 3)
#: A review moves by so many days at most before it is given up: the longest holiday is shorter.
LATEST = 14
#: Cases that one review looks at.
MOST = 100


class NotOverdue(DomainError):
    """The repair is finished, or its limit has not passed."""

    key = "errors.not_overdue"


@dataclass(frozen=True)
class Row:
    """A repair past its limit, the promise that was missed, and what the reviews have said of it, the newest first."""

    repair: Repair
    promise: Promise
    reviews: Sequence[Review]
    #: The review of this time; None while nobody has looked.
    held: Review | None


def days(session: Session) -> dict[int, Staff | None]:
    """The weekdays of the review with who holds it; None: the manager on duty."""
    stored = session.scalars(select(ReviewDay).options(joinedload(ReviewDay.reviewer)).order_by(ReviewDay.weekday))
    return {row.weekday: row.reviewer for row in stored} or dict.fromkeys(DAYS)


def set_days(session: Session, chosen: Mapping[int, Staff | None]) -> None:
    """Reviews fall on these weekdays from now on; refused without any, and for what is no weekday."""
    if not chosen or not set(chosen) <= set(range(7)):
        raise Missing("errors.no_review_day", field="days")
    known = {row.weekday: row for row in session.scalars(select(ReviewDay).with_for_update())}
    for weekday, row in known.items():
        if weekday not in chosen:
            session.delete(row)
    for weekday, reviewer in chosen.items():
        row = known.get(weekday) or ReviewDay(weekday=weekday)
        row.reviewer_id = reviewer.id if reviewer is not None else None
        session.add(row)


def times(session: Session, *, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The day of the review that is on, or was last, and the day of the next."""
    office, today = calendar.office(session), local_day(now)
    weekdays = days(session)
    around = (today + dt.timedelta(days=number) for number in range(-LATEST - 7, LATEST + 8))
    held = sorted({_moved(office, day) for day in around if day.weekday() in weekdays})
    return max(day for day in held if day <= today), min(day for day in held if day > today)


def _moved(office: WorkCalendar, day: dt.date) -> dt.date:
    later = (day + dt.timedelta(days=number) for number in range(LATEST))
    return next((one for one in later if office.spans(one)), day)


def reviewer(session: Session, day: dt.date, *, now: dt.datetime) -> Staff | None:
    """Who holds the review of `day`, or who stands in; else the manager on duty."""
    chosen = days(session)
    # A review that a holiday moved belongs to the weekday it was moved from: the last one before.
    weekday = max(chosen, key=lambda one: -((day.weekday() - one) % 7))
    return duty.present(session, chosen[weekday], now=now) or duty.pick(session, "manager", now=now)


def overdue(session: Session, *, now: dt.datetime, most: int = MOST) -> list[Row]:
    """The repairs past their limit, longest first; not yet looked at in this review before those that were."""
    last, _ = times(session, now=now)
    # Sorted before the limit: what was looked at must not take the place of what was not.
    looked_at = exists().where(Review.repair_id == Repair.id, Review.day >= last)
    owed = (
        select(Repair, Promise)
        .join(Promise, Promise.ticket_id == Ticket.id)
        .join(Policy)
        .where(Policy.name.in_(finishing.NAMES), *finishing.past(now))
        .options(
            joinedload(Repair.project).joinedload(Project.estate), joinedload(Repair.crew), joinedload(Repair.owner)
        )
        .order_by(looked_at, Promise.due_at, Promise.id)
        .limit(most)
    )
    found = session.execute(owed).all()
    said: dict[int, list[Review]] = {}
    query = select(Review).where(Review.repair_id.in_([repair.id for repair, _ in found]))
    for row in session.scalars(query.options(joinedload(Review.reviewer)).order_by(Review.day.desc())):
        said.setdefault(row.repair_id, []).append(row)
    return [
        Row(repair, promise, one := said.get(repair.id, []), one[0] if one and one[0].day >= last else None)
        for repair, promise in found
    ]


def hold(session: Session, repair: Repair, words: str, *, staff: Staff, now: dt.datetime) -> Review:
    """The case was looked at, and `words` say what was decided; its story has it. Once a case and review.

    Refused without words, and for what is not past its limit.
    """
    if not words.strip():
        raise Missing(field="words")
    promise = finishing.find(session, repair)
    if promise is None or promise.due_at > now or not repair.is_open:
        raise NotOverdue(number=repair.number)
    # Held, so that two who look at the same case at once do not both decide.
    session.refresh(repair, with_for_update={"of": Ticket.__table__})
    day, _ = times(session, now=now)
    known = session.scalar(select(Review).where(Review.repair_id == repair.id, Review.day == day))
    if known is not None:
        raise IllegalMove("errors.reviewed_already", number=repair.number, name=known.reviewer.name)
    row = Review(day=day, repair=repair, reviewer=staff, words=words.strip()[:500], reviewed_at=now)
    session.add(row)
    repair.tell("reviewed", by=By("staff", staff.id, staff.name), now=now, reason=row.words)
    return row


def remind(session: Session, *, now: dt.datetime) -> int:
    """On the day of a review whoever holds it hears how many cases there are, once, when the office is open."""
    day, _ = times(session, now=now)
    if day != local_day(now) or not calendar.office(session).is_open(now):
        return 0
    late = select(func.count(Promise.id)).join(Policy).where(Policy.name.in_(finishing.NAMES), *finishing.past(now))
    count = session.scalar(late) or 0
    if not count:
        return 0
    letter = Letter("staff.review", {"count": count})
    who = reviewer(session, day, now=now)
    return int(outbox.to_staff(session, f"review:{day}", staff=who, letter=letter, now=now) is not None)
