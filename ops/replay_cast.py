"""Who stands before a replay begins: houses, crews, customers, staff and codes of the file's first line, as records.

Everything is the replay's own: openids and contract numbers carry its tag, so that no replay meets another one's people
or those of the demo company.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from models.actors import SYSTEM
from models.desk import promises
from models.desk.account import people
from models.desk.account.people import CODE_LIVES
from models.desk.marketing import events
from models.desk.staff import roles
from models.desk.talk import conversations
from models.houses import Crew, Estate, Phase, Project
from models.knowledge import Article
from models.people import BindingCode, Customer, Follower, ProjectMember
from models.staff import Role, Staff
from ops import replay_care, replay_complaints, replay_follow
from ops.replay_file import BadFile, Script
from ops.replay_sales import plant_offers

#: A window as the file may open it: so many messages within 48 hours of the beginning.
WINDOW = dt.timedelta(hours=48)
#: The line that every sentence about a setup names.
FIRST = 1


@dataclass
class Cast:
    """The replay's people and things by the names they have in the file."""

    tag: str
    openids: dict[str, str] = field(default_factory=dict)
    #: name in the file -> what people call them.
    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    #: People the records know before the first line; they follow already.
    known: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    #: The contract's number in the file -> as it stands in the records.
    contracts: dict[str, str] = field(default_factory=dict)
    #: The event's name in the file -> its id.
    events: dict[str, int] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)
    articles: list[int] = field(default_factory=list)

    def openid(self, who: str) -> str:
        """The openid of somebody in the file, the same throughout."""
        return self.openids.setdefault(who, f"or{self.tag}_{who}")

    def who(self, openid: str) -> str:
        """The name in the file of an openid; "" for strangers."""
        return next((name for name, known in self.openids.items() if known == openid), "")


def cast_of(session: Session, script: Script, tag: str, now: dt.datetime) -> Cast:
    """The setup stands in the records; BadFile where it names what it does not set up."""
    return _Setup(session, script.setup, Cast(tag), now).plant(script.people)


