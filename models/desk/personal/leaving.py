"""Somebody stops following: they drop out of every plan, and who works for them knows that only the phone is left."""

import datetime as dt
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import SYSTEM
from models.desk.account import people
from models.desk.delivery import outbox, undelivered
from models.desk.delivery.outbox import Letter
from models.desk.personal import whose
from models.outbound import Outgoing
from models.people import Follower
from models.work import Ticket


def leave(session: Session, follower: Follower, *, now: dt.datetime) -> int:
    """The person left: what waits for them is cancelled, what must be known is called. Open work goes on.

    Returns how many messages were cancelled. Each owner of an open case hears of it once.
    """
    query = select(Outgoing).where(Outgoing.follower_id == follower.id, Outgoing.state.in_(("queued", "held")))
    must_know = [row for row in session.scalars(query) if row.or_call]
    count = people.unfollow(session, follower, now=now)
    for row in must_know:
        undelivered.call(session, row, now=now)
    if follower.crew_id is None and follower.staff_id is None:
        _tell(session, follower, now)
    return count


def _tell(session: Session, follower: Follower, now: dt.datetime) -> None:
    mine: defaultdict[int, list[Ticket]] = defaultdict(list)
    for case in whose.open_cases(session, whose.person(session, follower, None)):
        if case.follower_id != follower.id or case.kind == "privacy":
            continue
        case.tell("unfollowed", by=SYSTEM, now=now)
        if case.owner_id is not None:
            mine[case.owner_id].append(case)
    for owner_id, cases in mine.items():
        facts = {
            "numbers": [one.number for one in cases],
            "customer": follower.customer.call if follower.customer else "",
        }
        letter = Letter("staff.unfollowed", {name: value for name, value in facts.items() if value})
        key = f"left:{follower.id}:{now:%Y%m%d%H%M}:{owner_id}"
        outbox.to_staff(session, key, staff=cases[0].owner, letter=letter, now=now, ticket=cases[0])
