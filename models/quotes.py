"""Quotes 报价: what a paid repair would cost, in versions of which one counts, and what the customer said to it.

Money is stored in 分 and quantities in hundredths, so that no sum is ever rounded twice.
"""

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.actors import By
from models.base import Base, known
from models.people import Follower
from models.states import Machine
from models.steps import Guarded
from models.work import Repair

QUOTE_STATES = {
    "draft": "草稿",
    "sent": "等客户答复",
    "haggled": "客户要改价",
    "agreed": "客户已同意",
    "refused": "客户不同意",
    "lapsed": "没有答复",
    "superseded": "已换新版",
    "withdrawn": "已撤回",
}
#: The machine of a quote. Only the newest version can be answered (models/desk/repair/quotes.py), late ones too.
MOVES: Machine = {
    "draft": frozenset({"sent", "superseded", "withdrawn"}),
    "sent": frozenset({"agreed", "refused", "haggled", "lapsed", "superseded", "withdrawn"}),
    # The customer wants another price: it is our turn, but they may still take this one.
    "haggled": frozenset({"agreed", "refused", "superseded", "withdrawn"}),
    # agreed -> superseded: more was found; what was agreed counts until the next version is sent.
    "agreed": frozenset({"superseded"}),
    "refused": frozenset({"agreed", "superseded"}),
    "lapsed": frozenset({"agreed", "refused", "haggled", "superseded", "withdrawn"}),
    "superseded": frozenset(),
    "withdrawn": frozenset(),
}
#: The customer may answer it.
OPEN = ("sent", "haggled", "lapsed")
#: The literals of the partial indexes: SQLite uses one only for a query that says the very same.
LISTENING = text("state IN ('sent', 'haggled', 'lapsed')")
WAITING = text("state IN ('sent', 'haggled')")
AGREED = text("state = 'agreed'")


class Quote(Guarded, Base):
    """One version of a repair's quote. Of a repair at most one waits for an answer, and at most one is agreed."""

    moves: ClassVar[Machine] = MOVES
    names: ClassVar[dict[str, str]] = QUOTE_STATES

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("ticket_id", "version"),
        UniqueConstraint("number", "version"),
        Index("uq_quote_waiting", "ticket_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index("uq_quote_agreed", "ticket_id", unique=True, sqlite_where=AGREED, postgresql_where=AGREED),
        # What every turn of a customer asks for.
        Index("ix_quote_listening", "ticket_id", sqlite_where=LISTENING, postgresql_where=LISTENING),
        Index("ix_quote_state", "state", "id"),
        known("state", QUOTE_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: BJ20261121-0003; all versions of a repair's quote carry the same.
    number: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Repair.id))
    _state: Mapped[str] = mapped_column("state", String(12), default="draft")
    #: 分.
    total: Mapped[int]
    #: What the customer reads under the items.
    note: Mapped[str] = mapped_column(Text, default="")
    #: crew or staff, and who.
    made_by: Mapped[str] = mapped_column(String(10))
    made_by_name: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]
    #: Without an answer until then somebody calls; stands still while we owe another price.
    lapses_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    #: In the customer's words, or those of whoever spoke with them.
    answer: Mapped[str] = mapped_column(Text, default="")
    #: chat, page or phone; empty while nobody answered.
    answered_by_way: Mapped[str] = mapped_column(String(10), default="")
    #: Which WeChat of the household answered; null for an answer by phone.
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    answered_by_name: Mapped[str] = mapped_column(String(40), default="")
    #: Since when it is locked away with the contract that it belongs to.
    locked_at: Mapped[dt.datetime | None]

    repair: Mapped[Repair] = relationship()
    answered_by: Mapped[Follower | None] = relationship()
    items: Mapped[list["QuoteItem"]] = relationship(back_populates="quote", order_by="QuoteItem.position")

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return QUOTE_STATES[self._state]

    def move(self, to: str, *, by: By, now: dt.datetime, reason: str = "") -> None:
        """Change state with an event on the case, or IllegalMove. The only writer of `state`."""
        facts = {"quote": self.number, "version": self.version, "total": self.total, "was": self._turn(to)}
        self.repair.tell(f"quote_{to}", by=by, now=now, reason=reason, **facts)

    def __str__(self) -> str:
        return f"{self.number} 第{self.version}版" if self.version > 1 else self.number


class QuoteItem(Base):
    """One line: 换角阀, 1个, 80元 each."""

    __tablename__ = "quote_item"
    __table_args__ = (
        UniqueConstraint("quote_id", "position"),
        CheckConstraint("hundredths > 0", name="some_quantity"),
        CheckConstraint("price >= 0", name="no_negative_price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey(Quote.id))
    #: From 1.
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    #: The quantity in hundredths: 250 is 2.5 米.
    hundredths: Mapped[int] = mapped_column(default=100)
    #: 个, 次, 米 …
    unit: Mapped[str] = mapped_column(String(8), default="")
    #: 分 for one.
    price: Mapped[int]

    quote: Mapped[Quote] = relationship(back_populates="items")

    @property
    def amount(self) -> int:
        """分 for all of this line."""
        return amount_of(self.hundredths, self.price)

    @property
    def quantity(self) -> str:
        """2.5米, as people write it."""
        return f"{quantity_text(self.hundredths)}{self.unit}"

    def __str__(self) -> str:
        return self.name


def amount_of(hundredths: int, price: int) -> int:
    """分 for so many hundredths at `price` 分 each; half a 分 is rounded up."""
    return (hundredths * price + 50) // 100


def quantity_text(hundredths: int) -> str:
    """2.5, 2 or 0.25."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") if part else str(whole)


def total_of(lines: Sequence[tuple[int, int]]) -> int:
    """分 for all lines, given as hundredths and price."""
    return sum(amount_of(hundredths, price) for hundredths, price in lines)
