"""What came of a conversation about money: quotes and verdicts of warranty, as plain JSON. Read only."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.quotes import Quote
from models.warranty import RepairWarranty
from models.work import Ticket
from models.worktime import SHANGHAI

Row = dict[str, Any]


def families(session: Session, who: Mapping[int, str]) -> dict[str, list[Row]]:
    """The families of records, by the followers' ids and their names in the file; in the order they came to be."""
    mine = select(Ticket.id).where(Ticket.follower_id.in_(list(who)))
    quotes = session.scalars(select(Quote).where(Quote.ticket_id.in_(mine)).order_by(Quote.id))
    verdicts = select(RepairWarranty).where(RepairWarranty.repair_id.in_(mine)).order_by(RepairWarranty.repair_id)
    return {
        "quotes": [_quote(row, who) for row in quotes],
        "warranties": [
            {
                "number": row.repair.number, "verdict": row.verdict, "rule": row.rule, "by": row.by_kind,
                "until": row.until.isoformat() if row.until else None, "dispute": row.dispute,
            }
            for row in session.scalars(verdicts)
        ],
    }  # fmt: skip


def _quote(row: Quote, who: Mapping[int, str]) -> Row:
    return {
        "number": row.number, "repair": row.repair.number, "version": row.version, "state": row.state,
        "total": row.total / 100, "items": [[one.name, one.quantity, one.price / 100] for one in row.items],
        "made_by": row.made_by, "answer": row.answer, "answered_by": who.get(row.answered_by_id or 0, ""),
        "way": row.answered_by_way, "sent_at": _said_at(row.sent_at), "reminded_at": _said_at(row.reminded_at),
        "lapses_at": _said_at(row.lapses_at),
    }  # fmt: skip


def _said_at(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(SHANGHAI).replace(microsecond=0).isoformat() if moment else None
