"""Promises as records: what is due when, met or missed, paused by whose words. Never deleted."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.matters import AboutOne
from models.staff import Staff
from models.work import Ticket


class Policy(Base):
    """The rule behind a kind of promise. Managers change the numbers in the panel."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name for code: repair.accept, repair.on_site, conversation.first_reply, survey.follow_up.
    name: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(60))
    #: Minutes from the fact to the due moment, and the same for urgent cases.
    minutes: Mapped[int]
    urgent_minutes: Mapped[int]
    #: Count only office hours (working days, make-up workdays, without holidays).
    working_time: Mapped[bool] = mapped_column(default=False)
    #: Warn when this share of the time is used up, percent.
    warn_percent: Mapped[int] = mapped_column(default=75)

    def __str__(self) -> str:
        return self.title


class Promise(AboutOne, Base):
    """One promise. `due_at` moves only by a recorded pause, or with the office's calendar while no customer was told it
    (models/desk/redating.py); a missed one keeps its mark when met late."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_due", "state", "due_at"),
        Index("ix_promise_warn", "state", "warned_at", "warn_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey(Policy.id))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callback.id"), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slip.id"), index=True)
    #: Who is told first.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    urgent: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    warn_at: Mapped[dt.datetime]
    #: open, paused, met, missed (not yet met, past due) or dropped (no longer owed).
    state: Mapped[str] = mapped_column(String(8), default="open")
    met_at: Mapped[dt.datetime | None]
    missed_at: Mapped[dt.datetime | None]
    warned_at: Mapped[dt.datetime | None]
    dropped_at: Mapped[dt.datetime | None]
    #: Since when the clock stands still, until when, and the agreement that allows it.
    paused_at: Mapped[dt.datetime | None]
    paused_until: Mapped[dt.datetime | None]
    #: What was left of the clock when it was stopped, in seconds.
    seconds_left: Mapped[int | None]
    agreement: Mapped[str] = mapped_column(Text, default="")
    #: How far a missed promise has climbed: 0 nobody, 1 owner, 2 lead, 3 manager.
    level: Mapped[int] = mapped_column(default=0)
    next_level_at: Mapped[dt.datetime | None]

    policy: Mapped[Policy] = relationship()
    ticket: Mapped[Ticket | None] = relationship(back_populates="promises")
    conversation: Mapped["Conversation | None"] = relationship()  # noqa: F821
    callback: Mapped["Callback | None"] = relationship()  # noqa: F821
    slip: Mapped["Slip | None"] = relationship()  # noqa: F821
    owner: Mapped[Staff | None] = relationship()

    @property
    def kept(self) -> bool | None:
        """True when met in time, False when missed (even if met later), None while open."""
        if self.missed_at:
            return False
        return True if self.met_at else None

    def __str__(self) -> str:
        return self.policy.title


class Calendar(Base):
    """Office hours: spans of local time by weekday."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    #: {"0": [["09:00", "12:00"], ["13:30", "18:00"]], …}, Monday is 0; "workday" serves make-up workdays.
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def __str__(self) -> str:
        return self.name


class CalendarDay(Base):
    """A day on which the office differs from the public calendar, edited by staff; it wins over every other source."""

    __tablename__ = "calendar_day"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    #: Whether the office works on that day.
    works: Mapped[bool]
    note: Mapped[str] = mapped_column(String(60), default="")
