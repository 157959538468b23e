"""The demo company: staff, crews, houses and a week of repairs, told by the desk's own verbs.

Only for an empty database. The openids are those of the sandbox's people.
"""

import datetime as dt
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk import promises
from models.desk.account import people
from models.desk.callback import surveys
from models.desk.delivery import ladder
from models.desk.demo import articles
from models.desk.demo import campaigns as demo_campaigns
from models.desk.demo import care as demo_care
from models.desk.demo import department as demo_department
from models.desk.demo import followup as demo_follow
from models.desk.demo import gifts as demo_gifts
from models.desk.demo import greetings as demo_greetings
from models.desk.demo import growth as demo_growth
from models.desk.demo import money as demo_money
from models.desk.demo import privacy as demo_privacy
from models.desk.demo import sales as demo_sales
from models.desk.demo import signing as demo_signing
from models.desk.demo import visits as demo_visits
from models.desk.repair import repairs, visits
from models.desk.repair.repairs import Report
from models.desk.staff import roles
from models.desk.talk import conversations
from models.houses import Crew, Estate, Phase, Project
from models.outbound import Outgoing
from models.people import Customer, Follower, ProjectMember
from models.promises import Calendar
from models.staff import Staff
from models.surveys import Survey
from models.talk import Message
from models.work import Repair
from models.worktime import DEFAULT_HOURS, at_clock, local_day

