"""Days that are kept for a wish: what is bound to its day goes before what may wait for another one.

A birthday, an anniversary, a festival are worth nothing on the next day; a question, an offer, a word of follow-up are
worth the same. So a touch that may wait leaves the day to a wish that is still to come on it, written already or not.
docs/decisions/bound-to-its-day.md
"""

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign
from models.desk.marketing import audience, occasions
from models.greetings import GreetingRule
from models.outbound import Outgoing
from models.people import Customer, Follower
from models.worktime import at_clock, local_day

#: The purpose of what may be bound to its day.
WISH = "greeting"


def is_bound(row: Outgoing, now: dt.datetime) -> bool:
    """Whether this message is a wish that no other day can have."""
    return row.purpose == WISH and row.not_after is not None and local_day(row.not_after) == local_day(now)


def kept(session: Session, ids: Collection[int], *, now: dt.datetime) -> set[int]:
    """Those of these followers for whom a wish is still to come today.

    Read in the order in which a wish comes to be (rule, campaign, message): whatever another worker brings from one to
    the next meanwhile is met at the later one, so that nothing falls between two looks.
    """
    found: set[int] = set()
    for meant in (*_by_rules(session, now), *_by_campaigns(session, now)):
        wanted = (Follower.subscribed, Follower.opted_out_at.is_(None), Follower.unreachable == "", _wants())
        found |= set(session.scalars(select(Follower.id).where(Follower.id.in_(ids), meant, *wanted)))
    return found | _written(session, ids, now)


def _by_rules(session: Session, now: dt.datetime) -> Iterator[ColumnElement[bool]]:
    """Whom rules mean today that have not planned today yet; a hint of the season has further days."""
    today = local_day(now)
    query = select(GreetingRule).where(
        GreetingRule.state == "on", GreetingRule.kind.in_(("birthday", "anniversary")),
        or_(GreetingRule.planned_to.is_(None), GreetingRule.planned_to < today),
    )  # fmt: skip
    for rule in session.scalars(query).all():
        if now < occasions.ends(rule, today):
            yield audience.condition(occasions.whom_on(rule, today), now)


def _by_campaigns(session: Session, now: dt.datetime) -> Iterator[ColumnElement[bool]]:
    """Whom wishes that end today mean and have not come to yet."""
    query = select(Campaign.audience, Campaign.cursor).where(
        Campaign.kind == WISH, Campaign.state.in_(("scheduled", "running")), Campaign.expanded_at.is_(None),
        Campaign.starts_at < _midnight(now), Campaign.ends_at.between(now, _midnight(now)),
    )  # fmt: skip
    for whom, cursor in session.execute(query).all():
        yield and_(Follower.id > cursor, audience.condition(whom, now))


def _written(session: Session, ids: Collection[int], now: dt.datetime) -> set[int]:
    """Those whose wish is written and waits; what a person stopped keeps nobody waiting."""
    query = select(Outgoing.follower_id).where(
        Outgoing.follower_id.in_(ids), Outgoing.state.in_(("queued", "held")), Outgoing.purpose == WISH,
        Outgoing.reason != "campaign_paused", Outgoing.not_after.between(now, _midnight(now)),
    )  # fmt: skip
    return set(session.scalars(query))


def _wants() -> ColumnElement[bool]:
    refuses = select(Customer.id).where(Customer.id == Follower.customer_id, Customer.wants_greetings.is_(False))
    return ~refuses.exists()


def _midnight(now: dt.datetime) -> dt.datetime:
    return at_clock(local_day(now) + dt.timedelta(days=1))
