"""Trust: the audit log, chained so that a removed row shows, and every revealed phone number."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import Staff


class AuditEntry(Base):
    """Who did what to which record, before and after, from where. Rows are only added.

    `digest` covers the row and the digest before it: a changed or removed row breaks the chain.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    #: Null for what the system itself did, and for failed log-ins.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    actor_name: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(40))
    record_type: Mapped[str] = mapped_column(String(40), default="")
    record_id: Mapped[str] = mapped_column(String(40), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The address the request came from.
    origin: Mapped[str] = mapped_column(String(64), default="")
    #: Null is not allowed twice: two writers cannot both follow the same row.
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    staff: Mapped[Staff | None] = relationship()


class Disclosure(Base):
    """Somebody saw a masked fact in clear: who, whose, which field, when, from where."""

    __tablename__ = "disclosure"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(64), default="")

    staff: Mapped[Staff] = relationship()
