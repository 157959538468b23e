"""What the calendar brings: suggestions ahead of festivals, what standing rules send today, warnings of the weather.

Each occasion is planned once, by its key. A day that passed while nobody planned is written down as missed and not
made up for: a wish that comes late is worse than none.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import lunar
from models.actors import SYSTEM, By
from models.campaigns import Campaign
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.marketing import audience, campaigns
from models.desk.marketing.campaigns import Plan
from models.desk.marketing.greeting_rules import Words
from models.desk.marketing.occasions import OWNERS, ends, of_stages, starts, whom_on
from models.desk.staff import duty
from models.errors import DomainError, Missing
from models.greetings import WEATHERS, Greeting, GreetingRule
from models.worktime import local_day

#: Days that are looked back upon after a pause; what is longer ago is nobody's concern.
LOOKS_BACK = 7
#: How long a warning of the weather may still set out, at most.
WARNS_FOR = dt.timedelta(hours=24)
#: Why a campaign was over before it began.
TOO_LATE, BY_RULE = "too_late", "standing_rule"


class AlreadyWarned(DomainError):
    """The same warning for the same houses stands for today."""

    key = "errors.already_warned"


def title_of(occasion: str, words: Words) -> str:
    """What staff call an occasion, in the house's own language; the panel says it in the reader's."""
    return words(f"occasion.{occasion}", "zh")


def due(session: Session, *, now: dt.datetime) -> list[int]:
    """The rules in force that may have something to plan: standing ones once a day, festivals when theirs is near."""
    today = local_day(now)
    rules = session.scalars(select(GreetingRule).where(GreetingRule.state == "on").order_by(GreetingRule.id)).all()
    planned = set(session.scalars(select(Greeting.key).where(Greeting.kind == "festival", Greeting.day >= today)))
    return [rule.id for rule in rules if _is_due(rule, today, planned)]


def _is_due(rule: GreetingRule, today: dt.date, planned: set[str]) -> bool:
    if rule.standing:
        return rule.planned_to is None or rule.planned_to < today
    ahead = lunar.feasts_between(today, today + dt.timedelta(days=rule.lead_days))
    return any(name == rule.occasion and _festival_key(name, day) not in planned for name, day in ahead)


def _festival_key(name: str, day: dt.date) -> str:
    return f"festival:{name}:{day.year}"


def plan(session: Session, rule_id: int, words: Words, *, now: dt.datetime) -> int:
    """One rule has planned what is due by now; how many occasions that were. 0 while another worker plans it."""
    query = select(GreetingRule).where(GreetingRule.id == rule_id).with_for_update(skip_locked=True)
    rule = session.scalars(query).one_or_none()
    if rule is None or rule.state != "on":
        return 0
    return _stand(session, rule, words, now) if rule.standing else _suggest(session, rule, words, now)


def _suggest(session: Session, rule: GreetingRule, words: Words, now: dt.datetime) -> int:
    """A draft for the festival ahead, for people to read, change, submit and approve; one suggestion a day."""
    today, made = local_day(now), 0
    for name, day in lunar.feasts_between(today, today + dt.timedelta(days=rule.lead_days)):
        if name != rule.occasion or now >= ends(rule, day) or _taken(session, _festival_key(name, day), day):
            continue
        key = f"greeting.{name}"
        said = Plan(
            f"{title_of(name, words)} {day.year}", "greeting", rule.body or words(key, "zh"),
            rule.body_en or words(key, "en"), by_name=rule.by_name, audience=of_stages(rule.stages), mass=rule.mass,
            starts_at=starts(rule, day), ends_at=ends(rule, day),
        )  # fmt: skip
        campaign = campaigns.make(session, said, by=SYSTEM, now=now)
        _keep(session, rule, campaign, _festival_key(name, day), day)
        _tell_marketing(session, campaign, now)
        made += 1
    return made


def _taken(session: Session, key: str, day: dt.date) -> bool:
    """Whether it was suggested before, or another festival of the same day was: 国庆 yields to 中秋."""
    same_day = (Greeting.day == day) & (Greeting.kind == "festival")
    return session.scalar(select(Greeting.id).where((Greeting.key == key) | same_day).limit(1)) is not None


def _keep(session: Session, rule: GreetingRule, campaign: Campaign, key: str, day: dt.date) -> None:
    session.add(Greeting(key=key, kind=rule.kind, occasion=rule.occasion, day=day, rule_id=rule.id, campaign=campaign,
                         created_at=campaign.created_at))  # fmt: skip
    session.flush()


def _tell_marketing(session: Session, campaign: Campaign, now: dt.datetime) -> None:
    """Whoever writes campaigns knows of it on their own WeChat, if they bound one."""
    person = duty.pick_able(session, "marketing", "campaign.make", now=now)
    facts = {"title": campaign.name, "when": (campaign.starts_at or now).isoformat()}
    letter = Letter("staff.greeting_suggested", facts)
    outbox.to_staff(session, f"campaign:{campaign.id}:suggested", staff=person, letter=letter, now=now)


def _stand(session: Session, rule: GreetingRule, words: Words, now: dt.datetime) -> int:
    """Every day up to today has been gone through: today's goes out, what is over by now stands there as missed."""
    today, made = local_day(now), 0
    day = max(rule.planned_to or today - dt.timedelta(days=1), today - dt.timedelta(days=LOOKS_BACK))
    while day < today:
        day += dt.timedelta(days=1)
        made += _today(session, rule, day, words, now)
    rule.planned_to = today
    return made


