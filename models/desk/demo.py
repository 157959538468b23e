"""The demo company: staff, crews, houses and a week of repairs, told by the desk's own verbs.

Only for an empty database. The openids are those of the sandbox's people.
"""

import datetime as dt
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import conversations, people, promises, repairs, roles, surveys, visits
from models.desk.repairs import Report
from models.houses import Crew, Estate, Phase, Project
from models.outbound import Outgoing
from models.people import Customer, Follower, ProjectMember
from models.promises import Calendar
from models.staff import Staff
from models.talk import Message
from models.work import Repair, Survey
from models.worktime import DEFAULT_HOURS

PASSWORD = "nuanju-demo"  # noqa: S105 — printed on the screen; only ever planted in an empty database
STAFF = (
    ("admin", "管理员", "admin", "13900000001"),
    ("manager", "周经理", "manager", "13900000002"),
    ("agent", "小林", "agent", "13900000003"),
    ("engineer", "赵工", "engineer", "13900000004"),
    ("marketing", "小许", "marketing", "13900000005"),
)
PHASES = ("签约", "开工交底", "水电验收", "材料进场", "中期验收", "竣工验收", "质保")
#: contract, estate, building, room, square metres, crew, stage, finished days ago.
HOUSES = (
    ("HT-2024-018", "翡翠城", "8幢", "1602", 118, 0, "in_warranty", 400),
    ("HT-2025-007", "城西公馆", "3幢", "802", 89, 0, "in_warranty", 210),
    ("HT-2025-031", "翡翠城", "11幢", "302", 96, 1, "in_warranty", 95),
    ("HT-2026-002", "江南里", "5幢", "1101", 140, 1, "building", None),
)
#: openid, name, form, phone, houses by index.
FAMILIES = (
    ("oNuanju_W2", "林晓", "女士", "13700137002", (1,)),
    ("oNuanju_W3", "周桂芳", "女士", "13600136003", (2, 3)),
)


#: category, place, problem.
Fault = tuple[str, str, str]


@dataclass(frozen=True)
class _Cast:
    staff: dict[str, Staff]
    crews: list[Crew]
    houses: list[Project]
    people: dict[str, Follower]


def plant(session: Session, now: dt.datetime) -> list[tuple[str, str, str]]:
    """The demo company stands; a database with any staff keeps what it has. Returns (username, password, title)."""
    if session.scalar(select(Staff.id).limit(1)) is None:
        promises.ensure_policies(session)
        session.add(Calendar(name="office", hours=DEFAULT_HOURS))
        cast = _cast(session, now)
        _story(session, cast, now)
        _letters_arrived(session)
    found = session.scalars(select(Staff).where(Staff.username.in_([row[0] for row in STAFF])).order_by(Staff.id))
    return [(person.username, PASSWORD, f"{person.role.title} {person.name}") for person in found]


def _cast(session: Session, now: dt.datetime) -> _Cast:
    by_role = roles.plant(session)
    secret = PasswordHasher().hash(PASSWORD)
    staff = {
        username: Staff(username=username, name=name, phone=phone, role=by_role[role], password_hash=secret)
        for username, name, role, phone in STAFF
    }
    session.add_all(staff.values())
    session.flush()
    lead = staff["engineer"]
    crews = [
        Crew(name="王师傅", phone="13500135001", trades=["水", "防水", "洁具", "瓷砖"], lead=lead),
        Crew(name="李师傅", phone="13500135002", trades=["电", "木作", "门窗", "墙面", "地板", "五金"], lead=lead),
    ]
    session.add_all(crews)
    houses = _houses(session, crews, lead, now)
    known: dict[str, Follower] = {}
    for openid, crew in zip(("oNuanju_C1", "oNuanju_C2"), crews, strict=True):
        known[openid] = people.find_or_add(session, openid, now=now)
        known[openid].crew = crew
    known["oNuanju_S1"] = people.find_or_add(session, "oNuanju_S1", now=now)
    known["oNuanju_S1"].staff = staff["agent"]
    for openid, name, form, phone, indexes in FAMILIES:
        follower = people.find_or_add(session, openid, now=now)
        customer = Customer(name=name, form=form, phone=phone, stage="in_warranty", source="转介绍", created_at=now)
        follower.customer, known[openid] = customer, follower
        session.add_all(ProjectMember(project=houses[i], customer=customer, role="owner") for i in indexes)
    session.flush()
    for follower in known.values():
        conversations.of(session, follower)
    people.issue_code(session, houses[0], now=now)
    return _Cast(staff, crews, houses, known)


