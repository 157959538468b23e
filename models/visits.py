"""What a repair consists of besides its state: the faults one by one, each visit of a crew, who else of the household
hears of it, and the other times that crews asked for.

Rounds and visits are never overwritten: who came, when and from where stays readable after the case was reopened.
"""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.houses import Crew
from models.people import Follower
from models.work import Repair, Ticket


class RepairItem(Base):
    """One fault of a repair. One visit mends several; a crew may leave one with a reason."""

    __tablename__ = "repair_item"
    __table_args__ = (
        UniqueConstraint("repair_id", "position"),
        CheckConstraint("state IN ('open', 'done', 'left')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey(Repair.id))
    #: From 1, as customers and crews say it.
    position: Mapped[int]
    category: Mapped[str] = mapped_column(String(10), default="其他")
    place: Mapped[str] = mapped_column(String(40), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    #: open, done, or left (the crew could not mend it, `note` says why; it waits for the next visit).
    state: Mapped[str] = mapped_column(String(4), default="open")
    note: Mapped[str] = mapped_column(Text, default="")

    repair: Mapped[Repair] = relationship(back_populates="items")

    def __str__(self) -> str:
        return f"{self.position}. {self.problem}"


class Visit(Base):
    """One visit of one crew, from setting out to leaving. A repair has as many as it takes."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_of_repair", "repair_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey(Repair.id))
    #: The round of the repair that this visit belongs to.
    round: Mapped[int] = mapped_column(default=1)
    crew_id: Mapped[int] = mapped_column(ForeignKey(Crew.id), index=True)
    set_out_at: Mapped[dt.datetime | None]
    arrived_at: Mapped[dt.datetime | None]
    #: Where the crew said that it was, in degrees; null when it sent no location.
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    #: How far that was from the estate, in metres; null when either is unknown.
    metres_off: Mapped[int | None]
    finished_at: Mapped[dt.datetime | None]
    #: done, left (something stays open), moved (another time was agreed), handed_back or ended (the case was, or others
    #: got it); "" while it lasts.
    outcome: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    #: What was used, line by line: ["角阀1个", "生料带1卷"].
    materials: Mapped[list[Any]] = mapped_column(default=list)

    repair: Mapped[Repair] = relationship(back_populates="visits")
    crew: Mapped[Crew] = relationship()

    def __str__(self) -> str:
        return f"{self.repair.number} 第{self.round}次 {self.crew.name}"


class TicketWatcher(Base):
    """Somebody of the same household who reported the same: told of each step like the one who reported first."""

    __tablename__ = "ticket_watcher"
    __table_args__ = (UniqueConstraint("ticket_id", "follower_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id))
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    since: Mapped[dt.datetime]
    #: The fault in this person's words.
    words: Mapped[str] = mapped_column(Text, default="")

    ticket: Mapped[Ticket] = relationship(back_populates="watchers")
    follower: Mapped[Follower] = relationship()

    def __str__(self) -> str:
        return str(self.follower)


class Postponement(Base):
    """A crew asks for another time. Only the customer's own yes moves the visit and stops the clock."""

    __tablename__ = "postponement"
    __table_args__ = (
        Index("ix_postponement_of_repair", "repair_id", "state"),
        CheckConstraint("state IN ('asked', 'agreed', 'refused', 'dropped')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey(Repair.id))
    crew_id: Mapped[int] = mapped_column(ForeignKey(Crew.id))
    #: The window that the crew offers, as understood and as said.
    start: Mapped[dt.datetime]
    end: Mapped[dt.datetime]
    when_text: Mapped[str] = mapped_column(String(60), default="")
    #: Why, in the crew's words.
    words: Mapped[str] = mapped_column(Text, default="")
    #: asked, agreed, refused, or dropped (overtaken by another time, or the case went on without an answer).
    state: Mapped[str] = mapped_column(String(8), default="asked")
    asked_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    #: What the customer said to it.
    answer: Mapped[str] = mapped_column(Text, default="")

    repair: Mapped[Repair] = relationship(back_populates="postponements")
    crew: Mapped[Crew] = relationship()

    def __str__(self) -> str:
        return f"{self.repair.number} {self.when_text}"
