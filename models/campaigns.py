"""Campaigns: what is said unasked to many, to whom, who approved it, and what became of each person.

A campaign's state has one writer, `move()`. Each person stands in it once: with a message, or out with a reason.
"""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.menus import Tag
from models.outbound import Outgoing
from models.people import Follower
from models.staff import Staff
from models.steps import Step, Storied

#: Kind -> the purpose of its messages.
PURPOSES = {"campaign": "marketing", "greeting": "greeting", "warning": "warning"}
#: What becomes of a mass send.
MASS_STATES = ("forming", "ready", "sending", "sent", "refused", "unknown")


class Campaign(Storied, Base):
    """Words for many: an audience by conditions, a time, and two people's consent."""

    moves: ClassVar[states.Machine] = states.CAMPAIGN
    names: ClassVar[dict[str, str]] = states.CAMPAIGN_NAMES

    __tablename__ = "campaign"
    __table_args__ = (
        Index("ix_campaign_state", "state", "starts_at"),
        known("state", states.CAMPAIGN),
        known("kind", PURPOSES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    #: campaign, greeting or warning.
    kind: Mapped[str] = mapped_column(String(10), default="campaign")
    _state: Mapped[str] = mapped_column("state", String(10), default="draft")
    #: Why it stands still by itself: audience_grew, misconfigured; empty while a person decided.
    reason: Mapped[str] = mapped_column(String(40), default="")
    #: The words in Chinese, and for people served in English; empty English sends everybody the Chinese.
    body: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    #: Begin with 陈先生， where the name is known. What goes to many at once never has it.
    by_name: Mapped[bool] = mapped_column(default=True)
    #: An article or page behind the words.
    link_title: Mapped[str] = mapped_column(String(30), default="")
    link_url: Mapped[str] = mapped_column(String(300), default="")
    #: Who: {"join": "all", "groups": [{"join": "any", "conditions": [{"field", "op", "value"}]}]}:
    #: desk/marketing/audience.py.
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: People whose window is shut may get it as one of their four mass messages of the month.
    mass: Mapped[bool] = mapped_column(default=False)
    #: From when; null: as soon as it is scheduled. What has not left by `ends_at` expires.
    starts_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: Whoever changed it last: like the author they may not approve it.
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: How many were in when it was checked: much more at the start stops it.
    expected: Mapped[int] = mapped_column(default=0)
    #: The follower up to whom the audience has been gone through, and when that was done.
    cursor: Mapped[int] = mapped_column(default=0)
    expanded_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    #: When nothing of it was under way any more.
    finished_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[Staff | None] = relationship(foreign_keys=[author_id])
    changed_by: Mapped[Staff | None] = relationship(foreign_keys=[changed_by_id])
    approved_by: Mapped[Staff | None] = relationship(foreign_keys=[approved_by_id])
    events: Mapped[list["CampaignEvent"]] = relationship(back_populates="campaign", order_by="CampaignEvent.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def purpose(self) -> str:
        """The purpose of its messages."""
        return PURPOSES[self.kind]

    def words(self, lang: str) -> str:
        """What it says to people served in this language."""
        return (self.body_en if lang == "en" else "") or self.body

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> "CampaignEvent":
        """Write an event without changing state: edited, tested …"""
        event = CampaignEvent.told(name, by=by, now=now, reason=reason)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return self.name


class CampaignEvent(Step, Base):
    """One step in the story of a campaign: who, when, from, to, why. Never changed, never deleted."""

    __tablename__ = "campaign_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id), index=True)
    from_state: Mapped[str] = mapped_column(String(10), default="")
    to_state: Mapped[str] = mapped_column(String(10), default="")

    campaign: Mapped[Campaign] = relationship(back_populates="events")


class Recipient(Base):
    """One person of a campaign's audience: in, with the message that carries it, or out with the reason."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("campaign_id", "follower_id"),
        Index("ix_recipient_out", "campaign_id", "reason", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id))
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    #: Empty for who is in, else why not: opted_out, complaint_open, household …
    reason: Mapped[str] = mapped_column(String(40), default="")
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey(Outgoing.id), index=True)

    campaign: Mapped[Campaign] = relationship()
    follower: Mapped[Follower] = relationship()
    outgoing: Mapped[Outgoing | None] = relationship()


class MassSend(Base):
    """One call that sends the same words to 2–10 000 people. Repeated by its key within a day it doubles nothing."""

    __tablename__ = "mass_send"
    __table_args__ = (
        Index("ix_mass_send_state", "state", "next_try_at"),
        known("state", MASS_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id), index=True)
    lang: Mapped[str] = mapped_column(String(5))
    #: clientmsgid, at most 32 characters: the platform does the same job once in 24 hours.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    #: forming (people still join), ready, sending, sent, refused, unknown (a person decides).
    state: Mapped[str] = mapped_column(String(8), default="forming")
    size: Mapped[int] = mapped_column(default=0)
    #: The tag by which it goes or went, in place of the list of its people: desk/marketing/by_tag.py.
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id))
    reason: Mapped[str] = mapped_column(String(40), default="")
    next_try_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str] = mapped_column(String(36), default="")
    #: When it was first and last handed to the platform.
    first_at: Mapped[dt.datetime | None]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    #: When all its messages were written down as what it became.
    settled_at: Mapped[dt.datetime | None]
    msg_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    #: The platform's own figures, near enough: TotalCount, SentCount, ErrorCount …
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reported_at: Mapped[dt.datetime | None]
    errcode: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(200), default="")
    rid: Mapped[str] = mapped_column(String(64), default="")

    campaign: Mapped[Campaign] = relationship()
    tag: Mapped[Tag | None] = relationship()


class MassQuota(Base):
    """How many mass messages of one calendar month (in China) a follower's four have been used, by our own count."""

    __tablename__ = "mass_quota"

    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), primary_key=True)
    #: 2026-11.
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    used: Mapped[int]
