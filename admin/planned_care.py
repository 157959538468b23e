"""Care that is still to come: festivals not suggested yet, and whose birthday or anniversary stands before us."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

from flask import url_for
from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from admin import occasions, place
from admin.planned import Entry
from models import Customer, Follower, Greeting, GreetingRule, Project, ProjectMember, lunar
from models.desk.marketing.occasions import starts
from models.lunar import Birth


def entries(session: Session, first: dt.date, last: dt.date) -> Iterator[Entry]:
    """What rules in force will plan on these days, from today on."""
    today = place.today()
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in days if day >= today]
    rules = session.scalars(select(GreetingRule).where(GreetingRule.state == "on").order_by(GreetingRule.id)).all()
    if not days or not rules:
        return
    planned = select(Greeting.day, Greeting.kind).where(Greeting.day.in_(days))
    stands = {(day, kind) for day, kind in session.execute(planned)}
    counts: dict[str, Mapping[dt.date, int]] = {
        "birthday": _birthdays(session, days), "anniversary": _anniversaries(session, days),
    }  # fmt: skip
    for day in days:
        taken = {kind for at, kind in stands if at == day}
        for rule in rules:
            count = _count(rule, day, counts)
            if rule.kind in taken or count == 0 or (rule.standing and day <= (rule.planned_to or today)):
                continue
            # The first festival of a day is the one that is suggested.
            taken |= {rule.kind} & {"festival"}
            yield Entry(day, occasions.of_rule(rule), "expected", starts(rule, day), count,
                        url_for("greetingrules.rule", number=rule.id))  # fmt: skip


def _count(rule: GreetingRule, day: dt.date, counts: Mapping[str, Mapping[dt.date, int]]) -> int | None:
    """How many people it is for on this day: 0 when it is not its day, None when that is not known yet."""
    if rule.kind == "festival":
        return None if rule.occasion in lunar.feasts_on(day) else 0
    if rule.kind == "season":
        return None if (day.month, day.day) == (rule.month, rule.day) else 0
    return counts[rule.kind].get(day, 0)


def _birthdays(session: Session, days: list[dt.date]) -> Mapping[dt.date, int]:
    columns = (Customer.birth_month, Customer.birth_day, Customer.birth_lunar, Customer.birth_leap)
    known = Customer.birth_month.is_not(None) & Customer.birth_day.is_not(None)
    query = select(*columns, func.count()).join(Follower, Follower.customer_id == Customer.id)
    rows = session.execute(query.where(known, Follower.subscribed).group_by(*columns))
    held: Counter[Birth] = Counter()
    for month, day, by_moon, leap, count in rows:
        held[Birth(month, day, by_moon, leap and by_moon)] += count
    return {day: sum(held[birth] for birth in lunar.born(day)) for day in days}


def _anniversaries(session: Session, days: list[dt.date]) -> Mapping[dt.date, int]:
    columns = [extract(part, Project.moved_in_on) for part in ("year", "month", "day")]
    query = (
        select(*columns, func.count())
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .join(Follower, Follower.customer_id == ProjectMember.customer_id)
        .where(Project.moved_in_on.is_not(None), Follower.subscribed)
        .group_by(*columns)
    )
    found: Counter[dt.date] = Counter()
    for year, month, day, count in session.execute(query):
        since = dt.date(int(year), int(month), int(day))
        for at in {lunar.anniversary(since, one) for one in {day.year for day in days}}:
            found[at] += count if at.year > since.year else 0
    return found
