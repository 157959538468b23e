"""Who works when: shifts, the roster by day, and absences with a substitute.

Days and hours are Beijing's; `models/rota.py` turns them into moments and decides who is there.
"""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import Staff


class Shift(Base):
    """A shift 班次. One that ends at or before its beginning ends on the next day."""

    __tablename__ = "shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As staff say it: 早班.
    name: Mapped[str] = mapped_column(String(20), unique=True)
    starts: Mapped[dt.time]
    ends: Mapped[dt.time]
    #: One that nobody is put on any more stays for the roster of the past.
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.ends <= self.starts

    def __str__(self) -> str:
        return self.name


class RosterEntry(Base):
    """Somebody is on a shift on a day. One shift a person and day; a night shift belongs to the day it begins on."""

    __tablename__ = "roster_entry"
    __table_args__ = (UniqueConstraint("day", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date]
    shift_id: Mapped[int] = mapped_column(ForeignKey(Shift.id))
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)

    shift: Mapped[Shift] = relationship()
    staff: Mapped[Staff] = relationship()


class Absence(Base):
    """Somebody is away 请假 from one moment to another, and who does their work meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    starts_at: Mapped[dt.datetime]
    #: Moves to an earlier moment when they are back before.
    ends_at: Mapped[dt.datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    #: Null: whoever is on duty in the same role.
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    entered_at: Mapped[dt.datetime]
    #: When what they had open was given to others, once.
    covered_at: Mapped[dt.datetime | None]
    #: What was given: kind -> [row, who has it], {"calls": [[7, 3]]}. Theirs again when they are back and it is open.
    lent: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: When what is owed about their own matters was theirs again.
    returned_at: Mapped[dt.datetime | None]
    #: Called off before it began.
    dropped_at: Mapped[dt.datetime | None]

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    substitute: Mapped[Staff | None] = relationship(foreign_keys=[substitute_id])
    entered_by: Mapped[Staff | None] = relationship(foreign_keys=[entered_by_id])

    def state(self, now: dt.datetime) -> str:
        """planned, away, over or dropped."""
        if self.dropped_at is not None:
            return "dropped"
        return "planned" if now < self.starts_at else "away" if now < self.ends_at else "over"
