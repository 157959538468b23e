"""Events 活动: when and where, how many may come, and who signed up, waits, came."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.actors import By
from models.base import Base, known
from models.campaigns import Campaign
from models.errors import DomainError, IllegalMove
from models.people import Follower
from models.states import Machine
from models.steps import Guarded, Step, Storied

#: state -> states that may follow.
EVENT_MOVES: Machine = {
    "draft": frozenset({"open", "cancelled"}),
    "open": frozenset({"closed", "cancelled"}),
    "closed": frozenset({"open", "cancelled"}),
    "cancelled": frozenset(),
}
SIGNUP_MOVES: Machine = {
    "waiting": frozenset({"signed", "cancelled"}),
    "signed": frozenset({"cancelled"}),
    # Changed their mind again.
    "cancelled": frozenset({"signed", "waiting"}),
}


class Event(Storied, Base):
    """An event that people may sign up for while it is open."""

    moves: ClassVar[Machine] = EVENT_MOVES

    __tablename__ = "event"
    __table_args__ = (known("state", EVENT_MOVES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[dt.datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(80), default="")
    #: What customers read about it, in a sentence or two.
    text: Mapped[str] = mapped_column(Text, default="")
    #: People, not sign-ups; null where everybody has room.
    capacity: Mapped[int | None]
    #: Sign-up ends here; null: when the event begins.
    sign_up_until: Mapped[dt.datetime | None]
    #: The campaign that invites to it, and the date that its words name.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey(Campaign.id), unique=True)
    invited_for: Mapped[dt.datetime | None]
    _state: Mapped[str] = mapped_column("state", String(10), default="draft")
    created_at: Mapped[dt.datetime]

    campaign: Mapped[Campaign | None] = relationship()
    signups: Mapped[list["Signup"]] = relationship(back_populates="event", order_by="Signup.id")
    steps: Mapped[list["EventStep"]] = relationship(back_populates="event", order_by="EventStep.id")

    @property
    def ends_sign_up(self) -> dt.datetime:
        """When sign-up is over at the latest."""
        return min(self.sign_up_until or self.starts_at, self.starts_at)

    def _refusal(self, to: str) -> DomainError:
        return IllegalMove("errors.event_state", title=self.title)

    def tell(self, name: str, *, by: By, now: dt.datetime, reason: str = "", **more: Any) -> "EventStep":
        """Write a step without changing state."""
        step = EventStep.told(name, by=by, now=now, reason=reason, **more)
        self.steps.append(step)
        return step

    def __str__(self) -> str:
        return self.title


class Signup(Guarded, Base):
    """One WeChat's place at an event, however often they sign up or call off."""

    moves: ClassVar[Machine] = SIGNUP_MOVES

    __tablename__ = "signup"
    __table_args__ = (UniqueConstraint("event_id", "follower_id"), known("state", SIGNUP_MOVES))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id))
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    people: Mapped[int] = mapped_column(default=1)
    _state: Mapped[str] = mapped_column("state", String(10))
    #: One more for each time a place was taken: each has a reminder of its own.
    round: Mapped[int] = mapped_column(default=0)
    #: Since when the present state holds; who waits longest moves up first.
    since: Mapped[dt.datetime]
    #: Null until somebody at the door said so.
    attended: Mapped[bool | None]

    event: Mapped[Event] = relationship(back_populates="signups")
    follower: Mapped[Follower] = relationship()

    def _refusal(self, to: str) -> DomainError:
        return IllegalMove("errors.event_state", title=self.event.title)

    def move(self, to: str, *, by: By, now: dt.datetime) -> None:
        """Change state and write the step into the event's story, or raise IllegalMove."""
        before, self.since = self._turn(to), now
        step = self.event.tell(f"signup_{to}", by=by, now=now, signup=self)
        step.from_state, step.to_state = before, to
        if to == "signed":
            self.round += 1

    def __str__(self) -> str:
        return f"{self.event}：{self.follower}"


class EventStep(Step, Base):
    """One step in the story of an event or of a place at it. Never changed, never deleted."""

    __tablename__ = "event_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id), index=True)
    signup_id: Mapped[int | None] = mapped_column(ForeignKey(Signup.id))
    from_state: Mapped[str] = mapped_column(String(10), default="")
    to_state: Mapped[str] = mapped_column(String(10), default="")

    event: Mapped[Event] = relationship(back_populates="steps")
    signup: Mapped[Signup | None] = relationship()
