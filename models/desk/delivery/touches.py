"""Touches: how often a household hears from us unasked, across all senders, and until when it has had enough.

A household is everybody of one project. What is being sent counts like what was sent: two workers must not both find
the last place free, so whoever counts has locked the household (models/desk/delivery/terms.py).
"""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.outbound import TOUCHES, Outgoing, TouchCap
from models.people import Follower, ProjectMember
from models.worktime import at_clock, local_day

#: (days, most) until managers say otherwise: never two touches a day, two a week, four in thirty days.
DEFAULTS = ((1, 1), (7, 2), (30, 4))
Caps = Sequence[tuple[int, int]]


def ensure(session: Session) -> None:
    """The caps stand; numbers that a manager changed stay."""
    if session.scalar(select(TouchCap.id).limit(1)) is None:
        session.add_all(TouchCap(days=days, most=most) for days, most in DEFAULTS)
        session.flush()


def caps(session: Session) -> Caps:
    """(days, most) of every cap."""
    return [(row.days, row.most) for row in session.scalars(select(TouchCap))] or DEFAULTS


def households(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    """For each of these followers everybody of their households, themselves included. Two queries."""
    found = {one: {one} for one in ids}
    for query in _household_queries():
        for mine_id, other_id in session.execute(query, {"ids": list(ids)}):
            found[mine_id].add(other_id)
    return found


@functools.cache
def _household_queries() -> tuple[Any, Any]:
    """Pairs of followers of one house, and of one person. Built once: making aliases costs more than the rows."""
    me, mine, theirs, other = aliased(Follower), aliased(ProjectMember), aliased(ProjectMember), aliased(Follower)
    among = me.id.in_(bindparam("ids", expanding=True))
    of_houses = (
        select(me.id, other.id)
        .join(mine, mine.customer_id == me.customer_id)
        .join(theirs, theirs.project_id == mine.project_id)
        .join(other, other.customer_id == theirs.customer_id)
        .where(among)
    )
    return of_houses, select(me.id, other.id).join(other, other.customer_id == me.customer_id).where(among)


def lately(
    session: Session, ids: Collection[int], *, since: dt.datetime, asked: bool = True
) -> dict[int, list[dt.datetime]]:
    """When each of these followers was touched since then, in any order; what may have arrived counts too.

    Without `asked` questions about their own case are left out: they began that, and it takes no wish's place.
    """
    at = func.coalesce(Outgoing.settled_at, Outgoing.claimed_at)
    query = select(Outgoing.follower_id, at).where(
        Outgoing.follower_id.in_(ids),
        Outgoing.state.in_(("sent", "sending", "unknown")),
        or_(Outgoing.purpose.in_(TOUCHES), Outgoing.survey_id.is_not(None) if asked else false()),
        at >= since,
    )
    found: dict[int, list[dt.datetime]] = defaultdict(list)
    for follower_id, moment in session.execute(query):
        found[follower_id].append(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    return found


def of_a_day(limits: Caps) -> Caps:
    """The caps that hold for what is bound to its day: those of a single day.

    The others say which touch has to come on another day, and there is none for a wish. It counts in them all the same.
    """
    return [(days, most) for days, most in limits if days == 1]


def since(limits: Caps, now: dt.datetime) -> dt.datetime:
    """The moment before which no touch counts any more."""
    return at_clock(local_day(now) - dt.timedelta(days=max(days for days, _ in limits) - 1))


def full_until(moments: Iterable[dt.datetime], limits: Caps, now: dt.datetime) -> dt.datetime | None:
    """Until when a household with these touches gets no more; None while there is room under every cap."""
    days = sorted(local_day(moment) for moment in moments)
    ends = []
    for span, most in limits:
        inside = [day for day in days if day > local_day(now) - dt.timedelta(days=span)]
        if len(inside) >= most:
            ends.append(inside[-most] + dt.timedelta(days=span))
    return at_clock(max(ends)) if ends else None


def of_household(circle: Iterable[int], touched: Mapping[int, list[dt.datetime]]) -> list[dt.datetime]:
    """The touches of everybody in a household."""
    return [moment for one in circle for moment in touched.get(one, ())]