def _today(session: Session, rule: GreetingRule, day: dt.date, words: Words, now: dt.datetime) -> int:
    whom, key = whom_on(rule, day), f"{rule.key}:{day}"
    count = audience.size(session, whom, now=now) if whom else 0
    if not count or session.scalar(select(Greeting.id).where(Greeting.key == key)) is not None:
        return 0
    said = Plan(
        f"{rule.title or title_of(rule.kind, words)} {day.month}月{day.day}日", "greeting", rule.body, rule.body_en,
        by_name=rule.by_name, audience=whom, mass=rule.mass, starts_at=starts(rule, day), ends_at=ends(rule, day),
    )  # fmt: skip
    campaign = campaigns.make(session, said, by=SYSTEM, now=now)
    _keep(session, rule, campaign, key, day)
    if now >= ends(rule, day):
        campaign.expected = count
        _miss(campaign, now)
    else:
        _by_standing_rule(campaign, rule, now)
    return 1


def _by_standing_rule(campaign: Campaign, rule: GreetingRule, now: dt.datetime) -> None:
    """Scheduled on the strength of the rule's approval; nobody counts what grows by itself."""
    campaign.author_id, campaign.changed_by_id = rule.author_id, rule.changed_by_id
    for state in ("checked", "approved"):
        campaign.move(state, by=SYSTEM, now=now, reason=BY_RULE)
    campaign.approved_by_id = rule.approved_by_id
    campaigns.schedule(campaign, by=SYSTEM, now=now)


def _miss(campaign: Campaign, now: dt.datetime) -> None:
    campaign.move("cancelled", by=SYSTEM, now=now, reason=TOO_LATE)
    campaign.reason = TOO_LATE


def is_late(session: Session, *, now: dt.datetime) -> bool:
    """Whether something is over before anybody has approved it."""
    return session.scalars(_late(now).limit(1)).first() is not None


def lapse(session: Session, *, now: dt.datetime) -> int:
    """What nobody has approved before its day was over is over too, and says so; how many that were."""
    rows = session.scalars(_late(now).with_for_update(of=Campaign, skip_locked=True)).all()
    for campaign in rows:
        _miss(campaign, now)
    return len(rows)


def _late(now: dt.datetime) -> Select[tuple[Campaign]]:
    query = select(Campaign).join(Greeting, Greeting.campaign_id == Campaign.id)
    return query.where(Campaign.state.in_(("draft", "checked", "approved")), Campaign.ends_at <= now)


def of(session: Session, campaign: Campaign) -> Greeting | None:
    """The occasion that a campaign was planned for; None for one that somebody thought of."""
    return session.scalar(select(Greeting).where(Greeting.campaign_id == campaign.id))


def approve(session: Session, campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """A second person lets it go; what has its day is scheduled for it at once. OwnWork, CannotRun as for any other."""
    campaigns.approve(campaign, by=by, now=now)
    if of(session, campaign) is not None:
        campaigns.schedule(campaign, by=by, now=now)


@dataclass(frozen=True)
class Warned:
    """A warning as somebody begins it; without estates it is for every house of ours."""

    weather: str
    estates: Sequence[int] = ()
    body: str = ""
    body_en: str = ""
    hours: int = 12
    #: What staff call it.
    title: str = ""


def warn(session: Session, warned: Warned, *, by: By, now: dt.datetime) -> Campaign:
    """A warning stands as a draft for houses of these estates; refused without words, or twice on one day.

    It goes out as soon as a second person has approved it, but not in the quiet hours, and whatever else the household
    has heard from us lately.
    """
    if warned.weather not in WEATHERS:
        raise Missing(field="weather")
    if not warned.body.strip():
        raise DomainError("errors.empty_field")
    key, day = _key(session, warned, now), local_day(now)
    whom = of_estates(warned.estates)
    lasts = max(dt.timedelta(hours=1), min(WARNS_FOR, dt.timedelta(hours=warned.hours)))
    said = Plan(
        f"{warned.title} {day.month}月{day.day}日".strip(), "warning", warned.body, warned.body_en, audience=whom,
        mass=True, starts_at=now, ends_at=now + lasts,
    )  # fmt: skip
    campaign = campaigns.make(session, said, by=by, now=now)
    row = Greeting(key=key, kind="weather", occasion=warned.weather, day=day, campaign=campaign, created_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # a colleague has just begun the same one
        raise AlreadyWarned from None
    return campaign


def of_estates(ids: Sequence[int]) -> dict[str, Any]:
    """The audience of everybody with a house there; of everybody with a contract when no estate is named."""
    if not ids:
        return OWNERS
    return {"join": "all", "groups": [{"join": "all", "conditions": [
        {"field": "estate", "op": "is", "value": [str(one) for one in ids]},
    ]}]}  # fmt: skip


def _key(session: Session, warned: Warned, now: dt.datetime) -> str:
    """weather:typhoon:2026-08-01:…:0; counted on after one that was cancelled, AlreadyWarned while one stands."""
    where = hashlib.sha256(" ".join(map(str, sorted(set(warned.estates)))).encode()).hexdigest()[:12]
    start = f"weather:{warned.weather}:{local_day(now)}:{where}"
    states = session.scalars(
        select(Campaign.state).join(Greeting).where(Greeting.key.startswith(start, autoescape=True))
    ).all()
    if set(states) - {"cancelled"}:
        raise AlreadyWarned
    return f"{start}:{len(states)}"


def ask_for_approval(session: Session, campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """Whoever may approve a warning knows of it on their own WeChat: it cannot wait until they open the panel."""
    for person in duty.able(session, "campaign.approve", without=[by.id] if by.id else []):
        letter = Letter("staff.warning_waits", {"title": campaign.name, "name": by.name})
        key = f"campaign:{campaign.id}:waits:{person.id}"
        outbox.to_staff(session, key, staff=person, letter=letter, now=now, urgent=True)
