"""The demo company's gifts: a cupboard, one handed over, one that waits; and the last callback of a site."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.callback import callbacks, control
from models.desk.marketing import gifts
from models.desk.marketing.gifts import Receipt, Wish
from models.gifts import Gift
from models.houses import Project
from models.people import Customer
from models.staff import Staff
from models.worktime import local_day

#: Name, value in 分, stock.
CUPBOARD = (("月饼礼盒", 26_800, 20), ("乔迁绿植", 12_800, 6), ("暖居保温杯", 4_900, 40))


def plant(session: Session, staff: dict[str, Staff], customer: Customer, site: Project, now: dt.datetime) -> None:
    """They stand; nobody's phone rings for them."""
    cupboard = [Gift(name=name, value=value, stock=stock) for name, value, stock in CUPBOARD]
    session.add_all(cupboard)
    session.flush()
    today, agent = local_day(now), staff["agent"]
    cup = Wish("visit", today, "上门看漏水，送个杯子", gift=cupboard[2])
    given = gifts.ask(session, customer, cup, staff=agent, now=now)
    gifts.hand_over(session, given, Receipt(customer.name, today), staff=agent, now=now)
    flower = Wish("moving_in", today + dt.timedelta(days=5), "入住一周年，介绍过一户", gift=cupboard[1])
    gifts.ask(session, customer, flower, staff=agent, now=now)
    passed = [phase for phase in site.phases if phase.actual_on is not None][:-1]
    if passed:
        asked = now - dt.timedelta(days=8)
        call = callbacks.ask(
            session, control.POINT, about=site, now=asked, words=passed[-1].name, phase=passed[-1],
            hangs_on=passed[-1].actual_on, key=f"{control.POINT}:phase:{passed[-1].id}:0",
        )  # fmt: skip
        by = By("staff", agent.id, agent.name)
        callbacks.done(session, call, words="都好，就是灰大", by=by, now=asked + dt.timedelta(hours=3))
