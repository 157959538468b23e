"""The demo company's campaigns: one waits for the manager. Its greetings: greetings.py beside this."""

import datetime as dt

from sqlalchemy.orm import Session

from models.actors import By
from models.campaigns import Campaign
from models.desk.marketing import campaigns
from models.desk.marketing.campaigns import Plan
from models.people import Customer
from models.staff import Staff

HEARD = {"join": "any", "groups": [
    {"join": "all", "conditions": [{"field": "heard", "op": "within", "value": ["90"]}]},
]}  # fmt: skip
#: name, kind, words, audience, mass sends, days from today.
PLANS = (("11月水电避坑讲座", "campaign", "周六下午两点，展厅有一场水电避坑讲座，欢迎带着户型图来。", HEARD, True, 9),)


def plant(session: Session, staff: dict[str, Staff], customers: list[Customer], now: dt.datetime) -> None:
    """A plan of marketing waits for a second person; some people have tags."""
    author = By("staff", staff["marketing"].id, staff["marketing"].name)
    made: list[Campaign] = []
    for name, kind, words, audience, mass, days in PLANS:
        start = now + dt.timedelta(days=days)
        told = Plan(name, kind, words, audience=audience, mass=mass, starts_at=start, ends_at=start + campaigns.LIVES)
        made.append(campaigns.make(session, told, by=author, now=now))
    made[0].expected = len(customers)
    made[0].move("checked", by=author, now=now)
    for customer, tags in zip(customers, (["老带新"], ["怕吵", "老带新"]), strict=False):
        customer.tag_words = tags
    session.flush()
