"""What one call can settle: the calls that are owed to one household on one telephone, asked about in one go.

Each keeps its own form and its own story; what is shared is the dialling. Nobody's telephone rings three times in a row
about three repairs.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from models.actors import By
from models.callbacks import Callback, CallbackAttempt
from models.desk.callback import callbacks, slips
from models.desk.callback.callbacks import Try

#: A telephone that was not answered, or whose owner named a moment, was so about everything.
ABOUT_ALL = frozenset({"no_answer", "off", "later"})
#: How much before its moment a call may be made.
SOON = dt.timedelta(minutes=5)


def of(session: Session, call: Callback, *seen: ColumnElement[bool], now: dt.datetime) -> Sequence[Callback]:
    """The other calls that the same talk can settle: open, to the same person or house on the same telephone, ripe
    and not promised for later. `seen` leaves out what whoever calls may not know."""
    same = [
        column == value
        for column, value in ((Callback.customer_id, call.customer_id), (Callback.project_id, call.project_id))
        if value is not None
    ]
    if not same:
        return ()
    begun = or_(Callback.from_at.is_(None), Callback.from_at <= now + SOON)
    named = exists().where(
        CallbackAttempt.callback_id == Callback.id, CallbackAttempt.next_at == Callback.due_at,
        Callback.due_at > now + SOON,
    )  # fmt: skip
    # Whether measures helped is asked after the day on which they were to be taken.
    ripe = or_(Callback.purpose != slips.PURPOSE, Callback.due_at <= now + SOON)
    query = select(Callback).where(
        or_(*same), Callback.id != call.id, Callback.state == "open", Callback.phone == call.phone,
        and_(begun, ~named, ripe), *seen,
    )  # fmt: skip
    return session.scalars(query.order_by(Callback.due_at, Callback.id)).all()


def tried(
    session: Session, call: Callback, others: Sequence[Callback], tried: Try, *, by: By, now: dt.datetime
) -> Sequence[Callback]:
    """Dialled once: what became of it stands on this call, and on the others where it was so about all of them.

    Returns those. Who refuses a call refuses that one. Refused as `callbacks.attempt` is.
    """
    callbacks.attempt(session, call, tried, by=by, now=now)
    if tried.outcome not in ABOUT_ALL:
        return ()
    for other in others:
        callbacks.attempt(session, other, tried, by=by, now=now)
    return others
