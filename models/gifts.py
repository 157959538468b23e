"""Gifts 礼品: what there is, who asked for one for whom, who let it go, and that it arrived.

An application's state has one writer, `move()`, which leaves a GiftStep.
"""

import datetime as dt
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.errors import DomainError, IllegalMove
from models.houses import Project
from models.people import Customer
from models.staff import Staff
from models.steps import Guarded, Step
from models.talk import Attachment


class Gift(Base):
    """A gift that lies in the cupboard."""

    __tablename__ = "gift"
    __table_args__ = (CheckConstraint("stock >= 0 AND value > 0", name="some_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    #: What one is worth, in 分.
    value: Mapped[int]
    #: How many there are that nobody has been promised.
    stock: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class GiftApplication(Guarded, Base):
    """One gift for one household: why, on what occasion, how much, who let it go, who received it and when."""

    moves: ClassVar[states.Machine] = states.GIFT

    __tablename__ = "gift_application"
    __table_args__ = (
        Index("ix_gift_application_queue", "state", "id"),
        # What a team has spent in a month.
        Index("ix_gift_application_month", "month", "staff_id"),
        known("state", states.GIFT),
        CheckConstraint("value > 0", name="some_value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: LP20261121-0007.
    number: Mapped[str] = mapped_column(String(20), unique=True)
    #: Null for something that is not in the cupboard, and for a concession in money.
    gift_id: Mapped[int | None] = mapped_column(ForeignKey(Gift.id))
    #: What it is, as it was called when it was asked for.
    what: Mapped[str] = mapped_column(String(60))
    #: In 分, as it was when it was asked for.
    value: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    #: A festival, birthday, moving_in, or another occasion of OCCASIONS.
    occasion: Mapped[str] = mapped_column(String(20))
    #: The day that it is for.
    due_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(Text, default="")
    #: `spring:2027:project:12` while it holds the household's one gift of this holiday; null once it is given up.
    holds: Mapped[str | None] = mapped_column(String(60), unique=True)
    _state: Mapped[str] = mapped_column("state", String(10), default="asked")
    #: Who asked, and in whose team's budget it falls: that of their role.
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    asked_at: Mapped[dt.datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    decided_at: Mapped[dt.datetime | None]
    #: 2026-11, in China: the month whose budget it uses; empty until it is approved and once it is given up.
    month: Mapped[str] = mapped_column(String(7), default="")
    #: Who received it, who handed it over, when, and the photo of it.
    received_by: Mapped[str] = mapped_column(String(40), default="")
    handed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    handed_on: Mapped[dt.date | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey(Attachment.id))
    version: Mapped[int] = mapped_column(default=1)

    gift: Mapped[Gift | None] = relationship()
    customer: Mapped[Customer] = relationship()
    project: Mapped[Project | None] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])
    handed_by: Mapped[Staff | None] = relationship(foreign_keys=[handed_by_id])
    photo: Mapped[Attachment | None] = relationship()
    steps: Mapped[list["GiftStep"]] = relationship(back_populates="application", order_by="GiftStep.id")

    __mapper_args__ = {"version_id_col": version}

    def _refusal(self, to: str) -> DomainError:
        return IllegalMove("errors.gift_state", number=self.number)

    def move(self, to: str, *, by: By, now: dt.datetime, reason: str = "") -> None:
        """Change state and write the step, or raise IllegalMove. The only writer of `state`."""
        self._turn(to)
        self.tell(to, by=by, now=now, reason=reason)

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> None:
        """Write a step."""
        self.steps.append(GiftStep.told(name, by=by, now=now, reason=reason))

    def __str__(self) -> str:
        return self.number


class GiftStep(Step, Base):
    """One step in the story of an application: who, when, what, why. Never changed, never deleted."""

    __tablename__ = "gift_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey(GiftApplication.id), index=True)
    name: Mapped[str] = mapped_column(String(10))

    application: Mapped[GiftApplication] = relationship(back_populates="steps")
