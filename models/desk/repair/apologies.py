"""Apologies for what is late: one message for whatever of a person's is missed within a minute.

Each miss promises a letter of its own. Before any of them leaves, those to one person become one, and one waits a
moment for what will be missed within the same minute: a household with two leaks is not told twice that we are sorry.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.delivery import outbox
from models.desk.repair import finishing
from models.outbound import Outgoing
from models.people import Follower
from models.promises import Policy, Promise
from models.work import Repair, Ticket

#: The letters about a miss, and the one that stands for several.
SEVERAL = "notice.late_several"
LETTERS = ("notice.late", "notice.finish_late", "complaint.late", SEVERAL)
#: Promises whose miss the customer hears of.
TOLD = ("repair.on_site", "complaint.explain", *finishing.NAMES)
#: What is missed within so long is one matter to whoever waits; so long the watch takes to come round and see it.
SPAN, ROUND = dt.timedelta(minutes=1), dt.timedelta(seconds=15)


def fold(session: Session, cases: Collection[Ticket], *, now: dt.datetime) -> None:
    """Whoever hears of these cases gets one letter about everything of theirs that was missed within this minute.

    What a worker has in hand already goes out as it is. People are held, so that two workers fold one after the other.
    """
    ids = {one for case in cases for one in _people(case)}
    if not ids:
        return
    session.flush()
    held = select(Follower.id).where(Follower.id.in_(ids)).order_by(Follower.id).with_for_update(key_share=True)
    for follower_id in session.scalars(held).all():
        query = (
            select(Outgoing)
            .where(
                Outgoing.follower_id == follower_id, Outgoing.text_key.in_(LETTERS), Outgoing.state.in_(outbox.WAITING)
            )
            .where(Outgoing.created_at > now - SPAN)
            .order_by(Outgoing.id)
            .with_for_update(skip_locked=True)
        )
        rows = session.scalars(query).all()
        if len(rows) > 1:
            _join(rows[0], rows[1:], now)
        if rows:
            _wait(session, rows[0], follower_id, now)


def _people(case: Ticket) -> Iterator[int]:
    watchers = [one.follower_id for one in case.watchers] if isinstance(case, Repair) else []
    yield from (one for one in (case.follower_id, *watchers) if one is not None)


def _join(first: Outgoing, others: Iterable[Outgoing], now: dt.datetime) -> None:
    numbers = first.facts.get("numbers") or [first.facts["number"]]
    for row in others:
        numbers = [*numbers, *(row.facts.get("numbers") or [row.facts["number"]])]
        first.urgent, first.or_call = first.urgent or row.urgent, first.or_call or row.or_call
        outbox.move(row, "cancelled", reason="said_together", now=now)
    first.text_key = SEVERAL
    first.facts = {"number": numbers[0], "numbers": list(dict.fromkeys(numbers))}


def _wait(session: Session, row: Outgoing, follower_id: int, now: dt.datetime) -> None:
    """Until the last of what is about to be missed within the minute was looked at; at once when nothing is."""
    query = (
        select(Promise.due_at)
        .join(Policy)
        .join(Ticket, Ticket.id == Promise.ticket_id)
        .where(Promise.state == "open", Policy.name.in_(TOLD), Ticket.follower_id == follower_id)
        .where(Promise.due_at.between(now, row.created_at + SPAN))
    )
    soon = session.scalars(query.order_by(Promise.due_at.desc()).limit(1)).first()
    row.next_try_at = max(now, row.not_before) if soon is None else soon + ROUND
