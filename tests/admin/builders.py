"""A small desk for the panel's tests: everyone with a log-in, one household, one crew, a repair under way."""

import datetime as dt
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from models import (
    Appointment,
    Attachment,
    Conversation,
    Crew,
    Customer,
    Enquiry,
    Estate,
    Follower,
    Message,
    Outgoing,
    Package,
    Phase,
    Project,
    ProjectMember,
    Repair,
    Role,
    Showroom,
    Staff,
    Survey,
    VisitPlan,
)
from models.actors import By
from models.desk import escalations, promises
from models.desk.account import people
from models.desk.repair import repairs
from models.desk.repair.repairs import Report
from models.desk.sales import appointments, enquiries
from models.desk.staff import roles
from models.desk.talk import conversations

PASSWORD = "a long enough password"
#: Hashed once with little work: tests log in hundreds of times.
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
PHONE = "13800138000"
CREW_PHONE = "13900139001"
NAMES = {
    "admin": "管理员",
    "manager": "周经理",
    "agent": "小林",
    "engineer": "赵工",
    "marketing": "小许",
    "finance": "小钱",
    "designer": "林设计",
}


@dataclass
class Desk:
    """What `plant` made, for tests to speak of."""

    staff: dict[str, Staff]
    project: Project
    crew: Crew
    other_crew: Crew
    customer: Customer
    follower: Follower
    conversation: Conversation
    repair: Repair
    lost: Outgoing
    photo: Attachment
    enquiry: Enquiry
    visit: Appointment
    package: Package


def staff(session: Session, **overrides) -> dict[str, Staff]:
    """One person for each role; the user name is the role's."""
    by_role: dict[str, Role] = roles.plant(session)
    found = {
        name: Staff(username=name, name=title, role=by_role[name], password_hash=HASH, phone="13700137007", **overrides)
        for name, title in NAMES.items()
    }
    session.add_all(found.values())
    session.flush()
    return found


def household(session: Session, now: dt.datetime, crew: Crew, *, number: str = "HT-2025-001") -> Project:
    """A house with its owner, who follows the account."""
    estate = session.query(Estate).filter_by(name="翡翠城").one_or_none() or Estate(name="翡翠城", aliases=["翡翠"])
    project = Project(
        number=number, estate=estate, building="8幢", room="1602", crew=crew, stage="in_warranty", created_at=now
    )
    customer = Customer(name="陈大明", form="先生", phone=PHONE, stage="in_warranty", created_at=now)
    session.add_all([project, customer, ProjectMember(project=project, customer=customer, role="owner")])
    session.add(Phase(project=project, position=1, name="签约", planned_on=now.date()))
    session.flush()
    return project


def follower(session: Session, customer: Customer, now: dt.datetime, openid: str = "oOwner") -> Follower:
    """The customer's WeChat, who has just written."""
    row = Follower(
        openid=openid,
        customer=customer,
        created_at=now,
        subscribed_at=now,
        last_heard_at=now,
        reply_until=now + dt.timedelta(hours=41),
        reply_left=3,
    )
    session.add(row)
    session.flush()
    return row


def heard(session: Session, row: Follower, text: str, now: dt.datetime) -> Message:
    """The customer wrote `text`."""
    talk = conversations.of(session, row)
    message = Message(conversation=talk, direction="in", author="customer", text=text, created_at=now)
    talk.last_text, talk.last_message_at, talk.unread = text, now, talk.unread + 1
    session.add(message)
    session.flush()
    return message


def reported(session: Session, row: Follower, project: Project, now: dt.datetime, problem: str = "水槽漏水") -> Repair:
    """A repair by the customer, given to the crew of the house."""
    report = Report(problem=problem, project=project, category="水", place="厨房", phone=PHONE)
    return repairs.open_repair(session, row, report, by=By("customer", row.id, "陈先生"), now=now)


def plant(session: Session, now: dt.datetime) -> Desk:
    """Everything; not committed."""
    people_ = staff(session)
    promises.ensure_policies(session)
    crew = Crew(name="王师傅", phone=CREW_PHONE, trades=["水"], lead=people_["engineer"])
    other = Crew(name="李师傅", phone="13900139002", trades=[])
    session.add_all([crew, other])
    project = household(session, now, crew)
    customer = project.members[0].customer
    owner = follower(session, customer, now)
    message = heard(session, owner, f"厨房水槽漏水，电话{PHONE}", now)
    repair = reported(session, owner, project, now, f"厨房水槽漏水，打{PHONE}")
    talk = conversations.of(session, owner)
    conversations.hand_over(session, talk, reason="asked", words="人工", now=now)
    escalations.raise_(session, "dissatisfied", repair, words="还在滴水", now=now, cause="1")
    people.issue_code(session, project, now=now, customer=customer)
    lost = Outgoing(
        dedupe_key="lost:1", follower=owner, purpose="service", body=f"师傅电话{CREW_PHONE}", state="unknown",
        reason="worker_lost", not_before=now, next_try_at=now, created_at=now, ticket=repair,
    )  # fmt: skip
    session.add(Survey(ticket=repair, follower=owner, state="asked", planned_at=now, asked_at=now))
    photo = Attachment(message=message, follower_id=owner.id, ticket_id=repair.id, kind="image", created_at=now)
    session.add_all([lost, photo])
    session.flush()
    return Desk(people_, project, crew, other, customer, owner, talk, repair, lost, photo, *lead(session, owner, now))


def lead(session: Session, who: Follower, now: dt.datetime) -> tuple[Enquiry, Appointment, Package]:
    """The household asks for a second home: a lead of the designer's with a measuring visit, and what is on offer."""
    package = Package(name="暖居·简白", style="现代简约", price_low=99900, price_high=129900, picture="", position=1)
    session.add_all([package, Showroom(name="滨江店", address="江南大道100号")])
    for weekday in range(7):
        for visit in ("measure", "showroom"):
            session.add(VisitPlan(visit=visit, weekday=weekday, starts=dt.time(9), ends=dt.time(17)))
    session.flush()
    by = By("customer", who.id, "陈先生")
    wish = enquiries.Wish(asked="多少钱", area=89, style="现代简约", house_text="翡翠城8幢1602", phone=PHONE)
    enquiry = enquiries.ask(session, who, wish, by=by, now=now)
    start = appointments.free(session, "measure", now=now)[0][0]
    visit = appointments.book(session, enquiry, appointments.Meeting("measure", start), by=by, now=now)
    session.flush()
    return enquiry, visit, package
