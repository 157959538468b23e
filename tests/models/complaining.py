"""Somebody complains: a house in which colleagues have a WeChat, and what each of them was told."""

import datetime as dt

from sqlalchemy.orm import Session

from models import Complaint, Staff
from models.desk.account import people
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from tests.models.builders import House, house, told


def office(session: Session, now: dt.datetime) -> House:
    """The small company with a supervisor for the house, and colleagues who read notices on their WeChat."""
    found = house(session, now)
    found.project.supervisor = found.engineer
    for role, person in (("agent", found.agent), ("engineer", found.engineer), ("manager", found.manager)):
        people.find_or_add(session, f"o-{role}", now=now).staff = person
    session.flush()
    return found


def complain(
    session: Session, who: House, now: dt.datetime, problem: str = "约好上午来，等到晚上没人", **told
) -> Complaint:
    grievance = Grievance(problem=problem, **({"target": "工期"} | told))
    return complaints.register(session, who.homeowner, grievance, by=who.by_customer, now=now)


def heard(session: Session, staff: Staff) -> list[str]:
    """What a colleague was told on WeChat."""
    return told(session, people.find_or_add(session, f"o-{staff.role.name}", now=dt.datetime.now(dt.UTC)))
