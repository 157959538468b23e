"""Rules of care: planted with the house, changed by staff, in force once somebody else has read them.

A rule that sends by itself (birthday, anniversary, season) needs a second person; changing it takes the approval away.
A festival's rule only suggests, so that one person may switch it.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import lunar
from models.actors import By
from models.campaigns import Campaign
from models.db import insert_into
from models.desk.marketing import campaigns
from models.desk.marketing.campaigns import CannotRun, OwnWork
from models.desk.marketing.occasions import ends
from models.errors import DomainError, Missing
from models.greetings import Greeting, GreetingRule
from models.knowledge import TextVersion
from models.worktime import local_day

#: Text key and language -> the words of the catalogue, with staff's wording.
Words = Callable[[str, str], str]
#: Festivals that a new house suggests greetings for, and those that staff may switch on.
SUGGESTED = ("new_year", "spring", "lantern", "dragon_boat", "mid_autumn", "national", "double_ninth")
OFFERED = tuple(name for name in lunar.FESTIVALS if name != "qingming")
#: Hints of the season that a new house starts with: key, what staff call it, month and day.
SEASONS = (("damp", "回南天提醒", 3, 5), ("rains", "雨季前提醒", 5, 20), ("winter", "入冬提醒", 11, 15))
#: Between these hours a greeting may set out, on Beijing's clock.
EARLIEST, LATEST = "08:30", "19:00"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class BadHour(DomainError):
    """Care goes out in daytime."""

    key = "errors.greeting_hour"


class BadDay(DomainError):
    """There is no such day in any year."""

    key = "errors.greeting_day"


@dataclass(frozen=True)
class Draft:
    """Everything about a rule that staff decide; `month`, `day` and `title` count for seasons only."""

    body: str = ""
    body_en: str = ""
    by_name: bool = True
    mass: bool = False
    send_at: str = "09:30"
    lead_days: int = 10
    stages: Sequence[str] = ()
    title: str = ""
    month: int = 0
    day: int = 0


def whole(session: Session) -> bool:
    """Whether every rule that a house starts with stands."""
    return _starting_keys() <= set(session.scalars(select(GreetingRule.key)))


def _starting_keys() -> set[str]:
    named = {f"festival:{name}" for name in OFFERED} | {f"season:{name}" for name, *_ in SEASONS}
    return named | {"birthday", "anniversary"}


def edited(session: Session) -> dict[tuple[str, str], str]:
    """Staff's newest wording of our texts, by key and language."""
    query = select(TextVersion.key, TextVersion.lang, TextVersion.body).where(
        TextVersion.key.startswith("greeting."), TextVersion.active
    )
    return {(key, lang): body for key, lang, body in session.execute(query.order_by(TextVersion.version))}


def ensure(session: Session, words: Words, *, now: dt.datetime) -> None:
    """Every rule that a house starts with stands; what staff made of one stays. Safe on two workers at once."""
    known = set(session.scalars(select(GreetingRule.key)))
    missing = [row for row in _planted(words, now) if row["key"] not in known]
    if missing:
        session.execute(
            insert_into(session, GreetingRule).values(missing).on_conflict_do_nothing(index_elements=["key"])
        )


def _planted(words: Words, now: dt.datetime) -> list[dict[str, object]]:
    """The rows of a new house: festivals that suggest, and standing rules that wait for somebody to read them."""
    plain = {
        "occasion": "", "title": "", "state": "draft", "body": "", "body_en": "", "by_name": True, "mass": True,
        "stages": [], "month": None, "day": None, "lead_days": 10, "send_at": "09:30", "created_at": now, "version": 1,
    }  # fmt: skip
    rows = [
        plain | {"key": f"festival:{name}", "kind": "festival", "occasion": name,
                 "state": "on" if name in SUGGESTED else "draft"}
        for name in OFFERED
    ]  # fmt: skip
    for kind in ("birthday", "anniversary"):
        rows.append(plain | {"key": kind, "kind": kind} | _said(words, f"greeting.{kind}"))
    for name, title, month, day in SEASONS:
        said = _said(words, f"greeting.season_{name}")
        on = {"month": month, "day": day, "stages": ["in_warranty", "out_of_warranty"]}
        rows.append(plain | {"key": f"season:{name}", "kind": "season", "occasion": name, "title": title} | on | said)
    return rows


def _said(words: Words, key: str) -> dict[str, str]:
    return {"body": words(key, "zh"), "body_en": words(key, "en")}


