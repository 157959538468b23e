"""Staff and what they may do. A permission not listed in a role is refused."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base


class Role(Base):
    """A named set of permissions."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name for code: admin, manager, agent, engineer, marketing, finance.
    name: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(40))
    #: Names as `repair.see`, `repair.assign`, `customer.reveal`; the panel lists those that exist.
    permissions: Mapped[list[Any]] = mapped_column(default=list)
    #: How much compensation one may offer a customer without asking anybody, in 分.
    compensation_limit: Mapped[int] = mapped_column(default=0)
    #: Up to what value one may let a gift go, one's own too, in 分.
    gift_limit: Mapped[int] = mapped_column(default=0)
    #: What everybody of this role together may give in a month, in 分; null: nobody counts.
    gift_budget: Mapped[int | None]

    def __str__(self) -> str:
        return self.title


class Staff(Base):
    """A member of staff with a log-in to the panel."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20), default="")
    role_id: Mapped[int] = mapped_column(ForeignKey(Role.id))
    #: argon2; empty means that nobody can log in with it.
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    #: Second factor; empty while not set up.
    totp_secret: Mapped[str] = mapped_column(String(64), default="")
    active: Mapped[bool] = mapped_column(default=True)
    #: zh or en, of the panel.
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    #: Until when wrong tries shut the log-in, for administrators to see; the failures on record are what shuts it.
    locked_until: Mapped[dt.datetime | None]
    #: When an administrator opened the log-in again: wrong tries before it count no more.
    forgiven_at: Mapped[dt.datetime | None]
    last_login_at: Mapped[dt.datetime | None]
    #: Changes on log-out everywhere and on a new password: older sessions end.
    session_salt: Mapped[str] = mapped_column(String(32), default="")

    role: Mapped[Role] = relationship()

    def may(self, permission: str) -> bool:
        """Whether the role lists `permission`; an inactive person may nothing."""
        return self.active and permission in self.role.permissions

    def __str__(self) -> str:
        return self.name
