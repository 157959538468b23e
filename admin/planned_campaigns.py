"""Campaigns in the planner: on the day they start, with how many get them."""

import datetime as dt
from collections.abc import Collection, Iterator

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin import occasions
from admin.planned import Entry
from models import Campaign, Outgoing
from models.desk.marketing.greetings import TOO_LATE
from models.worktime import SHANGHAI, local_day


def entries(session: Session, first: dt.date, last: dt.date) -> Iterator[Entry]:
    """Every campaign that has a time, whatever became of it."""
    query = select(Campaign).where(Campaign.starts_at >= _midnight(first), Campaign.starts_at < _midnight(last, 1))
    rows = session.scalars(query.order_by(Campaign.starts_at, Campaign.id)).all()
    planned = occasions.greetings_of(session, [row.id for row in rows])
    people = _people(session, [row.id for row in rows if row.started_at])
    for row in rows:
        assert row.starts_at is not None  # the query asks for it
        count = people.get(row.id, 0) if row.started_at else row.expected or None
        title = occasions.of_campaign(row, planned.get(row.id))
        state = "missed" if row.state == "cancelled" and row.reason == TOO_LATE else row.state
        yield Entry(local_day(row.starts_at), title, state, row.starts_at, count,
                    url_for("campaigns.one", number=row.id))  # fmt: skip


def _people(session: Session, ids: Collection[int]) -> dict[int, int]:
    """How many messages stand for each of these campaigns."""
    if not ids:
        return {}
    query = select(Outgoing.campaign_id, func.count()).where(Outgoing.campaign_id.in_(ids))
    return {one: count for one, count in session.execute(query.group_by(Outgoing.campaign_id)) if one is not None}


def _midnight(day: dt.date, later: int = 0) -> dt.datetime:
    day += dt.timedelta(days=later)
    return dt.datetime.combine(day, dt.time(), SHANGHAI).astimezone(dt.UTC)
