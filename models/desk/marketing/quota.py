"""The four mass messages a month that the platform allows each follower, by our own count.

A place is taken when somebody joins a send and belongs to the month in which their row was last judged for it
(`Outgoing.claimed_at`): a list that is handed over in the next month has moved its places there before.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from models.campaigns import MassQuota
from models.db import insert_into
from models.desk.delivery.terms import month_of
from models.outbound import Outgoing
from models.worktime import SHANGHAI


def month_began(now: dt.datetime) -> dt.datetime:
    """The first moment of the calendar month in China."""
    first = now.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(dt.UTC)


def count(session: Session, ids: Collection[int], month: str, by: int) -> None:
    """Each of these followers has had so many mass messages more this month."""
    if not ids:
        return
    rows = [{"follower_id": one, "month": month, "used": max(by, 0)} for one in sorted(ids)]
    statement = insert_into(session, MassQuota).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["follower_id", "month"], set_={"used": MassQuota.used + by}
        ).execution_options(synchronize_session=False)
    )


def give_back(session: Session, rows: Sequence[Outgoing]) -> None:
    """The places that these rows hold are free again, each in its own month."""
    months: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        assert row.claimed_at is not None  # whoever stands in a send was judged at some time
        months[month_of(row.claimed_at)].append(row.follower_id)
    for month, ids in months.items():
        count(session, ids, month, -1)


def renew(session: Session, rows: Sequence[Outgoing], now: dt.datetime) -> None:
    """The places of these rows count in the month of now, and the rows say so."""
    older = [row for row in rows if row.claimed_at is None or row.claimed_at < month_began(now)]
    give_back(session, older)
    count(session, [row.follower_id for row in older], month_of(now), 1)
    for row in rows:
        row.claimed_at = now
