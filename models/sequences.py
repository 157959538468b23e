"""Follow-up by plan 跟进方案: what is said or done so long after something happened, and what became of each step.

A plan is changed by making a new version; who is being followed up keeps the version they began with. The states of an
enrolment and of a touch have one writer each, `move()`.
"""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.callbacks import Callback
from models.errors import DomainError, IllegalMove
from models.houses import Building, Project
from models.outbound import Outgoing
from models.people import Customer, Follower
from models.staff import Staff
from models.steps import Guarded, Step, Storied
from models.work import Ticket

#: What starts a plan: an enquiry, a visit that took place, a building's handover, the completion of a house.
TRIGGERS = ("enquiry", "visit", "handover", "completed")
#: Those that count from a day; the others count from a moment.
BY_DAY = frozenset({"handover", "completed"})
#: How a step reaches the person: a text of the house, words of staff, or somebody calls.
CHANNELS = ("text", "words", "call")
#: When a step is worth taking.
CONDITIONS = ("always", "unsigned", "no_visit")
#: What ends following somebody up, beside opting out and leaving, which always do.
STOPS = ("signed", "lost", "new_visit")


class Sequence(Base):
    """One version of a plan. The newest of its series is current; off means that nobody is followed up by it."""

    __tablename__ = "sequence"
    __table_args__ = (
        UniqueConstraint("series", "version"),
        known("trigger", TRIGGERS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What all versions of one plan share: visit, handover, enquiry-7.
    series: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(default=1)
    #: The newest version.
    current: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(String(40))
    trigger: Mapped[str] = mapped_column(String(10))
    #: Names of STOPS.
    stops: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    #: What happened before this moment starts nothing: a plan that is switched on does not flood yesterday's people.
    active_since: Mapped[dt.datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[dt.datetime]

    staff: Mapped[Staff | None] = relationship()
    steps: Mapped[list["SequenceStep"]] = relationship(back_populates="sequence", order_by="SequenceStep.position")

    def __str__(self) -> str:
        return self.name


class SequenceStep(Base):
    """One step: so many days before or after, at which time, by which way, under which condition."""

    __tablename__ = "sequence_step"
    __table_args__ = (
        UniqueConstraint("sequence_id", "position"),
        known("channel", CHANNELS),
        known("condition", CONDITIONS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey(Sequence.id))
    #: Order within the plan, from 1.
    position: Mapped[int]
    #: Days after what started it; before it when negative.
    offset_days: Mapped[int]
    #: Time of day in China; null: at once.
    at: Mapped[dt.time | None]
    channel: Mapped[str] = mapped_column(String(5))
    #: The key of the house's text, for `text`.
    text_key: Mapped[str] = mapped_column(String(60), default="")
    #: What is said, or what the person who calls should ask; in English for people served in English.
    words: Mapped[str] = mapped_column(Text, default="")
    words_en: Mapped[str] = mapped_column(Text, default="")
    condition: Mapped[str] = mapped_column(String(10), default="always")
    #: Somebody calls when it cannot be written now.
    or_call: Mapped[bool] = mapped_column(default=False)

    sequence: Mapped[Sequence] = relationship(back_populates="steps")


class Enrolment(Storied, Base):
    """One person, or one household, that is followed up by one version of a plan because of one thing that happened."""

    moves: ClassVar[states.Machine] = states.ENROLMENT
    names: ClassVar[dict[str, str]] = states.ENROLMENT_NAMES

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ix_enrolment_state", "state", "id"),
        known("state", states.ENROLMENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What makes it one, whatever the version: `visit:ticket:17`, `handover:3:project:5`.
    key: Mapped[str] = mapped_column(String(80), unique=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey(Sequence.id), index=True)
    _state: Mapped[str] = mapped_column("state", String(8), default="running")
    #: Why it ended, as a name of the catalogue: signed, lost, opted_out …; empty for what a person decided.
    reason: Mapped[str] = mapped_column(String(20), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), index=True)
    #: The enquiry it is about.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    building_id: Mapped[int | None] = mapped_column(ForeignKey(Building.id), index=True)
    #: The moment from which the days count; of a day its beginning in China.
    anchor_at: Mapped[dt.datetime]
    #: The day itself, where a record that staff may change says it.
    anchor_on: Mapped[dt.date | None]
    #: From when on: steps before that are left out.
    joined_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    sequence: Mapped[Sequence] = relationship()
    customer: Mapped[Customer | None] = relationship()
    follower: Mapped[Follower | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    project: Mapped[Project | None] = relationship()
    building: Mapped[Building | None] = relationship()
    touches: Mapped[list["Touch"]] = relationship(back_populates="enrolment", order_by="Touch.planned_for")
    events: Mapped[list["EnrolmentEvent"]] = relationship(back_populates="enrolment", order_by="EnrolmentEvent.id")

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        return self._state == "running"

    def move(self, to: str, *, by: By, now: dt.datetime, reason: str = "", why: str = "") -> "EnrolmentEvent":
        """Change state and write the event; IllegalMove without such an arrow. The only writer of `state`.

        `reason` is words for people, `why` the name of a rule.
        """
        event = super().move(to, by=by, now=now, reason=reason or why)
        self.reason, self.ended_at = why, None if to == "running" else now
        return event

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> "EnrolmentEvent":
        """Write an event without changing state: joined, moved …"""
        event = EnrolmentEvent.told(name, by=by, now=now, reason=reason)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return str(self.sequence)


class EnrolmentEvent(Step, Base):
    """One step in the story of following somebody up: who, when, from, to, why. Never changed, never deleted."""

    __tablename__ = "enrolment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id), index=True)
    from_state: Mapped[str] = mapped_column(String(8), default="")
    to_state: Mapped[str] = mapped_column(String(8), default="")

    enrolment: Mapped[Enrolment] = relationship(back_populates="events")


class Touch(Guarded, Base):
    """One step for one enrolment: when it is due, and what became of it."""

    moves: ClassVar[states.Machine] = states.TOUCH

    __tablename__ = "touch"
    __table_args__ = (
        # One step is one touch, however often and by whomever it is planned.
        UniqueConstraint("enrolment_id", "step_id"),
        # What the clock asks for.
        Index("ix_touch_due", "state", "due_at", "id"),
        known("state", states.TOUCH),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id))
    step_id: Mapped[int] = mapped_column(ForeignKey(SequenceStep.id))
    #: When the plan has it, moved into office hours.
    planned_for: Mapped[dt.datetime]
    #: When it is looked at next: later than planned while something holds it.
    due_at: Mapped[dt.datetime]
    #: Later than this it is of no use and expires.
    useless_after: Mapped[dt.datetime]
    #: planned, done (a message or a call stands for it), skipped, expired or stopped.
    _state: Mapped[str] = mapped_column("state", String(8), default="planned")
    #: Why it waits or was not taken: in_conversation, touched_today, joined_late …
    reason: Mapped[str] = mapped_column(String(30), default="")
    #: How often the date moved: each time its message is another one.
    moved: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey(Outgoing.id), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey(Callback.id), index=True)

    enrolment: Mapped[Enrolment] = relationship(back_populates="touches")
    step: Mapped[SequenceStep] = relationship()
    outgoing: Mapped[Outgoing | None] = relationship()
    callback: Mapped[Callback | None] = relationship()

    @property
    def key(self) -> str:
        """What makes its message or call one, however often it is released."""
        return f"follow_up:{self.id}:{self.moved}"

    def _refusal(self, to: str) -> DomainError:
        return IllegalMove("errors.touch_state")

    def move(self, to: str, *, why: str = "") -> None:
        """Change state and name the rule that did it; IllegalMove without such an arrow. The only writer of `state`."""
        self._turn(to)
        self.reason = why[:30]
