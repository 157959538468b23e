"""Work: tickets and repairs, their story, and the escalations that need a person.

`Ticket.state` has one writer, `move()`. The machine of its kind (models/states.py) says what is allowed; everything
else is refused.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.houses import Crew, Project
from models.matters import AboutOne
from models.people import Customer, Follower
from models.staff import Staff
from models.steps import Step, Storied
from phones import hide

#: The repair's machine under the names that repairs have always been spoken of.
MOVES = states.REPAIR
#: The states in which a customer still waits for a repair.
OPEN_STATES = frozenset(MOVES) - states.FINAL
STATE_NAMES = states.NAMES


class Ticket(Storied, Base):
    """A case with a number, somebody who waits for it, and an owner."""

    #: The machine of this kind of case.
    moves: ClassVar[states.Machine] = states.TASK
    matter: ClassVar[str] = "ticket"
    #: What its states are called.
    names: ClassVar[Mapping[str, str]] = states.NAMES

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_board", "kind", "next_due_at", "id"),
        Index("ix_ticket_of_follower", "follower_id", "state"),
        known("state", states.EVERY),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: BX20261121-0007.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    _state: Mapped[str] = mapped_column("state", String(12))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    #: The house in the customer's words, when no project is bound.
    house_text: Mapped[str] = mapped_column(String(120), default="")
    contact_name: Mapped[str] = mapped_column(String(40), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    #: Who answers for it in the office.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    close_reason: Mapped[str] = mapped_column(String(200), default="")
    #: The earliest open promise; lists sort by it. Null when nothing is promised.
    next_due_at: Mapped[dt.datetime | None]
    #: Counts changes; a form that saw an older one is refused.
    version: Mapped[int] = mapped_column(default=1)

    follower: Mapped[Follower | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    project: Mapped[Project | None] = relationship()
    owner: Mapped[Staff | None] = relationship()
    events: Mapped[list["TicketEvent"]] = relationship(back_populates="ticket", order_by="TicketEvent.id")

    promises: Mapped[list["Promise"]] = relationship(back_populates="ticket", order_by="Promise.id")  # noqa: F821
    watchers: Mapped[list["TicketWatcher"]] = relationship(  # noqa: F821
        back_populates="ticket", order_by="TicketWatcher.id"
    )

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "ticket", "version_id_col": version}

    def __init__(self, **facts: Any) -> None:
        """A new case stands where its machine begins."""
        super().__init__(**{"_state": next(iter(self.moves))} | facts)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return self.names[self._state]

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for us."""
        return self._state not in states.FINAL

    @property
    def house(self) -> str:
        """The house as people say it, from the project or in the customer's words."""
        return self.project.label if self.project else self.house_text

    @property
    def contact(self) -> str:
        """Who is called about it, as they are addressed; empty when nobody knows a name."""
        person = self.follower.customer if self.follower is not None and self.follower.customer else self.customer
        return self.contact_name or (person.call if person is not None else "")

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "", **data: Any) -> "TicketEvent":
        """Write an event without changing state: chased, paused, note …"""
        event = TicketEvent.told(name, by=by, now=now, reason=reason, data=data)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return self.number


class Repair(Ticket):
    """A repair 报修."""

    moves = states.REPAIR

    __tablename__ = "repair"

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    #: 水 电 防水 墙面 木作 门窗 瓷砖 洁具 地板 五金 其他.
    category: Mapped[str] = mapped_column(String(10), default="其他")
    #: 厨房, 主卧 …
    place: Mapped[str] = mapped_column(String(40), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    #: When somebody is at home, as said and as understood.
    when_text: Mapped[str] = mapped_column(String(60), default="")
    when_start: Mapped[dt.datetime | None]
    when_end: Mapped[dt.datetime | None]
    crew_id: Mapped[int | None] = mapped_column(ForeignKey(Crew.id), index=True)
    accepted_at: Mapped[dt.datetime | None]
    arrived_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    finish_note: Mapped[str] = mapped_column(Text, default="")
    #: 1 for the first attempt, one more for each reopening.
    round: Mapped[int] = mapped_column(default=1)
    #: How often the customer asked again.
    chased: Mapped[int] = mapped_column(default=0)
    #: The old case that this one goes on from, when what was mended broke again after the time for redoing it.
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("repair.id"))
    #: Why it takes longer than promised, and the new date that the customer was told.
    late_reason: Mapped[str] = mapped_column(String(200), default="")
    late_until: Mapped[dt.date | None]

    crew: Mapped[Crew | None] = relationship()
    earlier: Mapped["Repair | None"] = relationship(foreign_keys=[earlier_id], remote_side=[id])
    items: Mapped[list["RepairItem"]] = relationship(  # noqa: F821
        back_populates="repair", order_by="RepairItem.position"
    )
    visits: Mapped[list["Visit"]] = relationship(back_populates="repair", order_by="Visit.id")  # noqa: F821
    postponements: Mapped[list["Postponement"]] = relationship(  # noqa: F821
        back_populates="repair", order_by="Postponement.id"
    )

    __mapper_args__ = {"polymorphic_identity": "repair", "inherit_condition": id == Ticket.id}

    @property
    def what(self) -> str:
        """The problem in one line for people: the customer's words without phones, and the place they do not name."""
        text = hide(self.problem) or self.category
        return text if not self.place or self.place in text else f"{self.place}：{text}"


class TicketEvent(Step, Base):
    """One step in the story of a case: who, when, from, to, why. Never changed, never deleted."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    ticket: Mapped[Ticket] = relationship(back_populates="events")


class Escalation(AboutOne, Base):
    """Something that a person must look after, with an owner from the first moment."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_open", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: dissatisfied, promise_missed, handed_back, no_crew, chased, human, message_failed, told_unmanned …
    kind: Mapped[str] = mapped_column(String(20))
    #: One open escalation per cause: ticket, kind and round, or conversation.
    cause_key: Mapped[str] = mapped_column(String(80), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callback.id"), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slip.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    #: 0 owner, 1 lead, 2 manager.
    level: Mapped[int] = mapped_column(default=0)
    #: open, taken or resolved.
    state: Mapped[str] = mapped_column(String(10), default="open")
    #: What happened, in the customer's or the rule's words.
    words: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[dt.datetime]
    taken_at: Mapped[dt.datetime | None]
    resolved_at: Mapped[dt.datetime | None]
    resolution: Mapped[str] = mapped_column(Text, default="")

    ticket: Mapped[Ticket | None] = relationship()
    conversation: Mapped["Conversation | None"] = relationship()  # noqa: F821
    callback: Mapped["Callback | None"] = relationship()  # noqa: F821
    slip: Mapped["Slip | None"] = relationship()  # noqa: F821
    owner: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.kind} {getattr(self.about, 'number', '')}".strip()
