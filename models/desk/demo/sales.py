"""The demo company before signing: three packages, a showroom, times for visits, and leads in every mood."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk.account import people
from models.desk.sales import appointments, enquiries
from models.desk.sales.enquiries import Wish
from models.desk.talk import conversations
from models.people import Follower
from models.sales import Enquiry, Package, Showroom, VisitPlan
from models.staff import Staff

#: name, style, summary, yuan per square metre from and to, square metres from and to.
PACKAGES = (
    ("暖居·简白", "现代简约", "全屋水电、瓷砖、地板、橱柜和卫浴，60 天完工。", 999, 1299, 60, 140),
    ("暖居·原木四季", "北欧", "原木地板和定制收纳，环保 E0 板材。", 1199, 1499, 60, 160),
    ("暖居·云栖", "新中式", "护墙板、岩板和全屋定制，一户一设计。", 1599, 1999, 100, 300),
)
#: openid, name, form, what they said; the phones of people who are only asking yet.
ASKERS: tuple[tuple[str, str, str, Wish], ...] = (
    (
        "oNuanju_L1", "吴倩", "女士",
        Wish(
            asked="89平现代简约大概多少钱", area=89, style="现代简约", budget_low=15_000_000, budget_high=15_000_000,
            keys_text="下个月", house_text="城西公馆6幢1203", phone="13700137011",
        ),
    ),
    ("oNuanju_L2", "郑磊", "先生", Wish(asked="120平新中式什么价位", area=120, style="新中式", phone="13700137012")),
    ("oNuanju_L3", "", "", Wish(asked="装修多少钱一平")),
)  # fmt: skip


def plant(session: Session, staff: dict[str, Staff], now: dt.datetime) -> None:
    """Offers and leads stand; one lead has a visit booked, one was called, one only asked."""
    _offers(session)
    first, second, _third = [_asks(session, row, now) for row in ASKERS]
    designer = By("staff", staff["designer"].id, staff["designer"].name)
    enquiries.contacted(session, second, words="想先看新中式的工地，周末再定", by=designer, now=now)
    free = appointments.free(session, "measure", now=now)
    meeting = appointments.Meeting("measure", free[1][0])
    appointments.book(session, first, meeting, by=By("customer", first.follower_id, "吴女士"), now=now)


def _offers(session: Session) -> None:
    for position, (name, style, summary, low, high, area_low, area_high) in enumerate(PACKAGES, 1):
        session.add(
            Package(
                name=name, style=style, summary=summary, price_low=low * 100, price_high=high * 100,
                area_low=area_low, area_high=area_high, position=position * 10, picture="", link="",
            )
        )  # fmt: skip
    session.add(
        Showroom(
            name="暖居滨江展厅", address="滨江区江南大道100号", phone="0571-88880000", opens=dt.time(9),
            shuts=dt.time(18), route="地铁1号线滨和路站B口", parking="地下车库B区免费停", lat=30.2084, lng=120.2119,
        )
    )  # fmt: skip
    for weekday in range(7):
        session.add_all(
            [
                VisitPlan(visit="measure", weekday=weekday, starts=dt.time(9), ends=dt.time(17), minutes=120, seats=2),
                VisitPlan(visit="showroom", weekday=weekday, starts=dt.time(9), ends=dt.time(18), minutes=60, seats=3),
            ]
        )
    session.flush()


def _asks(session: Session, row: tuple[str, str, str, Wish], now: dt.datetime) -> Enquiry:
    openid, name, form, wish = row
    who: Follower = people.find_or_add(session, openid, now=now)
    people.know(session, who, now=now, name=name, form=form, phone=wish.phone)
    conversations.of(session, who)
    return enquiries.ask(session, who, wish, by=By("customer", who.id, name) if name else SYSTEM, now=now)
