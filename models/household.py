"""What is remembered of a house: who joined and left, what was moved and finished. Rows are only added."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.houses import Phase, Project
from models.people import Customer, Follower
from models.steps import Step


class HouseEvent(Step, Base):
    """One step in the story of a house: joined, left, owner (became one) of people; planned, finished, reopened, added,
    dropped of phases; photo. Never changed, never deleted.
    """

    __tablename__ = "house_event"
    __table_args__ = (
        # Asked before anything about a house is promised to somebody: did they leave it?
        Index("ix_house_event_of_follower", "project_id", "follower_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    #: Whom it is about; one row for each WeChat of the person, so that what a WeChat may hear is one look-up.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    #: Null for events of people, and once the phase itself was dropped; `data` keeps its name.
    phase_id: Mapped[int | None] = mapped_column(ForeignKey(Phase.id, ondelete="SET NULL"))
    #: How somebody joined (code, contract, family, panel); from and to of a date.
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    project: Mapped[Project] = relationship()
    customer: Mapped[Customer | None] = relationship()
    follower: Mapped[Follower | None] = relationship()
    phase: Mapped[Phase | None] = relationship(passive_deletes=True)


class BindTry(Base):
    """How often a contract number was tried on one local day, whether such a contract exists or not."""

    __tablename__ = "bind_try"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    #: SHA-256 of the number as typed, without blanks and dashes: the table is no list of contracts.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
