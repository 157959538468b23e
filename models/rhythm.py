"""When we speak to a household by ourselves: at which phases of building, how often in between, how long afterwards.

Numbers of the house, changed by managers in the panel; nothing of them stands in code but the first ones.
"""

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, known

#: building: days between two calls while it is built; repair: days between two calls about one long repair;
#: month: months after completion; season: month of the year, for so many years after completion.
RULES = ("building", "repair", "month", "season")


class PhaseKind(Base):
    """What a phase of this name means: whether it is a control point, an acceptance, the completion."""

    __tablename__ = "phase_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Order within a project, from 1.
    position: Mapped[int]
    #: As phases are called: 水电验收.
    name: Mapped[str] = mapped_column(String(20), unique=True)
    #: A control point: the household is asked within so many hours after it. Null: nobody asks.
    call_hours: Mapped[int | None]
    #: An acceptance: the owner is told so many hours before. Null: nobody is.
    notice_hours: Mapped[int | None]
    #: The house is finished with it, and the warranty runs from that day.
    completes: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.name


class CareRule(Base):
    """One beat of the rhythm: a month after completion, a season, or the longest silence while we are at work."""

    __tablename__ = "care_rule"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        known("kind", RULES),
        CheckConstraint("number > 0 AND years > 0", name="some_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: One of RULES.
    kind: Mapped[str] = mapped_column(String(10))
    #: Days, months after completion, or the month of the year, as the kind says.
    number: Mapped[int]
    #: Seasons only: for so many years after completion.
    years: Mapped[int] = mapped_column(default=2)
    #: What it is about, in a few words for people: 入住一个月, 雨季前.
    label: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.number}"
