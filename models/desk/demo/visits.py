"""The demo company's repair of two faults: one mended, one left for a part, and a crew that asks for another time."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.repair import postponing, repairs, visits
from models.desk.repair.items import Fault
from models.desk.repair.repairs import Report
from models.houses import Project
from models.people import Follower
from models.work import Repair

FAULTS = (Fault("厨房龙头滴水", "水", "厨房"), Fault("次卧门关不上", "门窗", "次卧"))


def plant(session: Session, who: Follower, house: Project, now: dt.datetime) -> Repair:
    """Reported yesterday, visited this morning; the owner has not answered yet whether the other time suits them."""
    hour, by = dt.timedelta(hours=1), By("customer", who.id, who.customer.call if who.customer else "")
    problem = "；".join(f"{n}. {fault.problem}" for n, fault in enumerate(FAULTS, 1))
    report = Report(problem=problem, project=house, category="水", items=FAULTS)
    case = repairs.open_repair(session, who, report, by=by, now=now - 26 * hour)
    assert case.crew is not None  # every house of the demo has one
    crew = By("crew", case.crew.id, case.crew.name)
    visits.start(session, case, by=crew, now=now - 25 * hour)
    visits.arrive(session, case, by=crew, now=now - 24 * hour)
    work = visits.Work(("阀芯1个", "生料带1卷"), {2: "等合页到货"})
    visits.finish(session, case, note="换了龙头阀芯", by=crew, now=now - 23 * hour, work=work)
    window = postponing.Window(now + 46 * hour, now + 49 * hour, "后天", "等合页到货")
    postponing.ask(session, case, window, words="合页后天到", by=crew, now=now - hour)
    return case
