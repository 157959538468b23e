"""The demo company's latest contract: brought by a neighbour, signed last week, its phases ahead."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Callback
from models.desk.account import people
from models.desk.callback import callbacks
from models.desk.house import building
from models.desk.house.phases import Dates
from models.desk.sales import enquiries, signing
from models.desk.sales.enquiries import Wish
from models.desk.sales.signing import Deal
from models.desk.talk import conversations
from models.people import Follower
from models.qrcodes import Referral
from models.signing import Signing
from models.staff import Staff
from models.worktime import local_day

DAY = dt.timedelta(days=1)
#: Days from today on which the next phases are planned.
AHEAD = {"开工交底": 3, "水电验收": 21, "材料进场": 30, "中期验收": 48, "竣工验收": 74}
WISH = Wish(asked="朋友推荐来的，110平想做原木风", area=110, style="北欧", phone="13700137014")


def plant(session: Session, staff: dict[str, Staff], neighbour: Follower, now: dt.datetime) -> Signing:
    """The lead is won, its welcome call made, its dates planned; the neighbour is credited."""
    came, signed = now - 24 * DAY, now - 7 * DAY
    designer, agent = (By("staff", staff[name].id, staff[name].name) for name in ("designer", "agent"))
    newcomer = people.find_or_add(session, "oNuanju_L4", now=came)
    conversations.of(session, newcomer)
    session.add(Referral(introducer=neighbour, newcomer=newcomer, at=came))
    people.know(session, newcomer, now=came, name="高远", form="先生", phone=WISH.phone)
    lead = enquiries.ask(session, newcomer, WISH, by=By("customer", newcomer.id, "高先生"), now=came)
    enquiries.contacted(session, lead, words="周末和太太来看过展厅，报价能接受", by=designer, now=came + 2 * DAY)
    day = local_day(signed)
    deal = Deal(
        "HT-2026-017", "翡翠城", "3幢", "1201", 15_800_000, 4_740_000, day, day, area=110, supervisor=staff["engineer"]
    )
    row = signing.sign(session, lead.customer, deal, enquiry=lead, by=designer, now=signed)
    _welcome(session, row, agent, signed)
    for phase in row.project.phases:
        if phase.name in AHEAD:
            planned = Dates(local_day(now) + AHEAD[phase.name] * DAY, None)
            building.record(session, phase, planned, by=By("staff", staff["engineer"].id, "赵工"), now=now - DAY)
    return row


def _welcome(session: Session, row: Signing, agent: By, signed: dt.datetime) -> None:
    """The call of welcome was made the same afternoon."""
    welcome = select(Callback).where(Callback.project_id == row.project_id, Callback.purpose == signing.WELCOME)
    call = session.scalars(welcome).one()
    callbacks.done(session, call, words="已加群，问清了开工时间", by=agent, now=signed + dt.timedelta(hours=3))
