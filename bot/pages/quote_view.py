"""A quote as phone pages show it: plain values, read in one short transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models.desk.repair import quotes, warranty
from models.quotes import OPEN, Quote
from models.work import Repair
from phones import hide


@dataclass(frozen=True)
class Item:
    """One line; money in 分."""

    name: str
    quantity: str
    price: int
    amount: int
    #: As the crew typed it, to go on from.
    hundredths: int = 100
    unit: str = ""


@dataclass(frozen=True)
class QuoteView:
    """One version of a quote with what its page says around it."""

    id: int
    number: str
    version: int
    state: str
    total: int
    house: str
    what: str
    repair: str
    crew: str = ""
    note: str = ""
    items: Sequence[Item] = field(default=())
    lapses_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    who: str = ""
    words: str = ""
    #: Why there is a charge: facts of the verdict (models/desk/repair/warranty.py).
    warranty: dict[str, Any] = field(default_factory=dict)
    #: The version that took this one's place, if it was sent.
    newer_id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        return self.state in OPEN and not self.newer_id


def view_of(session: Session, quote: Quote) -> QuoteView:
    """The quote as its readers may see it."""
    repair = quote.repair
    last = newest(session, repair)
    return QuoteView(
        id=quote.id,
        number=quote.number,
        version=quote.version,
        state=quote.state,
        total=quote.total,
        house=repair.house,
        what=repair.what,
        repair=repair.number,
        crew=repair.crew.name if repair.crew else "",
        note=hide(quote.note),
        items=[Item(one.name, one.quantity, one.price, one.amount, one.hundredths, one.unit) for one in quote.items],
        lapses_at=quote.lapses_at,
        answered_at=quote.answered_at,
        who=quote.answered_by_name,
        words=hide(quote.answer),
        warranty=warranty.facts_of(warranty.of(session, repair)),
        newer_id=last.id if last is not None and last.id != quote.id and last.version > quote.version else 0,
    )


def newest(session: Session, repair: Repair) -> Quote | None:
    """The newest version that somebody outside has seen."""
    return next((quote for quote in quotes.all_of(session, repair) if quote.sent_at is not None), None)


def newest_sent(session: Session, repair: Repair) -> QuoteView | None:
    """The newest version that was sent; None while nothing was."""
    quote = newest(session, repair)
    return view_of(session, quote) if quote is not None else None
