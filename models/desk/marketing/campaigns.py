"""Campaigns: drafted by one person, checked by rule, approved by another, started, paused, resumed, ended.

Changing anything that people will read, or whom it goes to, takes the approval away. Verbs decide; jobs/campaigns.py
does what follows from them, in small steps.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.campaigns import PURPOSES, Campaign, MassSend
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.marketing import audience, reach
from models.errors import DomainError, Missing
from models.outbound import Outgoing
from models.staff import Staff

LETTER = "campaign.letter"
#: Letters that fit on one phone screen, and surely into the platform's 2048 bytes with greeting, link and way out.
MOST_LETTERS = 300
#: From the start until what has not left expires, when nobody says otherwise; and the longest.
LIVES, LONGEST = dt.timedelta(days=2), dt.timedelta(days=31)
#: More people than were approved, by this share and this number, stop the start: somebody's filter has changed.
GREW_SHARE, GREW_BY = 1.2, 20
#: What our texts would take for a fact to be filled in.
_BRACES = re.compile(r"[{}]")


class OwnWork(DomainError):
    """Whoever wrote or changed a campaign does not approve it."""

    key = "errors.own_campaign"


class CannotRun(DomainError):
    """The campaign is not fit to go out; `why` names the text that says what is missing."""

    key = "errors.campaign_unfit"


@dataclass(frozen=True)
class Plan:
    """Everything that an author decides."""

    name: str
    kind: str = "campaign"
    body: str = ""
    body_en: str = ""
    by_name: bool = True
    link_title: str = ""
    link_url: str = ""
    audience: dict[str, Any] = field(default_factory=dict)
    mass: bool = False
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


def make(session: Session, plan: Plan, *, by: By, now: dt.datetime) -> Campaign:
    """A draft stands; refused without a name."""
    campaign = Campaign(created_at=now, author_id=by.id, audience={}, name="")
    _write(campaign, plan, by)
    session.add(campaign)
    campaign.tell("made", by=by, now=now)
    session.flush()
    return campaign


def edit(session: Session, campaign: Campaign, plan: Plan, *, by: By, now: dt.datetime) -> None:
    """The draft says this from now on, and is to be checked and approved anew; refused once it has started."""
    if campaign.state != "draft":
        campaign.move("draft", by=by, now=now)
        campaign.approved_by_id = None
    if by.id is None:
        campaign.author_id = None  # what the house writes anew is nobody's until somebody submits it
    _write(campaign, plan, by)
    campaign.tell("edited", by=by, now=now)
    session.flush()


def _write(campaign: Campaign, plan: Plan, by: By) -> None:
    if not plan.name.strip():
        raise Missing(field="name")
    if plan.kind not in PURPOSES:
        raise Missing(field="kind")
    for name in ("kind", "body", "body_en", "by_name", "link_title", "link_url", "mass", "starts_at", "ends_at"):
        value = getattr(plan, name)
        setattr(campaign, name, value.strip() if isinstance(value, str) else value)
    campaign.name, campaign.changed_by_id = plan.name.strip()[:60], by.id
    campaign.audience = audience.check(plan.audience) if plan.audience.get("groups") else {}


def unfit(campaign: Campaign, now: dt.datetime) -> str:
    """Why it cannot go out as it stands, as the name of a sentence; empty when it can."""
    if not campaign.body:
        return "no_words"
    if max(len(campaign.body), len(campaign.body_en) // 2) > MOST_LETTERS:
        return "too_long"
    if _BRACES.search(campaign.body + campaign.body_en):
        return "braces"
    if bool(campaign.link_url) != bool(campaign.link_title) or not _is_page(campaign.link_url):
        return "bad_link"
    if not campaign.audience.get("groups"):
        return "no_audience"
    return _bad_time(campaign, now)


def _bad_time(campaign: Campaign, now: dt.datetime) -> str:
    starts = max(campaign.starts_at or now, now)
    if campaign.ends_at is None:
        return ""
    if campaign.ends_at <= starts:
        return "ends_too_soon"
    return "lasts_too_long" if campaign.ends_at - starts > LONGEST else ""


def _is_page(url: str) -> bool:
    if not url:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s\"'<>]", url)


def check(campaign: Campaign, found: reach.Preview | None, *, by: By, now: dt.datetime) -> None:
    """Fit to be approved: words, link, time and audience are sound and somebody is reached; else CannotRun.

    `found` was counted just now over everybody; None when the audience says nothing.
    """
    if why := unfit(campaign, now):
        raise CannotRun(why=why)
    if found is None or not found.reached:
        raise CannotRun(why="nobody")
    campaign.expected = found.reached
    campaign.move("checked", by=by, now=now)
    if campaign.author_id is None:
        # A suggestion of the house: whoever submits it makes it theirs, so that approving takes somebody else.
        campaign.author_id = by.id


def approve(campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """A second person has read it and lets it go. OwnWork for whoever wrote or changed it."""
    if by.id is None or by.id in (campaign.author_id, campaign.changed_by_id):
        raise OwnWork
    if why := unfit(campaign, now):
        raise CannotRun(why=why)
    campaign.move("approved", by=by, now=now)
    campaign.approved_by_id = by.id


def send_back(campaign: Campaign, *, reason: str, by: By, now: dt.datetime) -> None:
    """The draft goes back to its author with a reason."""
    if not reason.strip():
        raise Missing(field="reason")
    campaign.move("draft", by=by, now=now, reason=reason.strip()[:200])
    campaign.approved_by_id = None


def schedule(campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """It starts by itself at its time, or at once when it has none; refused when its time is over by now."""
    if why := unfit(campaign, now):
        raise CannotRun(why=why)
    campaign.starts_at = max(campaign.starts_at or now, now)
    campaign.ends_at = campaign.ends_at or campaign.starts_at + LIVES
    campaign.move("scheduled", by=by, now=now)


def pause(campaign: Campaign, *, by: By, now: dt.datetime, reason: str = "") -> None:
    """Nothing more of it goes out; what a worker has in hand at this moment still may."""
    campaign.move("paused", by=by, now=now, reason=reason)
    campaign.reason = reason if by == SYSTEM else ""


def resume(campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """It goes on where it stood. Whoever resumes one that grew has seen how many there are now."""
    if campaign.reason == "audience_grew":
        campaign.expected = 0
    campaign.move("running", by=by, now=now)
    campaign.reason = ""
    campaign.started_at = campaign.started_at or now


def cancel(campaign: Campaign, *, by: By, now: dt.datetime) -> None:
    """It is over: what waits is never sent."""
    campaign.move("cancelled", by=by, now=now)


def try_on(session: Session, campaign: Campaign, staff: Staff, *, now: dt.datetime) -> Outgoing:
    """The author reads it on their own WeChat as customers would; refused for who has bound none."""
    times = sum(event.name == "tested" for event in campaign.events)
    row = outbox.to_staff(
        session, f"campaign:{campaign.id}:test:{staff.id}:{times}", staff=staff, letter=letter(campaign, "zh", ""),
        now=now, urgent=True,
    )  # fmt: skip
    if row is None:
        raise DomainError("errors.no_own_wechat")
    campaign.tell("tested", by=By("staff", staff.id, staff.name), now=now)
    return row


def letter(campaign: Campaign, lang: str, call: str) -> Letter:
    """What one person is sent; `call` is how they are addressed, empty where the name is not known or not wanted."""
    facts: dict[str, Any] = {"words": campaign.words(lang)}
    if campaign.by_name and call:
        facts["call"] = call
    if campaign.link_url:
        facts |= {"title": campaign.link_title, "address": campaign.link_url}
    return Letter(LETTER, facts, public=True)


def grew(approved: int, reached: int) -> bool:
    """Whether many more people are in than were approved; never where nobody said how many."""
    return bool(approved) and reached > approved * GREW_SHARE + GREW_BY


def running(session: Session) -> list[Campaign]:
    """Campaigns that still have something to do, the oldest first."""
    query = select(Campaign).where(
        Campaign.state.in_(("running", "paused", "cancelled")), Campaign.finished_at.is_(None)
    )
    return list(session.scalars(query.order_by(Campaign.id)))


def masses(session: Session, campaign: Campaign) -> list[MassSend]:
    """The mass sends of a campaign, oldest first."""
    return list(session.scalars(select(MassSend).where(MassSend.campaign_id == campaign.id).order_by(MassSend.id)))