def add_season(session: Session, draft: Draft, *, by: By, now: dt.datetime) -> GreetingRule:
    """A further hint of the season stands as a draft; refused without a name or for a day that never is."""
    if not draft.title.strip():
        raise Missing(field="title")
    number = (session.scalar(select(func.max(GreetingRule.id))) or 0) + 1
    rule = GreetingRule(key=f"season:{number}", kind="season", created_at=now, stages=[])
    _write(rule, draft, by)
    rule.tell("made", by=by, now=now)
    session.add(rule)
    session.flush()
    return rule


def edit(session: Session, rule: GreetingRule, draft: Draft, *, by: By, now: dt.datetime) -> None:
    """The rule says this from now on; one that sends by itself is out of force until somebody else has read it."""
    _write(rule, draft, by)
    if rule.standing and rule.state != "draft":
        rule.move("draft", by=by, now=now)
        rule.approved_by_id = None
    rule.tell("edited", by=by, now=now)
    session.flush()


def _write(rule: GreetingRule, draft: Draft, by: By) -> None:
    if not _CLOCK.fullmatch(draft.send_at) or not EARLIEST <= draft.send_at <= LATEST:
        raise BadHour(first=EARLIEST, last=LATEST)
    rule.body, rule.body_en = draft.body.strip(), draft.body_en.strip()
    rule.by_name, rule.mass, rule.send_at = draft.by_name, draft.mass, draft.send_at
    rule.changed_by_id = by.id
    if why := unfit(rule):
        raise CannotRun(why=why)
    if rule.kind in ("festival", "season"):
        rule.stages = list(draft.stages)
    if rule.kind == "festival":
        rule.lead_days = max(0, min(60, draft.lead_days))
    if rule.kind == "season":
        if not lunar.Birth(draft.month, draft.day).real:
            raise BadDay
        rule.month, rule.day = draft.month, draft.day
        rule.title = draft.title.strip()[:30] or rule.title


def unfit(rule: GreetingRule) -> str:
    """Why its words cannot go out, as the name of a sentence; empty when they can."""
    if not rule.body and rule.standing:
        return "no_words"
    if max(len(rule.body), len(rule.body_en) // 2) > campaigns.MOST_LETTERS:
        return "too_long"
    return "braces" if re.search(r"[{}]", rule.body + rule.body_en) else ""


def submit(rule: GreetingRule, *, by: By, now: dt.datetime) -> None:
    """It waits for a second person; refused for what needs none and for words that cannot go out."""
    if not rule.standing:
        raise DomainError("errors.greeting_needs_nobody")
    if why := unfit(rule):
        raise CannotRun(why=why)
    rule.move("waiting", by=by, now=now)
    rule.author_id = by.id


def approve(rule: GreetingRule, *, by: By, now: dt.datetime) -> None:
    """It is in force from today on. OwnWork for whoever submitted or changed it last."""
    if by.id is None or by.id in (rule.author_id, rule.changed_by_id):
        raise OwnWork
    if rule.state != "waiting":
        raise DomainError("errors.greeting_not_submitted")
    rule.move("on", by=by, now=now)
    rule.approved_by_id = by.id
    today = local_day(now)
    # What is over is not caught up with: the rule did not hold then.
    rule.planned_to = today if now >= ends(rule, today) else today - dt.timedelta(days=1)


def send_back(rule: GreetingRule, *, reason: str, by: By, now: dt.datetime) -> None:
    """Whoever submitted it gets it back with a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    if rule.state != "waiting":
        raise DomainError("errors.greeting_not_submitted")
    rule.move("draft", by=by, now=now, reason=reason.strip()[:200])


def switch_on(rule: GreetingRule, *, by: By, now: dt.datetime) -> None:
    """A festival's suggestions come again; refused for what a second person has to approve."""
    if rule.standing:
        raise DomainError("errors.greeting_needs_approval")
    rule.move("on", by=by, now=now)


def stop(session: Session, rule: GreetingRule, *, by: By, now: dt.datetime) -> None:
    """Nothing more comes of it, and what it has planned and nobody has got yet is cancelled."""
    rule.move("draft", by=by, now=now)
    rule.approved_by_id = None
    if not rule.standing:
        return
    planned = select(Campaign).join(Greeting, Greeting.campaign_id == Campaign.id)
    for campaign in session.scalars(planned.where(Greeting.rule_id == rule.id, Campaign.state == "scheduled")):
        campaigns.cancel(campaign, by=by, now=now)
