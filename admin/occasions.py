"""Occasions in the reader's language: festivals, birthdays, seasons, weather, and their days by sun and moon."""

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin import faces, place
from admin.words import known, lang, t
from models import Campaign, Customer, Greeting, GreetingRule, lunar
from models.desk.marketing import greeting_rules, greetings
from models.lunar import Birth


def title(kind: str, occasion: str = "", own: str = "") -> str:
    """春节问候, 生日祝福, 台风提醒; a season by its own name."""
    if kind == "festival":
        return t("occasion.festival", name=t(f"feast.{occasion}"))
    if kind == "season" and known(f"occasion.season_{occasion}") and (lang() == "en" or not own):
        return t(f"occasion.season_{occasion}")
    return own or t(f"occasion.{f'weather_{occasion}' if kind == 'weather' else kind}")


def of_rule(rule: GreetingRule) -> str:
    """What a rule is about."""
    return title(rule.kind, rule.occasion, rule.title)


def of_campaign(campaign: Campaign, greeting: Greeting | None) -> str:
    """Its name; in English the occasion's, while staff have left the house's own name alone."""
    if greeting is None or lang() != "en":
        return campaign.name
    own = greeting.rule.title if greeting.rule else ""
    planned = own or greetings.title_of(greeting.occasion or greeting.kind, _words)
    return title(greeting.kind, greeting.occasion, own) if campaign.name.startswith(planned) else campaign.name


def _words(key: str, language: str) -> str:
    edited = greeting_rules.edited(place.session()).get((key, language))
    return place.desk().texts.render(key, {"now": place.now()}, language, edited)


def greetings_of(session: Session, ids: Collection[int]) -> Mapping[int, Greeting]:
    """Campaign -> the occasion that it was planned for."""
    if not ids:
        return {}
    query = select(Greeting).where(Greeting.campaign_id.in_(ids)).options(joinedload(Greeting.rule))
    return {row.campaign_id: row for row in session.scalars(query)}


def by_moon(day: dt.date) -> str:
    """冬月廿四."""
    at = lunar.moon(day)
    month = t(f"lunar.month.{at.month}")
    return t("lunar.date", month=t("lunar.leap", month=month) if at.leap else month, day=t(f"lunar.day.{at.day}"))


def birthday(customer: Customer) -> str:
    """农历闰六月初十，下次2026年7月23日 周四; empty while nobody knows it."""
    if not customer.birth_month or not customer.birth_day:
        return ""
    birth = Birth(customer.birth_month, customer.birth_day, customer.birth_lunar, customer.birth_leap)
    if not birth.real:
        return ""
    today = place.today()
    ahead = [day for year in range(today.year, today.year + 3) for day in lunar.birthdays(birth, year) if day >= today]
    named = {"month": t(f"planner.month.{birth.month}"), "day": birth.day}
    if birth.lunar:
        month = t(f"lunar.month.{birth.month}")
        named = {"month": t("lunar.leap", month=month) if birth.leap else month, "day": t(f"lunar.day.{birth.day}")}
    said = t(f"birthday.{'moon' if birth.lunar else 'sun'}", **named)
    return t("birthday.next", said=said, next=faces.day(min(ahead), today))


def spoken(day: dt.date) -> str:
    """1月1日 周五（冬月廿四）."""
    return t("lunar.both", sun=faces.day(day, place.today()), moon=by_moon(day))
