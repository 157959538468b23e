"""Codes that the platform makes for us, and whom they brought: binding, referral, event and channel codes alike."""

import datetime as dt
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, known
from models.errors import DomainError
from models.people import BindingCode, Follower
from models.states import Machine
from models.steps import Guarded

#: state -> states that may follow. A code that was made works until it ends; the platform takes none back.
MOVES: Machine = {
    "wanted": frozenset({"made", "failed", "dropped"}),
    "failed": frozenset({"wanted", "dropped"}),
    "made": frozenset({"dropped"}),
    "dropped": frozenset({"wanted"}),
}
#: project, crew and staff carry a binding code; the others say where somebody came from.
KINDS = ("project", "crew", "staff", "referral", "event", "channel")
WANTED = text("state = 'wanted'")


class CannotMake(DomainError):
    """The code is in a state from which this step is not allowed."""

    key = "errors.qr_state"


class QrCode(Guarded, Base):
    """A code with a scene: wanted by somebody, made by the platform, scanned so many times."""

    moves: ClassVar[Machine] = MOVES

    __tablename__ = "qr_code"
    __table_args__ = (
        # What jobs/codes.py asks for.
        Index("ix_qr_code_wanted", "next_try_at", "id", sqlite_where=WANTED, postgresql_where=WANTED),
        known("state", MOVES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: One of KINDS.
    kind: Mapped[str] = mapped_column(String(10))
    #: What a scan tells us; 1 to 64 characters.
    scene: Mapped[str] = mapped_column(String(64), unique=True)
    #: For staff: 国庆展会 A 馆, 翡翠城8幢1602.
    title: Mapped[str] = mapped_column(String(60), default="")
    code_id: Mapped[int | None] = mapped_column(ForeignKey(BindingCode.id), unique=True)
    #: Whose personal code it is; the picture is sent to them once it is made.
    follower_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id), unique=True)
    _state: Mapped[str] = mapped_column("state", String(8), default="wanted")
    #: Why the platform made none: its number and words.
    reason: Mapped[str] = mapped_column(String(200), default="")
    #: When to ask the platform; later while a worker has it in hand or after trouble.
    next_try_at: Mapped[dt.datetime]
    #: When the code stops working, at most 30 days on; null for one that is good for ever.
    expires_at: Mapped[dt.datetime | None]
    #: The platform's ticket, and the address that the picture holds; empty until made.
    ticket: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(200), default="")
    #: The picture below the media folder, where one is sent to somebody.
    path: Mapped[str] = mapped_column(String(200), default="")
    #: How often it was scanned, by followers old and new.
    scans: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    made_at: Mapped[dt.datetime | None]

    code: Mapped[BindingCode | None] = relationship(back_populates="qr")
    follower: Mapped[Follower | None] = relationship()

    def _refusal(self, to: str) -> DomainError:
        return CannotMake(state=self._state, to=to)

    def move(self, to: str, *, now: dt.datetime, reason: str = "") -> None:
        """Change state, or raise CannotMake. The only writer of `state`."""
        self._turn(to)
        self.reason = reason[:200]
        if to == "wanted":
            self.next_try_at = now
        if to == "made":
            self.made_at = now

    def __str__(self) -> str:
        return self.title or self.scene


class Referral(Base):
    """Who brought whom: one row for each new follower, the first one who brought them."""

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("newcomer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    introducer_id: Mapped[int] = mapped_column(ForeignKey(Follower.id), index=True)
    newcomer_id: Mapped[int] = mapped_column(ForeignKey(Follower.id))
    at: Mapped[dt.datetime] = mapped_column(index=True)

    introducer: Mapped[Follower] = relationship(foreign_keys=[introducer_id])
    newcomer: Mapped[Follower] = relationship(foreign_keys=[newcomer_id])

    def __str__(self) -> str:
        return f"{self.introducer} → {self.newcomer}"
