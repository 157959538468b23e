"""What colleagues tell one another: hand-over notes 交接班记录, announcements 公告, reviews of what is overdue."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.roster import Shift
from models.staff import Role, Staff
from models.work import Repair


class HandoverNote(Base):
    """What one shift leaves to the next, signed by whoever takes over. Never changed once it is signed."""

    __tablename__ = "handover_note"
    __table_args__ = (Index("ix_handover_note_unsigned", "signed_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int | None] = mapped_column(ForeignKey(Shift.id))
    #: The day the shift began on.
    day: Mapped[dt.date]
    author_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[dt.datetime]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    signed_at: Mapped[dt.datetime | None]

    shift: Mapped[Shift | None] = relationship()
    author: Mapped[Staff] = relationship(foreign_keys=[author_id])
    signed_by: Mapped[Staff | None] = relationship(foreign_keys=[signed_by_id])


class Announcement(Base):
    """Words that everybody, or everybody of a role, confirms to have read."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    #: Shown from the first day to the last, Beijing's days.
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date] = mapped_column(index=True)
    #: For whom; null is for everybody.
    role_id: Mapped[int | None] = mapped_column(ForeignKey(Role.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    made_at: Mapped[dt.datetime]

    role: Mapped[Role | None] = relationship()
    author: Mapped[Staff] = relationship()
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="announcement", order_by="Confirmation.id"
    )


class Confirmation(Base):
    """Somebody has read an announcement."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("announcement_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id))
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    at: Mapped[dt.datetime]

    announcement: Mapped[Announcement] = relationship(back_populates="confirmations")
    staff: Mapped[Staff] = relationship()


class ReviewDay(Base):
    """A weekday on which the overdue repairs are reviewed; Monday is 0."""

    __tablename__ = "review_day"

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Who holds the review; null: the manager on duty.
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))

    reviewer: Mapped[Staff | None] = relationship()


class Review(Base):
    """A repair past its limit was looked at in the review of a day, and what was decided."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("day", "repair_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The day of the review, which may be held late.
    day: Mapped[dt.date]
    repair_id: Mapped[int] = mapped_column(ForeignKey(Repair.id), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    words: Mapped[str] = mapped_column(String(500))
    reviewed_at: Mapped[dt.datetime]

    repair: Mapped[Repair] = relationship()
    reviewer: Mapped[Staff] = relationship()
