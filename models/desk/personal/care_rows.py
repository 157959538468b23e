"""What a copy says of care: calls, slips with their rounds, gifts. Why colleagues wanted to give one is their note."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.callbacks import OUTCOMES, Callback, Slip
from models.desk.personal import whose
from models.desk.personal.plain import hidden, said
from models.desk.personal.whose import Whose
from models.gifts import GiftApplication

Row = dict[str, Any]


def _theirs(kind: Any, who: Whose) -> ColumnElement[bool]:
    """With one of their WeChats, or on their file where no WeChat is concerned."""
    by_phone = and_(whose.of(kind.customer_id, who.files), kind.follower_id.is_(None))
    return or_(whose.of(kind.follower_id, who.followers), by_phone)


def callbacks(session: Session, who: Whose) -> Iterable[Row]:
    """Calls that were owed to the person, with every try and how they ended."""
    for row in session.scalars(select(Callback).where(_theirs(Callback, who)).order_by(Callback.id)):
        tries = [[said(one.at), OUTCOMES.get(one.outcome, one.outcome)] for one in row.attempts]
        yield {
            "number": row.number, "house": row.house, "state": row.names[row.state], "opened": said(row.asked_at),
            "closed": said(row.closed_at), "words": hidden(row.words), "tries": tries, "result": hidden(row.result),
        }  # fmt: skip


def slips(session: Session, who: Whose) -> Iterable[Row]:
    """What the person was not content with, and each round until they were."""
    for row in session.scalars(select(Slip).where(_theirs(Slip, who)).order_by(Slip.id)):
        rounds = [[hidden(one.problem), hidden(one.measures), hidden(one.result)] for one in row.rounds]
        yield {
            "number": row.number, "house": row.house, "state": row.names[row.state], "opened": said(row.opened_at),
            "closed": said(row.closed_at), "problem": row.problem, "rounds": rounds,
        }  # fmt: skip


def gifts(session: Session, who: Whose) -> Iterable[Row]:
    """What was meant for the person or given to them."""
    query = select(GiftApplication).where(whose.of(GiftApplication.customer_id, who.files))
    for row in session.scalars(query.order_by(GiftApplication.id)):
        yield {
            "number": row.number, "what": row.what, "total": row.value / 100, "state": row.state,
            "due": str(row.due_on), "handed": str(row.handed_on or ""),
        }  # fmt: skip
