"""Outbound: every promise to send is a row first. Its dedupe key is unique, so planning twice posts once."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, known
from models.people import Follower
from models.staff import Staff
from models.work import Ticket

#: State -> what staff read.
OUTGOING_STATES = {
    "queued": "待发送",
    "sending": "发送中",
    "sent": "已发送",
    "held": "等客户来消息",
    "refused": "被拒绝",
    "expired": "已过期",
    "unknown": "结果不明",
    "cancelled": "已取消",
}
#: What the company says unasked to please or to sell; never a notice that somebody paid for with a yes.
UNASKED = frozenset({"marketing", "greeting", "follow_up", "warning"})
#: Touches: what the caps of a household count together, whoever sends it; refused by opting out, kept back while a
#: household is cross with us or busy. A survey asks about our work; about their own repair or complaint it is service.
TOUCHES = UNASKED | {"survey"}
#: Touches that count like the others and wait for neither caps nor a talk just begun: a storm waits for nobody.
PRESSING = frozenset({"warning"})
#: The literal of the partial index: SQLite uses it only for a query that says the very same.
LYING = text("state IN ('held', 'refused', 'expired', 'unknown', 'cancelled')")


class Outgoing(Base):
    """One message to one follower, and all that became of it."""

    __tablename__ = "outgoing"
    __table_args__ = (
        # Exactly what the workers ask for: what waits, earliest first.
        Index(
            "ix_outgoing_due",
            "next_try_at",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outgoing_in_hand",
            "claimed_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("ix_outgoing_of_follower", "follower_id", "state"),
        # What the panel counts and lists: states in which messages stay. `sent` is most of the table and not here.
        Index("ix_outgoing_lying", "state", "id", sqlite_where=LYING, postgresql_where=LYING),
        # What campaigns count and move. Most messages belong to none and are not here.
        Index(
            "ix_outgoing_of_campaign",
            "campaign_id",
            "state",
            "id",
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_outgoing_of_mass",
            "mass_id",
            "state",
            "id",
            sqlite_where=text("mass_id IS NOT NULL"),
            postgresql_where=text("mass_id IS NOT NULL"),
        ),
        known("state", OUTGOING_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What makes this promise one promise: `repair:17:arrived:1`.
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id))
    #: service (about something the person started), staff (crew and colleagues), reply (words of an agent), or one of
    #: TOUCHES: marketing, greeting, follow_up, warning (of the weather), survey.
    purpose: Mapped[str] = mapped_column(String(10))
    #: May break quiet hours: urgent repairs, words of an agent who is talking with the customer.
    urgent: Mapped[bool] = mapped_column(default=False)
    #: text, image or news (a card with title, picture and link in its facts).
    kind: Mapped[str] = mapped_column(String(10), default="text")
    #: Either a text key with its facts, or `body` with words of a person.
    text_key: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[str] = mapped_column(Text, default="")
    #: Choices offered under the text: [["接单", "crew.accept:17"], …].
    choices: Mapped[list[Any]] = mapped_column(default=list)
    #: The phone page linked from the text: {"purpose": "crew", "ticket_id": 17}; signed at the moment of sending.
    page: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"), index=True)
    #: The campaign it belongs to, and the mass send that has it in hand or carried it.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    mass_id: Mapped[int | None] = mapped_column(ForeignKey("mass_send.id"))
    #: The agent whose words these are.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    #: Why it stands where it stands, as a key of templates/admin reasons: window_closed, quiet_hours, opted_out …
    reason: Mapped[str] = mapped_column(String(40), default="")
    not_before: Mapped[dt.datetime]
    #: Later than this the message is useless and expires, visibly.
    not_after: Mapped[dt.datetime | None]
    next_try_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Who holds it while sending; a settle with another mark is refused.
    claim: Mapped[str] = mapped_column(String(36), default="")
    claimed_at: Mapped[dt.datetime | None]
    #: Somebody calls when it cannot be delivered now (models/desk/delivery/undelivered.py).
    or_call: Mapped[bool] = mapped_column(default=False)
    #: custom, subscribe, template or mass: the rung that carried it.
    rung: Mapped[str] = mapped_column(String(10), default="")
    #: What the person read, kept when it was sent.
    sent_text: Mapped[str] = mapped_column(Text, default="")
    platform_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    errcode: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(200), default="")
    #: The platform's request id; its console explains it for 7 days.
    rid: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]

    follower: Mapped[Follower] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    staff: Mapped[Staff | None] = relationship()

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return OUTGOING_STATES[self.state]


class Consent(Base):
    """Each yes and no to being written to, with the words it was said in. Only ever added to."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    #: marketing.
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool]
    words: Mapped[str] = mapped_column(String(200), default="")
    #: Who wrote it down; null for what was said in chat.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    at: Mapped[dt.datetime]

    follower: Mapped[Follower] = relationship()
    staff: Mapped[Staff | None] = relationship()


class NoticeConsent(Base):
    """One yes of a person to one subscription notice 订阅通知 of one template. Exactly one message may use it."""

    __tablename__ = "notice_consent"
    __table_args__ = (
        Index("ix_notice_consent_of_follower", "follower_id", "template_id", "state", "id"),
        CheckConstraint("state IN ('free', 'spent', 'void')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id))
    template_id: Mapped[str] = mapped_column(String(64))
    #: free, spent (on `outgoing`), or void: taken back by the person, or the platform knows nothing of it.
    state: Mapped[str] = mapped_column(String(6), default="free")
    #: Where it was given: 1 on a page, 2 in an article; empty when the platform did not say.
    scene: Mapped[str] = mapped_column(String(10), default="")
    given_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey(Outgoing.id), index=True)

    follower: Mapped[Follower] = relationship()
    outgoing: Mapped[Outgoing | None] = relationship()


class DeliveryReport(Base):
    """The platform's later word on a message it had accepted. It may come before we know the number it is about."""

    __tablename__ = "delivery_report"
    __table_args__ = (
        UniqueConstraint("rung", "platform_id"),
        Index(
            "ix_delivery_report_alone",
            "id",
            sqlite_where=text("matched_at IS NULL"),
            postgresql_where=text("matched_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: template, subscribe or mass: each has numbers of its own.
    rung: Mapped[str] = mapped_column(String(10))
    platform_id: Mapped[str] = mapped_column(String(64))
    delivered: Mapped[bool]
    #: The platform's words: success, failed:user block …
    status: Mapped[str] = mapped_column(String(200), default="")
    #: What a mass send reports: TotalCount, FilterCount, SentCount, ErrorCount.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[dt.datetime]
    #: When it found its message.
    matched_at: Mapped[dt.datetime | None]


class TouchCap(Base):
    """How many touches one household may get within so many days, across all senders. Managers change the number."""

    __tablename__ = "touch_cap"
    __table_args__ = (CheckConstraint("days > 0 AND most > 0", name="some_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Calendar days in China, today included.
    days: Mapped[int] = mapped_column(unique=True)
    most: Mapped[int]

    def __str__(self) -> str:
        return f"{self.days} 天 {self.most} 次"
