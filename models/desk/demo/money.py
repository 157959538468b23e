"""The demo company's paid repair: out of warranty, quoted, haggled over, quoted again and waiting for an answer."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk.repair import quotes, repairs, visits
from models.desk.repair.quotes import Answer, Line
from models.desk.repair.repairs import Report
from models.houses import Project
from models.outbound import Outgoing
from models.people import Follower
from models.work import Repair

HOUR = dt.timedelta(hours=1)


def plant(session: Session, who: Follower, house: Project, opened: dt.datetime) -> Repair:
    """The case stands with two versions of its quote; the second waits since four hours after `opened`."""
    name = who.customer.call if who.customer else ""
    customer = By("customer", who.id, name)
    report = Report(problem="厨房水槽下面漏水，柜子底板泡了", project=house, category="水", place="厨房")
    case = repairs.open_repair(session, who, report, by=customer, now=opened)
    assert case.crew is not None  # every house of the demo has one
    crew = By("crew", case.crew.id, case.crew.name)
    visits.accept(session, case, by=crew, now=opened + HOUR / 6)
    visits.arrive(session, case, by=crew, now=opened + 2 * HOUR)
    parts = [Line("换角阀", 8000, 200, "个"), Line("柜体防潮板", 18000, 150, "平方")]
    first = quotes.make(session, case, [*parts, Line("人工", 15000, unit="次")], by=crew, now=opened + 2.2 * HOUR)
    quotes.send(session, first, by=crew, now=opened + 2.2 * HOUR)
    _arrived(session, case)
    said = Answer("haggled", "人工能不能少点", follower=who, name=name)
    quotes.answer(session, first, said, by=customer, now=opened + 3 * HOUR)
    lines = [*parts, Line("人工", 10000, unit="次")]
    second = quotes.make(session, case, lines, by=crew, now=opened + 4 * HOUR, note="含旧件拆除")
    quotes.send(session, second, by=crew, now=opened + 4 * HOUR)
    return case


def _arrived(session: Session, case: Repair) -> None:
    """Whoever haggles has read the offer."""
    for row in session.scalars(select(Outgoing).where(Outgoing.ticket_id == case.id, Outgoing.state == "queued")):
        row.state, row.rung, row.settled_at, row.attempts = "sent", "custom", row.created_at, 1
