"""A small company for the pages' tests: a house, its owner, two crews, and one repair given to the first."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.account import people
from models.desk.repair import repairs
from models.houses import Crew, Estate, Project
from models.people import Follower
from models.staff import Role, Staff


@dataclass(frozen=True)
class House:
    """Row ids of what was planted."""

    repair: int
    other_repair: int
    crew: int
    other_crew: int


def plant(session: Session, now: dt.datetime, **report: object) -> House:
    """A repair 厨房水槽下面漏水 of 陈先生, given to 王师傅, and another case of another crew as a decoy."""
    role = Role(name="engineer", title="工程", permissions=[])
    session.add_all([role, Staff(username="zhao", name="赵工", role=role)])
    crews = [Crew(name="王师傅", trades=["水"], phone="13900000001"), Crew(name="李师傅", trades=["电"])]
    estate = Estate(name="翡翠城")
    session.add_all([*crews, estate])
    session.flush()
    houses = [
        Project(number=f"HT{n}", estate=estate, building=f"{n}幢", room="1602", crew=crew, created_at=now)
        for n, crew in zip((8, 9), crews, strict=True)
    ]
    session.add_all(houses)
    cases = []
    for openid, house, crew in zip(("W1", "W2"), houses, crews, strict=True):
        owner = people.find_or_add(session, openid, now=now)
        session.add(Follower(openid=f"C-{crew.name}", crew=crew, created_at=now))
        facts = {
            "problem": "厨房水槽下面漏水", "project": house, "category": "水", "phone": "13800138000",
            "name": "陈先生", "when_text": "明天下午", **report,
        }  # fmt: skip
        made = repairs.Report(**facts)
        cases.append(repairs.open_repair(session, owner, made, by=By("customer", owner.id), now=now))
    session.flush()
    return House(cases[0].id, cases[1].id, crews[0].id, crews[1].id)
