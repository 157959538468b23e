"""Signings 签约: a contract as it was signed, what was paid first, and who brought the customer."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.houses import Project
from models.people import Customer, Follower
from models.sales import Enquiry
from models.staff import Staff


class Signing(Base):
    """One contract signed, with its first payment on record. Never deleted; changed only by a credit found later."""

    __tablename__ = "signing"
    __table_args__ = (CheckConstraint("first_payment > 0 AND amount >= first_payment", name="some_money"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    #: The lead that became this contract; null for whoever came past the leads.
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey(Enquiry.id), unique=True)
    signed_on: Mapped[dt.date]
    #: The contract's sum, in 分.
    amount: Mapped[int]
    #: What was paid first, in 分, and when.
    first_payment: Mapped[int]
    paid_on: Mapped[dt.date]
    #: Whether the customer had a contract with us before: 回头客.
    came_back: Mapped[bool] = mapped_column(default=False)
    #: Whose recommendation this first contract of theirs is credited to: 转介绍.
    introducer_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[dt.datetime]

    project: Mapped[Project] = relationship()
    customer: Mapped[Customer] = relationship()
    enquiry: Mapped[Enquiry | None] = relationship()
    introducer: Mapped[Follower | None] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.project.number