def _houses(session: Session, crews: list[Crew], lead: Staff, now: dt.datetime) -> list[Project]:
    estates = {name: Estate(name=name, aliases=[]) for name in dict.fromkeys(row[1] for row in HOUSES)}
    houses = []
    for number, estate, building, room, area, crew, stage, age in HOUSES:
        done = (now - dt.timedelta(days=age)).date() if age else None
        house = Project(
            number=number, estate=estates[estate], building=building, room=room, area=area, crew=crews[crew],
            supervisor=lead, stage=stage, completed_on=done, created_at=now,
        )  # fmt: skip
        start = (done or now.date() + dt.timedelta(days=40)) - dt.timedelta(days=100)
        for position, name in enumerate(PHASES, 1):
            planned = start + dt.timedelta(days=17 * (position - 1))
            past = planned <= now.date()
            house.phases.append(
                Phase(position=position, name=name, planned_on=planned, actual_on=planned if past else None)
            )
        houses.append(house)
    session.add_all(houses)
    session.flush()
    return houses


def _story(session: Session, cast: _Cast, now: dt.datetime) -> None:
    """A week of the desk: one closed, one dissatisfied, one under way, one just in, one waiting for a person."""
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    lin, zhou = cast.people["oNuanju_W2"], cast.people["oNuanju_W3"]
    wang, li = (By("crew", crew.id, crew.name) for crew in cast.crews)

    closed = _report(session, lin, cast.houses[1], ("洁具", "卫生间", "马桶盖松了"), now - 6 * day)
    _served(session, closed, wang, now - 6 * day, "换了缓冲铰链")
    _rated(session, closed, lin, surveys.Rating(5, "师傅很细心", "positive"), now - 6 * day + 6 * hour)

    leak = _report(session, zhou, cast.houses[2], ("防水", "卫生间", "卫生间墙角渗水"), now - 2 * day)
    _served(session, leak, wang, now - 2 * day, "补了密封胶")
    _rated(session, leak, zhou, surveys.Rating(2, "还在渗", "negative"), now - day)

    door = _report(session, zhou, cast.houses[2], ("门窗", "主卧", "主卧门关不严"), now - 7 * hour)
    visits.accept(session, door, by=li, now=now - 7 * hour + 10 * dt.timedelta(minutes=1))

    _report(session, lin, cast.houses[1], ("电", "客厅", "客厅一路插座没电"), now - 20 * dt.timedelta(minutes=1))

    thread = conversations.of(session, zhou)
    words = "柜子门板颜色跟样板不一样，想找人看看"
    session.add(
        Message(conversation=thread, direction="in", author="customer", kind="text", text=words, created_at=now - hour)
    )
    thread.last_text, thread.last_message_at, thread.unread = words, now - hour, 1
    zhou.reply_until, zhou.reply_left, zhou.last_heard_at = now + 47 * hour, 5, now - hour
    conversations.hand_over(session, thread, reason="asked", words=words, now=now - hour)


def _report(session: Session, who: Follower, house: Project, fault: Fault, now: dt.datetime) -> Repair:
    category, place, problem = fault
    report = Report(problem=problem, project=house, category=category, place=place)
    by = By("customer", who.id, who.customer.call if who.customer else "")
    return repairs.open_repair(session, who, report, by=by, now=now)


def _served(session: Session, repair: Repair, by: By, opened: dt.datetime, note: str) -> None:
    minute = dt.timedelta(minutes=1)
    visits.accept(session, repair, by=by, now=opened + 12 * minute)
    visits.arrive(session, repair, by=by, now=opened + 150 * minute)
    visits.finish(session, repair, note=note, by=by, now=opened + 210 * minute)


def _rated(session: Session, repair: Repair, who: Follower, rating: surveys.Rating, now: dt.datetime) -> None:
    survey: Survey = surveys.plan(session, repair, now=now - dt.timedelta(minutes=30))
    survey.state, survey.asked_at = "asked", survey.planned_at
    by = By("customer", who.id, who.customer.call if who.customer else "")
    surveys.answer(session, survey, rating, by=by, now=now)


def _letters_arrived(session: Session) -> None:
    """The story lies in the past: nobody's phone is to ring for it now."""
    session.flush()
    for row in session.scalars(select(Outgoing).where(Outgoing.state == "queued")):
        row.state, row.rung, row.settled_at, row.attempts = "sent", "custom", row.created_at, 1