class _Setup:
    """One setup while it is being planted."""

    def __init__(self, session: Session, told: Mapping[str, Any], cast: Cast, now: dt.datetime) -> None:
        self._session, self._told, self._cast, self._now = session, told, cast, now
        self._crews: dict[str, Crew] = {}
        self._staff: dict[str, Staff] = {}
        self._houses: dict[str, Project] = {}
        self._estates: dict[str, Estate] = {}

    def plant(self, everybody: Sequence[str]) -> Cast:
        promises.ensure_policies(self._session)
        self._plant_staff()
        self._plant_crews()
        for one in self._told.get("estates", ()):
            self._estate(one if isinstance(one, str) else one.get("name"), one)
        for one in self._told.get("buildings", ()):
            replay_follow.plant_building(self._session, self._estate(one.get("estate")), one)
        for one in self._told.get("projects", ()):
            self._plant_house(one)
        for one in self._told.get("customers", ()):
            self._plant_customer(one)
        for one in self._told.get("callbacks", ()):
            replay_care.plant(self._session, self._house(one.get("project")), one, self._now)
        self._plant_codes()
        self._plant_articles()
        self._plant_events()
        plant_offers(self._session, self._told, self._cast.tag)
        self._open_windows()
        for one in self._told.get("complaints", ()):
            who = people.find_or_add(self._session, self._cast.openid(str(one["from"])), now=self._now)
            replay_complaints.plant(self._session, who, one, self._now)
        for who in everybody:
            self._cast.openid(who)
        return self._cast

    def _follower(self, one: Mapping[str, Any], kind: str) -> Follower:
        who, cast = str(one["from"]), self._cast
        cast.known.add(who)
        cast.names[who], cast.kinds[who] = str(one.get("name") or who), kind
        follower = people.find_or_add(self._session, cast.openid(who), now=self._now)
        conversations.of(self._session, follower)
        return follower

    def _plant_staff(self) -> None:
        known = roles.plant(self._session)
        for one in self._told.get("staff", ()):
            role: Role | None = known.get(str(one.get("role", "agent")))
            if role is None:
                raise BadFile(FIRST, f"staff 的 role 不认识 {one.get('role')}；可以是 {'、'.join(known)}")
            username = f"{one['from']}-{self._cast.tag}"
            staff = Staff(username=username, name=str(one.get("name") or one["from"]), role=role)
            self._session.add(staff)
            self._session.flush()
            self._follower(one, "staff").staff_id = staff.id
            self._staff[str(one["from"])] = staff

    def _plant_crews(self) -> None:
        lead = next((one for one in self._staff.values() if one.role.name == "engineer"), None)
        for one in self._told.get("crews", ()):
            name, trades = str(one.get("name") or one["from"]), list(one.get("trades") or [])
            crew = Crew(name=name, phone=str(one.get("phone") or ""), trades=trades, lead=lead)
            self._session.add(crew)
            self._session.flush()
            self._follower(one, "crew").crew_id = crew.id
            self._crews[str(one["from"])] = crew

    def _estate(self, name: Any, told: Any = None) -> Estate:
        """An estate is a fact of the town: one that the house knows already is shared."""
        if not name:
            raise BadFile(FIRST, "楼盘要有 name")
        found = self._estates.get(name) or self._session.scalar(select(Estate).where(Estate.name == str(name)))
        if found is None:
            aliases = list(told.get("aliases") or []) if isinstance(told, dict) else []
            place = {key: told[key] for key in ("lat", "lon") if key in told} if isinstance(told, dict) else {}
            found = Estate(name=str(name), aliases=aliases, **place)
            self._session.add(found)
        self._estates[str(name)] = found
        return found

    def _plant_house(self, one: Mapping[str, Any]) -> None:
        number = str(one.get("number") or f"HT{len(self._houses) + 1}")
        crew = one.get("crew")
        if crew is not None and crew not in self._crews:
            raise BadFile(FIRST, f"项目 {number} 的 crew 是 {crew}，但 crews 里没有 from 为 {crew} 的")
        supervisor = next((one for one in self._staff.values() if one.role.name == "engineer"), None)
        house = Project(
            number=f"{number}-{self._cast.tag}", estate=self._estate(one.get("estate")),
            building=str(one.get("building") or ""), room=str(one.get("room") or ""), area=one.get("area"),
            crew=self._crews.get(str(crew)), supervisor=supervisor, stage=str(one.get("stage") or "in_warranty"),
            completed_on=_day(one.get("completed")), created_at=self._now,
        )  # fmt: skip
        self._session.add(house)
        self._session.flush()
        for position, phase in enumerate(one.get("phases") or (), 1):
            days = {name: dt.date.fromisoformat(phase[name]) for name in ("planned_on", "actual_on") if phase.get(name)}
            house.phases.append(Phase(position=position, name=str(phase["name"]), **days))
        self._houses[number] = house
        self._cast.contracts[number] = house.number

    def _plant_customer(self, one: Mapping[str, Any]) -> None:
        follower = self._follower(one, "homeowner")
        customer = Customer(
            name=str(one.get("name") or ""), form=str(one.get("form") or ""),
            phone=people.clean_phone(str(one.get("phone") or "")), stage="in_warranty", created_at=self._now,
        )  # fmt: skip
        follower.customer = customer
        self._cast.names[str(one["from"])] = customer.call or str(one["from"])
        for number in one.get("projects") or ():
            self._session.add(ProjectMember(project=self._house(number), customer=customer, role="owner"))
        self._session.flush()

    def _house(self, number: Any) -> Project:
        if number not in self._houses:
            raise BadFile(FIRST, f"没有项目 {number}；setup 的 projects 里有 {'、'.join(self._houses) or '零个'}")
        return self._houses[number]

    def _plant_codes(self) -> None:
        """Codes are six random digits; the file writes <<code:NAME>> where the person types one."""
        for one in self._told.get("codes", ()):
            holder: Project | Crew | Staff | None
            if "project" in one:
                holder = self._house(one["project"])
            else:
                holder = self._crews.get(str(one.get("crew"))) or self._staff.get(str(one.get("staff")))
            if holder is None or not one.get("name"):
                raise BadFile(FIRST, "codes 的每一项要有 name，以及 project、crew 或 staff 之一")
            row: BindingCode = people.issue_code(self._session, holder, now=self._now)
            if one.get("expired"):
                row.expires_at = self._now - CODE_LIVES
            self._cast.codes[str(one["name"])] = row.code

    def _plant_articles(self) -> None:
        """Answers of the house; in a house that runs they are taken out of use again when the replay ends."""
        for one in self._told.get("articles", ()):
            if not one.get("question") or not one.get("answer"):
                raise BadFile(FIRST, "articles 的每一项要有 question 和 answer")
            row = Article(
                question=str(one["question"]), answer=str(one["answer"]), answer_en=str(one.get("answer_en") or ""),
                variants="\n".join(one.get("variants") or ()), updated_at=self._now, active=True,
            )  # fmt: skip
            self._session.add(row)
            self._session.flush()
            self._cast.articles.append(row.id)

    def _plant_events(self) -> None:
        """Events are open from the beginning; <<event:NAME>> is the scene of their code."""
        for one in self._told.get("events", ()):
            if not one.get("name") or not one.get("starts"):
                raise BadFile(FIRST, "events 的每一项要有 name 和 starts")
            plan = events.Plan(
                str(one["name"]), dt.datetime.fromisoformat(str(one["starts"])).astimezone(dt.UTC),
                place=str(one.get("place") or ""), capacity=one.get("capacity"),
            )  # fmt: skip
            event = events.make(self._session, plan, by=SYSTEM, now=self._now)
            event.move("open", by=SYSTEM, now=self._now)
            self._cast.events[str(one["name"])] = event.id

    def _open_windows(self) -> None:
        for who, left in (self._told.get("windows") or {}).items():
            if who not in self._cast.known or not isinstance(left, int) or not 0 <= left <= 5:
                raise BadFile(FIRST, f"windows 的 {who} 要是 setup 里的人，值是 0 到 5")
            follower = people.find_or_add(self._session, self._cast.openid(who), now=self._now)
            follower.reply_until, follower.reply_left = self._now + WINDOW, left
            self._cast.windows[who] = left


