"""Privacy requests: somebody wants what we keep about them, or wants it gone.

A deletion needs two colleagues: one who looked at who asks and what will go, another who lets it happen. Only then a
job carries it out (models/desk/personal/erasing.py).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.base import Base
from models.staff import Staff
from models.work import Ticket

WISHES = ("delete", "export")
#: How we know that it is the person: the WeChat belongs to a house of ours, only the WeChat itself, or a colleague
#: looked at papers.
PROOFS = ("bound", "wechat", "papers")


class PrivacyRequest(Ticket):
    """A wish about one's own data 隐私申请: who asks, how we know that it is them, and what was done by whom."""

    moves = states.PRIVACY
    names: ClassVar[Mapping[str, str]] = states.PRIVACY_NAMES

    __tablename__ = "privacy_request"
    __table_args__ = (
        CheckConstraint("wish IN ('delete', 'export')", name="known_wish"),
        CheckConstraint("proof IN ('bound', 'wechat', 'papers')", name="known_proof"),
    )

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    #: delete or export.
    wish: Mapped[str] = mapped_column(String(6))
    #: One of PROOFS.
    proof: Mapped[str] = mapped_column(String(6), default="wechat")
    #: asked (in chat), phone (written down by a colleague) or left (nobody asked: the person stopped following).
    cause: Mapped[str] = mapped_column(String(6), default="asked")
    #: In the person's words.
    words: Mapped[str] = mapped_column(Text, default="")
    #: How often the same was asked while it was open.
    chased: Mapped[int] = mapped_column(default=0)
    #: Who looked at the person and at what will happen.
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    checked_at: Mapped[dt.datetime | None]
    #: Who let it happen; of a deletion never the same person. Null for what a rule of the house decided.
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    approved_at: Mapped[dt.datetime | None]
    #: How far the job has come: {"of": {"followers": […], "customer": 3}, "step": 4, "after": 17}.
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What was done: {"message": 41, …}, rows by table.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: When the job had finished.
    done_at: Mapped[dt.datetime | None]
    #: The copy for the person below the media folder; empty before it is made and after it is gone again.
    path: Mapped[str] = mapped_column(String(200), default="")
    #: Bytes.
    size: Mapped[int] = mapped_column(default=0)
    #: Until when the copy is kept.
    expires_at: Mapped[dt.datetime | None]
    #: When the person's own WeChat fetched it by the link, which works once.
    taken_at: Mapped[dt.datetime | None]

    checked_by: Mapped[Staff | None] = relationship(foreign_keys=[checked_by_id])
    approved_by: Mapped[Staff | None] = relationship(foreign_keys=[approved_by_id])

    __mapper_args__ = {"polymorphic_identity": "privacy"}


class LockedRecord(Base):
    """What the law keeps of somebody whose data was erased: read one at a time, each reading on record."""

    __tablename__ = "locked_record"
    __table_args__ = (
        UniqueConstraint("request_id", "kind", "number"),
        CheckConstraint("kind IN ('contract', 'quote')", name="known_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(PrivacyRequest.id))
    #: contract or quote.
    kind: Mapped[str] = mapped_column(String(8))
    #: The contract's or the quote's own number, with its version.
    number: Mapped[str] = mapped_column(String(40))
    #: Who it was made with and in which words; emptied when the law asks for it no longer.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    locked_at: Mapped[dt.datetime]
    #: When it is emptied.
    until: Mapped[dt.date] = mapped_column(index=True)

    request: Mapped[PrivacyRequest] = relationship()


class Retention(Base):
    """How long one kind of data is kept, in days. Managers change the number; a job does the rest."""

    __tablename__ = "retention"
    __table_args__ = (CheckConstraint("days > 0", name="some_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name for code: inbound, drafts, media, sent, links, left, exports, locked.
    name: Mapped[str] = mapped_column(String(20), unique=True)
    days: Mapped[int]
    #: Up to which row it has been gone through, where rows are in the order of their time.
    cursor: Mapped[int] = mapped_column(default=0)
    #: How many rows were cleared since the beginning.
    cleared: Mapped[int] = mapped_column(default=0)
    #: When it last had nothing left to do; it rests for some hours then.
    rested_at: Mapped[dt.datetime | None]
