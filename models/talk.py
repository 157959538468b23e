"""Talk: what WeChat pushed (Inbound), one continuous conversation per follower, its messages and drafts."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Follower
from models.staff import Staff


class Inbound(Base):
    """A push of the platform with all its fields and the answer it got; the same push gets the same answer."""

    __tablename__ = "inbound"
    __table_args__ = (
        # What the panel shows of pushes that nobody could read.
        Index(
            "ix_inbound_unreadable",
            "id",
            sqlite_where=text("state = 'unreadable'"),
            postgresql_where=text("state = 'unreadable'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: MsgId for messages, openid + CreateTime + Event + EventKey for events; the hash of what cannot be read.
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    openid: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(40), default="")
    #: Every field of the push as read.
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What was answered passively; null means `success`.
    reply: Mapped[str | None] = mapped_column(Text)
    #: answered, kept (not for a person) or unreadable.
    state: Mapped[str] = mapped_column(String(12), default="answered")
    received_at: Mapped[dt.datetime] = mapped_column(index=True)


class Conversation(Base):
    """The one continuous conversation with a follower, and who owns it now: bot, queue or agent."""

    matter: ClassVar[str] = "conversation"

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_waiting", "owner", "waiting_since"),
        Index("ix_conversation_recent", "last_message_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), unique=True)
    owner: Mapped[str] = mapped_column(String(6), default="bot")
    #: The agent, while `owner` is agent.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    #: Since when the customer waits for a person; null while nobody is waited for.
    waiting_since: Mapped[dt.datetime | None]
    #: Why it was handed over: asked, not_understood, anger, complaint, enquiry …
    reason: Mapped[str] = mapped_column(String(30), default="")
    last_text: Mapped[str] = mapped_column(String(120), default="")
    last_message_at: Mapped[dt.datetime | None]
    #: Customer's messages that no member of staff has opened.
    unread: Mapped[int] = mapped_column(default=0)
    #: When a member of staff last wrote, and since when the one who has it has it: whoever is silent too long loses it.
    staff_wrote_at: Mapped[dt.datetime | None]
    taken_at: Mapped[dt.datetime | None]

    follower: Mapped[Follower] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.follower)


class Message(Base):
    """One entry of a conversation: heard, said, noted."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_thread", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id))
    #: in, out or note (never shown to the customer).
    direction: Mapped[str] = mapped_column(String(4))
    #: customer, crew, bot, staff or system.
    author: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    kind: Mapped[str] = mapped_column(String(12), default="text")
    text: Mapped[str] = mapped_column(Text, default="")
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey(Inbound.id))
    #: The promise to send behind it; null for passive replies and for what was heard.
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    created_at: Mapped[dt.datetime]

    conversation: Mapped[Conversation] = relationship()
    staff: Mapped[Staff | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="message")


class Attachment(Base):
    """A photo, voice or video. The platform drops it after 3 days, so a job fetches its bytes at once."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_due", "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Null for photos uploaded on a phone page.
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id), index=True)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    #: The house that a photo of a building site shows, and the phase it was taken in.
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(12))
    media_id: Mapped[str] = mapped_column(String(200), default="", index=True)
    #: before (by the customer), arrival or finish (by the crew), site (of a house being built).
    stage: Mapped[str] = mapped_column(String(10), default="before")
    #: waiting, fetched or lost.
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    #: Below the media folder; empty until fetched.
    path: Mapped[str] = mapped_column(String(200), default="")
    #: As found in the bytes, not as claimed.
    content_type: Mapped[str] = mapped_column(String(60), default="")
    #: Bytes.
    size: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[dt.datetime]
    fetched_at: Mapped[dt.datetime | None]

    message: Mapped[Message | None] = relationship(back_populates="attachments")


class Dialog(Base):
    """The draft of the dialog a follower is in, with what was parked; survives restarts and days."""

    __tablename__ = "dialog"
    __table_args__ = (
        # Open drafts by when they were last touched: what the clock looks through for silence.
        Index(
            "ix_dialog_open",
            "updated_at",
            sqlite_where=text("script <> ''"),
            postgresql_where=text("script <> ''"),
        ),
    )

    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), primary_key=True)
    #: The script and step of the state, for lists; the state itself is the JSON.
    script: Mapped[str] = mapped_column(String(30), default="")
    step: Mapped[str] = mapped_column(String(30), default="")
    #: JSON text as the engine wrote it; empty while no dialog is open.
    state: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[dt.datetime]
