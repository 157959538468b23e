"""Care by the calendar: standing rules that somebody else has approved, and what was planned from them day by day.

A rule's state has one writer, `move()`. Each occasion is planned once: a greeting is tied to it by a unique key, and
what goes out is a campaign like any other.
"""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.actors import By
from models.base import Base, known
from models.campaigns import Campaign
from models.staff import Staff
from models.steps import Step, Storied

#: What care is for. A festival is only suggested; birthday, anniversary and season go out by a rule that stands;
#: a warning of the weather is begun by a person.
KINDS = ("festival", "birthday", "anniversary", "season", "weather")
#: Kinds that a rule sends by itself, day by day, once a second person has approved it.
STANDING = frozenset({"birthday", "anniversary", "season"})
#: Weather that people are warned of.
WEATHERS = ("typhoon", "rainstorm", "cold", "damp")


class GreetingRule(Storied, Base):
    """What is said to whom on an occasion that comes again. One that sends by itself needs a second person's yes."""

    moves: ClassVar[states.Machine] = states.GREETING_RULE
    names: ClassVar[dict[str, str]] = states.GREETING_RULE_NAMES

    __tablename__ = "greeting_rule"
    __table_args__ = (
        known("state", states.GREETING_RULE),
        known("kind", KINDS[:4]),
        CheckConstraint("lead_days BETWEEN 0 AND 60", name="some_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What makes it one: festival:spring, birthday, anniversary, season:3.
    key: Mapped[str] = mapped_column(String(40), unique=True)
    #: festival, birthday, anniversary or season.
    kind: Mapped[str] = mapped_column(String(12))
    #: The festival (models/lunar.py), or the season's key among our texts; empty else.
    occasion: Mapped[str] = mapped_column(String(20), default="")
    #: What staff call it; empty for what has its name from the calendar.
    title: Mapped[str] = mapped_column(String(30), default="")
    #: draft, waiting (for a second person) or on.
    _state: Mapped[str] = mapped_column("state", String(8), default="draft")
    #: The words in Chinese and, where there are any, in English.
    body: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    by_name: Mapped[bool] = mapped_column(default=True)
    #: People whose window is shut may get it as one of their four mass messages of the month.
    mass: Mapped[bool] = mapped_column(default=False)
    #: Who, for festivals and seasons: customers in these stages; empty means everybody with a contract.
    stages: Mapped[list[Any]] = mapped_column(default=list)
    #: The day of the year, for seasons.
    month: Mapped[int | None]
    day: Mapped[int | None]
    #: How many days before its festival a suggestion is made.
    lead_days: Mapped[int] = mapped_column(default=10)
    #: From when on its day it goes out, on Beijing's clock: 09:30.
    send_at: Mapped[str] = mapped_column(String(5), default="09:30")
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: Whoever changed it last: like whoever submitted it they may not approve it.
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: The last day that was gone through; null before the first.
    planned_to: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    changed_by: Mapped[Staff | None] = relationship(foreign_keys=[changed_by_id])
    approved_by: Mapped[Staff | None] = relationship(foreign_keys=[approved_by_id])
    events: Mapped[list["GreetingRuleEvent"]] = relationship(back_populates="rule", order_by="GreetingRuleEvent.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> bool:
        """Whether it sends by itself, so that it needs approval."""
        return self.kind in STANDING

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "") -> "GreetingRuleEvent":
        """Write an event without changing state: made, edited."""
        event = GreetingRuleEvent.told(name, by=by, now=now, reason=reason)
        self.events.append(event)
        return event

    def __str__(self) -> str:
        return self.title or self.key


class GreetingRuleEvent(Step, Base):
    """One step in the story of a rule: who, when, from, to, why. Never changed, never deleted."""

    __tablename__ = "greeting_rule_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey(GreetingRule.id), index=True)
    from_state: Mapped[str] = mapped_column(String(8), default="")
    to_state: Mapped[str] = mapped_column(String(8), default="")

    rule: Mapped[GreetingRule] = relationship(back_populates="events")


class Greeting(Base):
    """One occasion that has been planned: a day, and the campaign that carries the words."""

    __tablename__ = "greeting"
    __table_args__ = (
        Index("ix_greeting_day", "day"),
        known("kind", KINDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What makes this occasion one: festival:spring:2027, birthday:2026-11-26, weather:typhoon:2026-08-01:….
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    #: The festival or the weather; empty else.
    occasion: Mapped[str] = mapped_column(String(20), default="")
    #: Its day, in China.
    day: Mapped[dt.date]
    #: The rule it came from; null for warnings of the weather.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey(GreetingRule.id), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id), unique=True)
    created_at: Mapped[dt.datetime]

    rule: Mapped[GreetingRule | None] = relationship()
    campaign: Mapped[Campaign] = relationship()
