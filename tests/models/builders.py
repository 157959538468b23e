"""Builders: `house(session, now)` is a small company with one homeowner, two crews and four colleagues."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Crew, Customer, Estate, Follower, Outgoing, Project, ProjectMember, Repair, Staff
from models.actors import By
from models.desk.account import people
from models.desk.delivery import outbox
from models.desk.repair import repairs
from models.desk.repair.repairs import Report
from models.desk.staff import roles


@dataclass(frozen=True)
class House:
    """Everybody a scene about one repair needs."""

    customer: Customer
    homeowner: Follower
    project: Project
    crew: Crew
    other_crew: Crew
    foreman: Follower
    agent: Staff
    engineer: Staff
    manager: Staff
    admin: Staff

    @property
    def by_customer(self) -> By:
        """The homeowner acts."""
        return By("customer", self.homeowner.id, self.customer.call)

    @property
    def by_crew(self) -> By:
        """The crew acts."""
        return By("crew", self.crew.id, self.crew.name)

    @property
    def by_staff(self) -> By:
        """The agent acts."""
        return By("staff", self.agent.id, self.agent.name)


def house(session: Session, now: dt.datetime) -> House:
    """A company with one bound homeowner and one bound foreman, flushed."""
    by_role = roles.plant(session)
    staff = {
        name: Staff(username=name, name=title, role=by_role[name])
        for name, title in (("agent", "小林"), ("engineer", "赵工"), ("manager", "周经理"), ("admin", "管理员"))
    }
    session.add_all(staff.values())
    crew = Crew(name="王师傅", trades=["水", "防水"], phone="13500135001", lead=staff["engineer"])
    other = Crew(name="李师傅", trades=["电"], phone="13500135002")
    estate = Estate(name="翡翠城")
    project = Project(number="HT-1", estate=estate, building="8幢", room="1602", crew=crew, created_at=now)
    customer = Customer(name="陈明", form="先生", phone="13800138000", created_at=now)
    session.add_all([crew, other, project, customer])
    session.flush()
    homeowner = people.find_or_add(session, "o-homeowner", now=now)
    homeowner.customer = customer
    session.add(ProjectMember(project=project, customer=customer))
    foreman = people.find_or_add(session, "o-foreman", now=now)
    foreman.crew = crew
    session.flush()
    return House(customer, homeowner, project, crew, other, foreman, **staff)


def repair(session: Session, who: House, now: dt.datetime, **report: Any) -> Repair:
    """A repair as the homeowner reports it, assigned to the crew of the house."""
    known = {"problem": "厨房水槽漏水", "project": who.project, "category": "水", "place": "厨房"} | report
    return repairs.open_repair(session, who.homeowner, Report(**known), by=who.by_customer, now=now)


def told(session: Session, follower: Follower) -> list[str]:
    """The text keys of everything promised to a person, in order."""
    rows = session.scalars(select(Outgoing).where(Outgoing.follower_id == follower.id).order_by(Outgoing.id))
    return [row.text_key for row in rows]


def arrive(session: Session, row: Outgoing, now: dt.datetime) -> None:
    """A worker has sent the message and the platform took it."""
    assert outbox.take(session, row, claim="w", now=now)
    assert outbox.settle(session, row.id, claim="w", to="sent", now=now, rung="custom", sent_text=row.body)
