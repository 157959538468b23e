"""Satisfaction: forms with their questions, surveys that ask them, and the answers, from chat and telephone alike."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.callbacks import Callback
from models.houses import Project
from models.people import Follower
from models.questions import Question, of_json
from models.staff import Staff
from models.work import Ticket


class SurveyForm(Base):
    """The questions asked on one occasion. A change makes a new version; what was asked keeps the one it had."""

    __tablename__ = "survey_form"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The occasion, as callbacks name their purpose: repair_done, control_point, complaint_done, slip …
    name: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(default=1)
    #: The newest version is the one that is asked.
    active: Mapped[bool] = mapped_column(default=True)
    #: Whether it is asked in chat first; otherwise only on the telephone.
    in_chat: Mapped[bool] = mapped_column(default=True)
    #: models/questions.py says what stands in it.
    questions: Mapped[list[Any]] = mapped_column(default=list)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[dt.datetime]

    staff: Mapped[Staff | None] = relationship()

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions as values, in order."""
        return of_json(self.questions)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Survey(Base):
    """One form asked of one customer: about one round of a case, or about what a callback is about."""

    __tablename__ = "survey"
    __table_args__ = (
        # One question per round, whoever plans it and however often.
        UniqueConstraint("ticket_id", "round"),
        UniqueConstraint("callback_id"),
        Index("ix_survey_of_follower", "follower_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    #: The call that asks it, when chat does not.
    callback_id: Mapped[int | None] = mapped_column(ForeignKey(Callback.id))
    form_id: Mapped[int | None] = mapped_column(ForeignKey(SurveyForm.id))
    #: Null for somebody who is reached by telephone only.
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    round: Mapped[int] = mapped_column(default=1)
    #: What it is about, in a few words for people: 厨房水槽漏水, 中期验收.
    label: Mapped[str] = mapped_column(String(120), default="")
    #: planned (the question is on its way), asked, answered, phone (silence: somebody should call), dropped.
    state: Mapped[str] = mapped_column(String(10), default="planned")
    planned_at: Mapped[dt.datetime]
    #: When its last question was asked: between two surveys an answer belongs to the later one.
    asked_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    #: 1 to 5 as a whole; null when only words came.
    score: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    #: positive, negative, neutral or empty.
    sentiment: Mapped[str] = mapped_column(String(10), default="")

    ticket: Mapped[Ticket | None] = relationship()
    project: Mapped[Project | None] = relationship()
    callback: Mapped[Callback | None] = relationship()
    form: Mapped[SurveyForm | None] = relationship()
    follower: Mapped[Follower | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="survey", order_by="Answer.id", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """The number people know it by: the case's, else the callback's."""
        about = self.ticket or self.callback
        return about.number if about is not None else ""

    def __str__(self) -> str:
        return f"{self.number} 第{self.round}次"


class Answer(Base):
    """What was said to one question of one survey; a correction replaces it while the survey is open."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("survey_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey(Survey.id))
    question: Mapped[str] = mapped_column(String(30))
    #: 1 to 5, a yes as 5 and a no as 1; null for words alone and for what was skipped.
    score: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    sentiment: Mapped[str] = mapped_column(String(10), default="")
    skipped: Mapped[bool] = mapped_column(default=False)
    #: chat or phone.
    by: Mapped[str] = mapped_column(String(8), default="chat")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    at: Mapped[dt.datetime]

    survey: Mapped[Survey] = relationship(back_populates="answers")
    staff: Mapped[Staff | None] = relationship()
