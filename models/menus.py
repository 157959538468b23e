"""The menu under the chat, version by version, and the tags that the platform keeps on followers."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, known
from models.errors import DomainError
from models.people import Follower
from models.staff import Staff
from models.states import Machine
from models.steps import Guarded

#: What the bot does when a button with this key is tapped; tests hold that it knows every one.
KEYS = ("MENU_REPAIR", "MENU_PROGRESS", "MENU_HUMAN", "MENU_COMPLAINT", "MENU_EVENTS", "MENU_REFER")
#: state -> states that may follow. Publishing an older version again is the way back.
MENU_MOVES: Machine = {
    "draft": frozenset({"wanted"}),
    "wanted": frozenset({"published", "failed", "draft"}),
    "failed": frozenset({"wanted"}),
    "published": frozenset({"retired"}),
    "retired": frozenset({"wanted"}),
}
TAG_MOVES: Machine = {
    "wanted": frozenset({"made", "failed"}),
    "failed": frozenset({"wanted"}),
    "made": frozenset(),
}
#: wanted and unwanted wait for the platform; put is on it, off is off it again.
TAGGING_MOVES: Machine = {
    "wanted": frozenset({"put", "failed", "off"}),
    "put": frozenset({"unwanted"}),
    "unwanted": frozenset({"off", "put"}),
    "off": frozenset({"wanted"}),
    "failed": frozenset({"wanted", "off"}),
}
WAITING = text("state IN ('wanted', 'unwanted')")


class CannotStep(DomainError):
    """The record is in a state from which this step is not allowed."""

    key = "errors.step_state"


class _Waits(Guarded):
    """A record that a job brings to the platform: why it did not go, and when it is tried again."""

    def _refusal(self, to: str) -> DomainError:
        return CannotStep(state=self._state, to=to)

    def move(self, to: str, *, now: dt.datetime, reason: str = "") -> None:
        """Change state, or raise CannotStep. The only writer of `state`."""
        self._turn(to)
        self.reason, self.next_try_at = reason[:200], now


class MenuVersion(_Waits, Base):
    """One menu as somebody wrote it, and what became of it."""

    moves: ClassVar[Machine] = MENU_MOVES

    __tablename__ = "menu_version"
    __table_args__ = (known("state", MENU_MOVES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As the platform takes them: [{"type", "name", "key" or "url"} or {"name", "sub_button": […]}, …].
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    _state: Mapped[str] = mapped_column("state", String(10), default="draft")
    #: Why the platform did not take it.
    reason: Mapped[str] = mapped_column(String(200), default="")
    next_try_at: Mapped[dt.datetime]
    #: Null for the menu of the release and what the command line published.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]

    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return "、".join(str(button.get("name", "")) for button in self.buttons)


class Tag(_Waits, Base):
    """A tag of the platform, up to a hundred of them."""

    moves: ClassVar[Machine] = TAG_MOVES

    __tablename__ = "tag"
    __table_args__ = (known("state", TAG_MOVES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    #: The platform's number; null until it was made there.
    platform_id: Mapped[int | None]
    _state: Mapped[str] = mapped_column("state", String(10), default="wanted")
    reason: Mapped[str] = mapped_column(String(200), default="")
    next_try_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]

    taggings: Mapped[list["Tagging"]] = relationship(back_populates="tag")

    def __str__(self) -> str:
        return self.name


class Tagging(_Waits, Base):
    """One tag on one follower: wanted here, put there by a job."""

    moves: ClassVar[Machine] = TAGGING_MOVES

    __tablename__ = "tagging"
    __table_args__ = (
        UniqueConstraint("tag_id", "follower_id"),
        known("state", TAGGING_MOVES),
        # What jobs/tags.py asks for.
        Index("ix_tagging_waiting", "next_try_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id))
    follower_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    _state: Mapped[str] = mapped_column("state", String(10), default="wanted")
    reason: Mapped[str] = mapped_column(String(200), default="")
    next_try_at: Mapped[dt.datetime]

    tag: Mapped[Tag] = relationship(back_populates="taggings")
    follower: Mapped[Follower] = relationship()
