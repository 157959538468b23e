"""Care by telephone: callbacks 回访 with every attempt, and slips 回访联系单 with their rounds.

A callback is a task, not a message. Its state and a slip's have one writer, `move()`, which leaves a CareEvent.
"""

import datetime as dt
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.houses import Phase, Project
from models.people import Customer, Follower
from models.staff import Staff
from models.steps import Step, Storied
from models.talk import Conversation
from models.work import Ticket

#: Outcome of an attempt -> what staff read.
OUTCOMES = {"reached": "接通", "no_answer": "未接", "off": "停机", "refused": "拒访", "later": "改约"}


class Callback(Storied, Base):
    """A call that somebody owes a customer: why, about what, by when, and what came of it."""

    moves: ClassVar[states.Machine] = states.CALLBACK
    names: ClassVar[dict[str, str]] = states.CALLBACK_NAMES
    matter: ClassVar[str] = "callback"

    __tablename__ = "callback"
    __table_args__ = (
        # What the workbench asks for: open ones, the next due first.
        Index("ix_callback_due", "state", "due_at", "id"),
        Index("ix_callback_of_owner", "owner_id", "state"),
        known("state", states.CALLBACK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: HF20261121-0007.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    #: What makes it one callback, however often it is asked for: `repair_done:ticket:17:1`.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    #: repair_done, complaint_done, asked_by_customer, quote_lapsed, control_point, slip …
    purpose: Mapped[str] = mapped_column(String(30))
    _state: Mapped[str] = mapped_column("state", String(12), default="open")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey(Conversation.id), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slip.id"), index=True)
    #: The phase that it asks about, and the day that it hangs on: an open one moves when that day does.
    phase_id: Mapped[int | None] = mapped_column(ForeignKey(Phase.id, ondelete="SET NULL"), index=True)
    hangs_on: Mapped[dt.date | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), index=True)
    #: Digits as given for this call; masked wherever people see it.
    phone: Mapped[str] = mapped_column(String(20), default="")
    #: The key of the words that are read out; empty for the purpose's own.
    script: Mapped[str] = mapped_column(String(60), default="")
    #: What the customer or the cause said, for the person who calls.
    words: Mapped[str] = mapped_column(Text, default="")
    #: Before this nobody should call; null: any time.
    from_at: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    asked_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    #: Whether it counts in the figures: reached and answered. Null while open.
    valid: Mapped[bool | None]
    #: How it ended, in words.
    result: Mapped[str] = mapped_column(Text, default="")
    #: Counts changes; a form that saw an older one is refused.
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket | None] = relationship()
    project: Mapped[Project | None] = relationship()
    phase: Mapped[Phase | None] = relationship(passive_deletes=True)
    conversation: Mapped[Conversation | None] = relationship()
    slip: Mapped["Slip | None"] = relationship()
    customer: Mapped[Customer | None] = relationship()
    follower: Mapped[Follower | None] = relationship()
    owner: Mapped[Staff | None] = relationship()
    attempts: Mapped[list["CallbackAttempt"]] = relationship(
        back_populates="callback", order_by="CallbackAttempt.id", cascade="all, delete-orphan"
    )
    events: Mapped[list["CareEvent"]] = relationship(back_populates="callback", order_by="CareEvent.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to call."""
        return self._state == "open"

    @property
    def call(self) -> str:
        """How the person is addressed, 陈先生; empty when unknown."""
        if self.customer is not None and self.customer.call:
            return self.customer.call
        return self.ticket.contact_name if self.ticket is not None else ""

    @property
    def house(self) -> str:
        """The house it is about, as people say it; empty when it is about none."""
        if self.project is not None:
            return self.project.label
        about = self.ticket or self.slip
        return about.house if about is not None else ""

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> "CareEvent":
        """Write an event without changing state: moved, note …"""
        event = CareEvent.told(name, by=by, now=now, reason=reason)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return self.number


class CallbackAttempt(Base):
    """One try to reach the customer. Never changed, never deleted."""

    __tablename__ = "callback_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey(Callback.id), index=True)
    at: Mapped[dt.datetime]
    #: Who dialled; null for an answer that came in chat.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: reached, no_answer, off, refused or later.
    outcome: Mapped[str] = mapped_column(String(12))
    next_at: Mapped[dt.datetime | None]
    words: Mapped[str] = mapped_column(Text, default="")

    callback: Mapped[Callback] = relationship(back_populates="attempts")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return OUTCOMES.get(self.outcome, self.outcome)


class Slip(Storied, Base):
    """A callback slip 联系单: what a customer is not content with, who answers for it, each round until they are."""

    moves: ClassVar[states.Machine] = states.SLIP
    names: ClassVar[dict[str, str]] = states.SLIP_NAMES
    matter: ClassVar[str] = "slip"

    __tablename__ = "slip"
    __table_args__ = (
        Index("ix_slip_open", "state", "id"),
        Index("ix_slip_of_owner", "owner_id", "state"),
        known("state", states.SLIP),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: LX20261121-0007.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    #: One open slip a matter: `ticket:17:1`.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    _state: Mapped[str] = mapped_column("state", String(12), default="open")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), index=True)
    #: Where it came from: survey, callback or panel.
    source: Mapped[str] = mapped_column(String(12), default="panel")
    #: The customer's words that opened it; later ones stand in the rounds.
    problem: Mapped[str] = mapped_column(Text, default="")
    #: Who answers for it.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: 1 for the first answer owed, one more each time the customer is still not content.
    round: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    close_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket | None] = relationship()
    project: Mapped[Project | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    follower: Mapped[Follower | None] = relationship()
    owner: Mapped[Staff | None] = relationship()
    rounds: Mapped[list["SlipRound"]] = relationship(
        back_populates="slip", order_by="SlipRound.number", cascade="all, delete-orphan"
    )
    events: Mapped[list["CareEvent"]] = relationship(back_populates="slip", order_by="CareEvent.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits for us."""
        return self._state != "closed"

    @property
    def house(self) -> str:
        """The house it is about, as people say it; empty when it is about none."""
        if self.project is not None:
            return self.project.label
        return self.ticket.house if self.ticket is not None else ""

    @property
    def current(self) -> "SlipRound":
        """The round that is being worked on."""
        return self.rounds[-1]

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> "CareEvent":
        """Write an event without changing state: reassigned, note …"""
        event = CareEvent.told(name, by=by, now=now, reason=reason)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return self.number


class SlipRound(Base):
    """One round of a slip: what is wrong, what will be done by when, and what the customer said afterwards."""

    __tablename__ = "slip_round"
    __table_args__ = (UniqueConstraint("slip_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey(Slip.id))
    number: Mapped[int]
    opened_at: Mapped[dt.datetime]
    problem: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    #: By when the measures will have been taken.
    promised_at: Mapped[dt.datetime | None]
    #: Who wrote the measures, and when.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    answered_at: Mapped[dt.datetime | None]
    called_at: Mapped[dt.datetime | None]
    satisfied: Mapped[bool | None]
    result: Mapped[str] = mapped_column(Text, default="")

    slip: Mapped[Slip] = relationship(back_populates="rounds")
    staff: Mapped[Staff | None] = relationship()


class CareEvent(Step, Base):
    """One step in the story of a callback or a slip: who, when, from, to, why. Never changed, never deleted."""

    __tablename__ = "care_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey(Callback.id), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey(Slip.id), index=True)
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12), default="")

    callback: Mapped[Callback | None] = relationship(back_populates="events")
    slip: Mapped[Slip | None] = relationship(back_populates="events")
