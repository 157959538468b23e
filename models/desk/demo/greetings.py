"""The demo company's care: birthdays in force, anniversaries that wait, the next festival suggested."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import lunar
from models.actors import SYSTEM, By
from models.desk.marketing import greeting_rules, greetings
from models.greetings import GreetingRule
from models.houses import Project
from models.people import Customer
from models.staff import Staff
from models.worktime import local_day

BIRTHDAY = ("生日快乐，愿您和家人都好。", "Happy birthday, and all the best to you and your family.")
MOVED_IN = (
    "又是一年，您搬进新家的日子到了。住得还顺心吗？哪儿不好用，直接说就行。",
    "It is the anniversary of your moving in. Is everything as it should be? If something does not work, just tell us.",
)
FESTIVAL = (
    "节日好。出门前记得关好水和燃气，有事随时叫我们。",
    "Happy holidays. Before you travel, please turn off water and gas.",
)
#: What colleagues of the demo company call the festivals that it suggests.
TITLES = {
    "new_year": "元旦问候", "spring": "春节问候", "lantern": "元宵节问候", "dragon_boat": "端午节问候",
    "mid_autumn": "中秋节问候", "national": "国庆节问候", "double_ninth": "重阳节问候",
}  # fmt: skip
#: In how many days the birthdays and the anniversary come.
BY_MOON, BY_SUN, ANNIVERSARY = 3, 6, 9


def plant(
    session: Session, staff: dict[str, Staff], houses: Sequence[Project], owners: Sequence[Customer], now: dt.datetime
) -> None:
    """Some days of care are known, one rule is in force, one waits for the manager, one festival has its draft."""
    today = local_day(now)
    at = lunar.moon(today + dt.timedelta(days=BY_MOON))
    by_sun = today + dt.timedelta(days=BY_SUN)
    owners[0].birth_month, owners[0].birth_day, owners[0].birth_lunar = at.month, at.day, True
    owners[1].birth_month, owners[1].birth_day = by_sun.month, by_sun.day
    houses[0].moved_in_on = lunar.anniversary(today + dt.timedelta(days=ANNIVERSARY), today.year - 2)
    writer, boss = (By("staff", staff[name].id, staff[name].name) for name in ("marketing", "manager"))
    birthday, moved_in = (_rule(session, kind, said, now) for kind, said in (("birthday", BIRTHDAY),
                                                                             ("anniversary", MOVED_IN)))  # fmt: skip
    for rule in (birthday, moved_in):
        greeting_rules.submit(rule, by=writer, now=now)
    greeting_rules.approve(birthday, by=boss, now=now)
    birthday.planned_to = today
    _suggest(session, today, now)


def _rule(session: Session, kind: str, said: tuple[str, str], now: dt.datetime, occasion: str = "") -> GreetingRule:
    key = f"{kind}:{occasion}" if occasion else kind
    rule = GreetingRule(key=key, kind=kind, occasion=occasion, body=said[0], body_en=said[1], mass=True, stages=[],
                        created_at=now)  # fmt: skip
    session.add(rule)
    session.flush()
    return rule


def _suggest(session: Session, today: dt.date, now: dt.datetime) -> None:
    """The next festival within sixty days has its draft already, so that there is one to look at."""
    name, day = next(
        (name, day)
        for name, day in lunar.feasts_between(today + dt.timedelta(days=1), today + dt.timedelta(days=200))
        if name in greeting_rules.SUGGESTED
    )
    rule = _rule(session, "festival", ("", ""), now, name)
    rule.lead_days = min(60, (day - today).days)
    greeting_rules.switch_on(rule, by=SYSTEM, now=now)
    session.flush()
    greetings.plan(session, rule.id, _words, now=now)


def _words(key: str, lang: str) -> str:
    kind, _, name = key.partition(".")
    return TITLES[name] if kind == "occasion" else FESTIVAL[lang == "en"]
