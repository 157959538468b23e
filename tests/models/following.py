"""People to be followed up: a lead, a house that is finished, a building that is handed over; and the clock's round."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Appointment, Building, Customer, Enquiry, Enrolment, Estate, Follower, Project, ProjectMember, Touch
from models.actors import By
from models.desk.account import people
from models.desk.delivery import terms
from models.desk.followup import following, joining, releasing, sequences
from models.desk.sales import enquiries
from models.desk.sales.enquiries import Wish
from models.worktime import SHANGHAI

OPEN = terms.House()
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11) -> dt.datetime:
    """A moment in China; the tests' week is that of Saturday, 21 November 2026."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


def runs(session: Session, now: dt.datetime) -> int:
    """What the job does, in one transaction."""
    sequences.plant(session, now=now)
    for plan in sequences.all_current(session):
        if plan.active:
            joining.run(session, plan, now=now)
    following.moved(session, now=now)
    following.ended(session, now=now)
    return releasing.release(session, OPEN, now=now)


def person(session: Session, openid: str, now: dt.datetime, **facts: object) -> Follower:
    """Somebody on WeChat whose window is open for long, who wrote this morning."""
    row = people.find_or_add(session, openid, now=now)
    told = {"reply_until": now + 99 * DAY, "reply_left": 99, "last_heard_at": now - 4 * HOUR} | facts
    for name, value in told.items():
        setattr(row, name, value)
    session.flush()
    return row


def lead(session: Session, now: dt.datetime, openid: str = "o-lead", **wish: object) -> Enquiry:
    """Somebody who asked just now."""
    who = person(session, openid, now)
    told = {"asked": "89平多少钱", "area": 89, "phone": "13700137011", "name": "吴倩", "form": "女士"} | wish
    return enquiries.ask(session, who, Wish(**told), by=By("customer", who.id), now=now)


def visited(
    session: Session, enquiry: Enquiry, now: dt.datetime, *, number: str = "YY1", **facts: object
) -> Appointment:
    """A visit to the showroom that ended at `now` and was written down a minute later."""
    told = {
        "number": number, "visit": "showroom", "enquiry": enquiry, "follower": enquiry.follower, "moved": 0,
        "customer": enquiry.customer, "opened_at": now - 5 * DAY, "start_at": now - HOUR, "end_at": now,
        "closed_at": now + dt.timedelta(minutes=1), "_state": "done",
    } | facts  # fmt: skip
    row = Appointment(**told)
    session.add(row)
    session.flush()
    return row


def home(session: Session, now: dt.datetime, openid: str = "o-home", **facts: object) -> Project:
    """A contract on 翡翠城8幢1602 with an owner on WeChat."""
    estate = session.scalar(select(Estate).where(Estate.name == "翡翠城")) or Estate(name="翡翠城", aliases=["翡翠"])
    told = {"number": f"HT-{openid}", "estate": estate, "building": "8幢", "room": "1602", "created_at": now} | facts
    house, owner = Project(**told), Customer(name="陈明", form="先生", created_at=now)
    session.add_all([house, owner, ProjectMember(project=house, customer=owner, role="owner")])
    session.flush()
    if openid:
        person(session, openid, now).customer = owner
    session.flush()
    return house


def handed_over(session: Session, day: dt.date | None) -> Building:
    """翡翠城8幢 with its date."""
    estate = session.scalar(select(Estate).where(Estate.name == "翡翠城"))
    building = Building(estate=estate, name="8幢", handover_on=day)
    session.add(building)
    session.flush()
    return building


def steps(session: Session, enrolment: Enrolment | None = None) -> list[tuple[int, str, str]]:
    """(day, state, reason) of each step of the one there is, in order."""
    enrolment = enrolment or session.scalars(select(Enrolment)).one()
    touches = session.scalars(select(Touch).where(Touch.enrolment_id == enrolment.id)).all()
    rows = sorted(touches, key=lambda touch: touch.step.position)
    return [(row.step.offset_days, row.state, row.reason) for row in rows]


def planned(session: Session) -> list[dt.datetime]:
    """When each planned step is due, in China."""
    rows = session.scalars(select(Touch).where(Touch.state == "planned").order_by(Touch.due_at))
    return [row.due_at.astimezone(SHANGHAI).replace(tzinfo=None) for row in rows]
