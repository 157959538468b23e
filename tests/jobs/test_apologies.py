"""Two misses of one person seen by several workers at once are one apology."""

import datetime as dt

from sqlalchemy import select

from jobs import promises as duty
from models import Outgoing
from models.desk import promises
from models.desk.repair import apologies
from tests.jobs.test_duties import at_once
from tests.models.builders import house, repair


def test_workers_at_once_say_it_once(world, sessions, clock):
    with sessions.begin() as session:
        who = house(session, clock())
        for number in range(4):
            case = repair(session, who, clock(), problem=f"漏水{number}")
            for promise in promises.owed(session, case):
                if promise.policy.name == "repair.on_site":
                    promises.redate(promise, clock() + dt.timedelta(seconds=number), clock())
                else:
                    promises.drop(session, promise, now=clock())
    clock.advance(seconds=2)
    at_once(duty.run, world)
    clock.advance(seconds=8)
    at_once(duty.run, world)
    with sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.text_key.in_(apologies.LETTERS))).all()
        told = [row for row in rows if row.state == "queued"]
    assert len(told) == 1 and len(told[0].facts["numbers"]) == len(rows) == 4