@contextmanager
def only_its_own(sessions: sessionmaker[Session], cast: Cast) -> Iterator[None]:
    """While a replay with crews of its own runs, no other crew takes its jobs; afterwards its crews and staff retire.

    For the sandbox only: the demo company's crews are back on duty when the block ends, however it ends.
    """
    own = list(cast.openids.values())
    crews = select(Follower.crew_id).where(Follower.openid.in_(own), Follower.crew_id.is_not(None))
    staff = select(Follower.staff_id).where(Follower.openid.in_(own), Follower.staff_id.is_not(None))
    with sessions.begin() as session:
        mine, colleagues = list(session.scalars(crews)), list(session.scalars(staff))
        others = list(session.scalars(select(Crew.id).where(Crew.active, Crew.id.not_in(mine)))) if mine else []
        session.execute(update(Crew).where(Crew.id.in_(others)).values(active=False))
    try:
        yield
    finally:
        with sessions.begin() as session:
            session.execute(update(Crew).where(Crew.id.in_(others)).values(active=True))
            session.execute(update(Crew).where(Crew.id.in_(mine)).values(active=False))
            retired = update(Article).where(Article.id.in_(cast.articles))
            session.execute(retired.values(active=False, updated_at=dt.datetime.now(dt.UTC)))
            session.execute(update(Staff).where(Staff.id.in_(colleagues)).values(active=False))


def _day(told: Any) -> dt.date | None:
    """A day as the file writes it; None for none."""
    try:
        return dt.date.fromisoformat(told) if told else None
    except (TypeError, ValueError):
        raise BadFile(FIRST, f"completed 要写成 2024-06-15，不是 {told}") from None
