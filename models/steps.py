"""What every step in a story holds: when, what, who, why. Never changed, never deleted."""

import datetime as dt
from typing import Any, Self

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.actors import By


class Step:
    """The columns that the steps of all stories share; whose story it is, the table says."""

    at: Mapped[dt.datetime]
    name: Mapped[str] = mapped_column(String(20))
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def told(cls, name: str, *, by: By, now: dt.datetime, reason: str = "", **more: Any) -> Self:
        """A step that somebody took now; it belongs to no story yet unless `more` says so."""
        return cls(
            name=name, at=now, actor_kind=by.kind, actor_id=by.id, actor_name=by.name, reason=reason, **more
        )  # fmt: skip
