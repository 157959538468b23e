"""Complaints 投诉 and suggestions 建议: cases with an owner and an answer in words.

Whom a complaint is about never sees it (models/desk/complaint/sight.py) and is never its owner.
"""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.houses import Crew
from models.staff import Staff
from models.work import Repair, Ticket

TARGETS = ("设计师", "工队", "监理", "材料", "客服", "价格", "工期", "其他")
SEVERITIES = ("ordinary", "severe")


class Complaint(Ticket):
    """A complaint 投诉: about whom or what, what happened, what is asked for, and what we answered to it."""

    moves = states.COMPLAINT

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("severity IN ('ordinary', 'severe')", name="known_severity"),
        CheckConstraint("compensation >= 0", name="compensation_not_negative"),
    )

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    #: One of TARGETS.
    target: Mapped[str] = mapped_column(String(10), default="其他")
    #: The colleague it is about; never its owner, and it is hidden from them.
    about_staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    about_crew_id: Mapped[int | None] = mapped_column(ForeignKey(Crew.id), index=True)
    #: What happened, in the customer's words.
    problem: Mapped[str] = mapped_column(Text, default="")
    #: What the customer asks for 诉求; empty until said.
    demand: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[str] = mapped_column(String(10), default="ordinary")
    #: Which rules made it severe: injury, danger, threat, money, anger.
    severe_by: Mapped[list[Any]] = mapped_column(default=list)
    #: Another complaint of the same person or house within 30 days before.
    repeated: Mapped[bool] = mapped_column(default=False)
    #: Only its owner and those who lead may see it.
    confidential: Mapped[bool] = mapped_column(default=False)
    #: Whether it stands; null until judged.
    stands: Mapped[bool | None]
    verdict: Mapped[str] = mapped_column(Text, default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    judged_at: Mapped[dt.datetime | None]
    #: What the responsible head wrote to the customer.
    explanation: Mapped[str] = mapped_column(Text, default="")
    explained_at: Mapped[dt.datetime | None]
    proposal: Mapped[str] = mapped_column(Text, default="")
    #: Money of the proposal in 分; 0 for none.
    compensation: Mapped[int] = mapped_column(default=0)
    #: Who had the right to offer that much.
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    proposed_at: Mapped[dt.datetime | None]
    agreed_at: Mapped[dt.datetime | None]
    carried_out_at: Mapped[dt.datetime | None]
    #: Why it came to this, and what keeps it from coming again; written when it is closed.
    cause: Mapped[str] = mapped_column(Text, default="")
    prevention: Mapped[str] = mapped_column(Text, default="")
    #: The repair that was hidden in it.
    repair_id: Mapped[int | None] = mapped_column(ForeignKey(Repair.id))
    #: 1 for the first judgement, one more for each reopening.
    round: Mapped[int] = mapped_column(default=1)
    #: How often the customer asked how it stands.
    chased: Mapped[int] = mapped_column(default=0)

    about_staff: Mapped[Staff | None] = relationship(foreign_keys=[about_staff_id])
    about_crew: Mapped[Crew | None] = relationship()
    judged_by: Mapped[Staff | None] = relationship(foreign_keys=[judged_by_id])
    approved_by: Mapped[Staff | None] = relationship(foreign_keys=[approved_by_id])
    repair: Mapped[Repair | None] = relationship(foreign_keys=[repair_id])

    __mapper_args__ = {"polymorphic_identity": "complaint", "inherit_condition": id == Ticket.id}

    @property
    def severe(self) -> bool:
        """Whether the manager was told at once because of what it is about."""
        return self.severity == "severe"

    @property
    def about(self) -> str:
        """Whom or what it is about, for people: the name where one is known, else the target."""
        person = self.about_staff or self.about_crew
        return f"{self.target}（{person.name}）" if person else self.target

    @property
    def what(self) -> str:
        """The matter in one line."""
        return f"{self.target}：{self.problem}"


class Suggestion(Ticket):
    """A suggestion 建议: thanked for, read by its owner, answered."""

    __tablename__ = "suggestion"

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[dt.datetime | None]

    __mapper_args__ = {"polymorphic_identity": "suggestion"}

    @property
    def what(self) -> str:
        """The matter in one line."""
        return self.words
