"""People and campaigns for the tests of campaigns: written, approved and scheduled by two colleagues."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import Follower, Role, Staff
from models.actors import By
from models.campaigns import Campaign
from models.desk.delivery import terms
from models.desk.marketing import campaigns, greeting_rules, reach
from models.desk.marketing.campaigns import Plan
from models.greetings import GreetingRule

EVERYBODY = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["zh", "en"]}]}]}
QUIET = terms.House()


def crowd(
    session: Session, count: int, now: dt.datetime, *, open_: Callable[[int], bool] = lambda n: True
) -> list[int]:
    """So many followers W0, W1 …; the window of number n is open where `open_(n)` says so. Returns their ids."""
    values = [
        {
            "openid": f"W{n:06d}", "subscribed": True, "lang": "zh", "unreachable": "", "burst_left": 0, "scene": "",
            "unionid": "", "turn": 0, "bind_tries": 0, "created_at": now, "last_heard_at": now - dt.timedelta(hours=1),
            "reply_left": 5 if open_(n) else 0, "reply_until": now + dt.timedelta(hours=40),
        }
        for n in range(count)
    ]  # fmt: skip
    for start in range(0, count, 1000):
        session.execute(insert(Follower), values[start : start + 1000])
    return list(session.scalars(select(Follower.id).order_by(Follower.id)))


def colleagues(session: Session) -> tuple[By, By]:
    """Who writes and who approves."""
    role = Role(name="some", title="某", permissions=[])
    people = [Staff(username=name, name=name, role=role) for name in ("author", "boss")]
    session.add_all([role, *people])
    session.flush()
    return tuple(By("staff", one.id, one.name) for one in people)


def scheduled(session: Session, now: dt.datetime, **plan: object) -> Campaign:
    """A campaign to everybody that starts now, approved by a second person."""
    author, boss = colleagues(session)
    told = {"name": "秋季", "body": "周六有讲座", "audience": EVERYBODY, "by_name": False} | plan
    campaign = campaigns.make(session, Plan(**told), by=author, now=now)
    campaigns.check(campaign, reach.preview(session, campaign, QUIET, now=now, most=10**6), by=author, now=now)
    campaigns.approve(campaign, by=boss, now=now)
    campaigns.schedule(campaign, by=boss, now=now)
    return campaign


def in_force(rule: GreetingRule, office: tuple[By, By], now: dt.datetime) -> None:
    """The rule is submitted by one and approved by the other."""
    author, boss = office
    greeting_rules.submit(rule, by=author, now=now)
    greeting_rules.approve(rule, by=boss, now=now)
