"""Upkeep: what the nightly checks found in the records, when each check last ran, backups and their rehearsals."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: The literal of the partial indexes: SQLite uses one only for a query that says the very same.
STANDING = text("resolved_at IS NULL")


class Finding(Base):
    """One row in a state that no rule of the house leads to. What comes back after it was gone is another finding."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("uq_finding_standing", "rule", "record_id", unique=True, sqlite_where=STANDING,
              postgresql_where=STANDING),
        Index("ix_finding_resolved", "resolved_at", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The name of the check, as in models/desk/checks.py; the panel has words and a next step for each.
    rule: Mapped[str] = mapped_column(String(40))
    #: The table, and the row's key in it.
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    #: When a check no longer found it; null while it stands.
    resolved_at: Mapped[dt.datetime | None]


class CheckRun(Base):
    """When a check last looked, and how much it found."""

    __tablename__ = "check_run"

    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    ran_at: Mapped[dt.datetime]
    #: Findings that stood afterwards.
    found: Mapped[int] = mapped_column(default=0)


class Backup(Base):
    """One try to make a backup, or to restore one into an empty database to see whether it can be done."""

    __tablename__ = "backup"
    __table_args__ = (
        CheckConstraint("kind IN ('backup', 'rehearsal')", name="known_kind"),
        CheckConstraint("state IN ('done', 'failed')", name="known_state"),
        Index("ix_backup_last", "kind", "state", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: backup or rehearsal.
    kind: Mapped[str] = mapped_column(String(10))
    #: done or failed.
    state: Mapped[str] = mapped_column(String(8))
    #: The backup's own folder, by its name: 20261126T020000Z.
    place: Mapped[str] = mapped_column(String(40), default="")
    #: Bytes, photos included.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    #: What went wrong, in a few words; empty when nothing did.
    words: Mapped[str] = mapped_column(String(200), default="")
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime]
    #: How many rows the audit log had when the backup began, and the digest of the newest: an anchor of the chain.
    audit_rows: Mapped[int] = mapped_column(default=0)
    audit_digest: Mapped[str] = mapped_column(String(64), default="")