PASSWORD = "nuanju-demo"  # noqa: S105 — printed on the screen; only ever planted in an empty database
STAFF = (
    ("admin", "管理员", "admin", "13900000001"),
    ("manager", "周经理", "manager", "13900000002"),
    ("agent", "小林", "agent", "13900000003"),
    ("engineer", "赵工", "engineer", "13900000004"),
    ("marketing", "小许", "marketing", "13900000005"),
    ("designer", "林设计", "designer", "13900000006"),
)
PHASES = ("签约", "开工交底", "水电验收", "材料进场", "中期验收", "竣工验收", "质保")
#: contract, estate, building, room, square metres, crew, stage, finished days ago.
HOUSES = (
    ("HT-2024-018", "翡翠城", "8幢", "1602", 118, 0, "in_warranty", 400),
    ("HT-2025-007", "城西公馆", "3幢", "802", 89, 0, "in_warranty", 210),
    ("HT-2025-031", "翡翠城", "11幢", "302", 96, 1, "in_warranty", 95),
    ("HT-2026-002", "江南里", "5幢", "1101", 140, 1, "building", None),
    ("HT-2019-004", "城西公馆", "6幢", "301", 105, 0, "out_of_warranty", 2650),
)
#: openid, name, form, phone, houses by index.
FAMILIES = (
    ("oNuanju_W2", "林晓", "女士", "13700137002", (1,)),
    ("oNuanju_W3", "周桂芳", "女士", "13600136003", (2, 3, 4)),
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
        articles.plant(session, now)
        articles.in_vain(session, now)
        session.add(Calendar(name="office", hours=DEFAULT_HOURS))
        cast = _cast(session, now)
        _story(session, cast, now)
        demo_care.plant(session, list(cast.people.values())[-1], cast.houses[3], now)
        zhou = cast.people["oNuanju_W3"].customer
        assert zhou is not None  # she is one of the families
        demo_gifts.plant(session, cast.staff, zhou, cast.houses[3], now)
        demo_sales.plant(session, cast.staff, now)
        demo_signing.plant(session, cast.staff, cast.people["oNuanju_W2"], now)
        demo_privacy.plant(session, cast.staff, cast.people, now)
        demo_follow.plant(session, now)
        _letters_arrived(session)
        demo_growth.plant(session, cast.people["oNuanju_W2"], now=now)
        owners = [one.customer for one in cast.people.values() if one.customer is not None]
        demo_campaigns.plant(session, cast.staff, owners, now)
        demo_department.plant(session, cast.staff, now)
        demo_greetings.plant(session, cast.staff, cast.houses, owners, now)
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
    minute, hour = dt.timedelta(minutes=1), dt.timedelta(hours=1)
    lin, zhou = cast.people["oNuanju_W2"], cast.people["oNuanju_W3"]

    opened = _morning(now, 6)
    closed = _report(session, lin, cast.houses[1], ("洁具", "卫生间", "马桶盖松了"), opened)
    _served(session, closed, opened, "换了缓冲铰链")
    _rated(session, closed, lin, surveys.Rating(5, "师傅很细心", "positive"), opened + 6 * hour)

    demo_money.plant(session, zhou, cast.houses[4], now - 5 * hour)

    opened = _morning(now, 2)
    leak = _report(session, zhou, cast.houses[2], ("防水", "卫生间", "卫生间墙角渗水"), opened)
    _served(session, leak, opened, "补了密封胶")
    _rated(session, leak, zhou, surveys.Rating(2, "还在渗", "negative"), now - 50 * minute)

    door = _report(session, zhou, cast.houses[2], ("门窗", "主卧", "主卧门关不严"), now - 7 * hour)
    visits.accept(session, door, by=_crew_of(door), now=now - 7 * hour + 10 * minute)

    _report(session, lin, cast.houses[1], ("水", "厨房", "厨房龙头滴水"), now - 20 * minute)
    demo_visits.plant(session, zhou, cast.houses[3], now)
    _asks_for_a_person(session, zhou, "柜子门板颜色跟样板不一样，想找人看看", now - hour)


def _morning(now: dt.datetime, days: int) -> dt.datetime:
    """Ten o'clock in Beijing, so many days ago."""
    day = local_day(now) - dt.timedelta(days=days)
    return at_clock(day, dt.time(10))


def _asks_for_a_person(session: Session, who: Follower, words: str, at: dt.datetime) -> None:
    thread = conversations.of(session, who)
    message = Message(conversation=thread, direction="in", author="customer", kind="text", text=words, created_at=at)
    session.add(message)
    thread.last_text, thread.last_message_at, thread.unread = words, at, 1
    who.reply_until, who.reply_left, who.last_heard_at = at + ladder.MESSAGE_WINDOW, ladder.MESSAGE_COUNT, at
    conversations.hand_over(session, thread, reason="asked", words=words, now=at)


def _crew_of(repair: Repair) -> By:
    assert repair.crew is not None  # every house of the demo has one
    return By("crew", repair.crew.id, repair.crew.name)


def _report(session: Session, who: Follower, house: Project, fault: Fault, now: dt.datetime) -> Repair:
    category, place, problem = fault
    report = Report(problem=problem, project=house, category=category, place=place)
    by = By("customer", who.id, who.customer.call if who.customer else "")
    return repairs.open_repair(session, who, report, by=by, now=now)


def _served(session: Session, repair: Repair, opened: dt.datetime, note: str) -> None:
    minute, by = dt.timedelta(minutes=1), _crew_of(repair)
    visits.accept(session, repair, by=by, now=opened + 12 * minute)
    visits.arrive(session, repair, by=by, now=opened + 150 * minute)
    visits.finish(session, repair, note=note, by=by, now=opened + 210 * minute)


def _rated(session: Session, repair: Repair, who: Follower, rating: surveys.Rating, now: dt.datetime) -> None:
    survey: Survey = surveys.plan(session, repair, now=now - dt.timedelta(minutes=30))
    survey.state, survey.asked_at = "asked", survey.planned_at
    _letters_arrived(session)
    by = By("customer", who.id, who.customer.call if who.customer else "")
    surveys.answer(session, survey, rating, by=by, now=now)


def _letters_arrived(session: Session) -> None:
    """The story lies in the past: nobody's phone is to ring for it now."""
    session.flush()
    for row in session.scalars(select(Outgoing).where(Outgoing.state == "queued")):
        row.state, row.rung, row.settled_at, row.attempts = "sent", "custom", row.created_at, 1
