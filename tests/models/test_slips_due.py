"""What a slip could not solve within two days is the manager's at once; the owner hears of it beforehand."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Escalation, Outgoing, Promise
from models.actors import SYSTEM
from models.desk import promises, watch
from models.desk.account import people
from models.desk.callback import slips
from tests.models.builders import house, repair

pytestmark = pytest.mark.sqlite_only  # plain rows
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def test_after_two_days_it_is_the_managers_in_that_very_minute(session, now):
    who = house(session, now)
    for one in (who.engineer, who.manager):
        people.find_or_add(session, f"o-{one.username}", now=now).staff = one
    slip = slips.raise_(session, repair(session, who, now), "墙还在渗", by=SYSTEM, now=now)
    slips.answer(session, slip, "换防水", promised_at=now + 3 * DAY, by=who.by_staff, now=now + HOUR)
    watch.run(session, now=now + 2 * DAY - HOUR)
    told = [
        row.follower.staff.name for row in session.scalars(select(Outgoing)) if row.text_key == "staff.promise_near"
    ]
    assert slip.owner is who.engineer and "赵工" in told, "warned while it can still be kept"
    assert matters(session, slip) == []
    for _ in range(2):
        watch.run(session, now=now + 2 * DAY)
    assert matters(session, slip) == [("promise_missed", "周经理", "open")]
    owed = promises.find(session, slips.DUE, slip)
    assert (owed.missed_at, owed.level) == (now + 2 * DAY, 2)
    told = [
        row.follower.staff.name for row in session.scalars(select(Outgoing)) if row.text_key == "staff.promise_missed"
    ]
    assert "周经理" in told
    slips.close(session, slip, reason="客户满意", by=who.by_staff, now=now + 3 * DAY)
    kept = session.scalars(select(Promise).where(Promise.slip_id == slip.id, Promise.policy.has(name=slips.DUE))).one()
    assert kept.kept is False and kept.met_at == now + 3 * DAY


def matters(session, slip) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(Escalation).where(Escalation.slip_id == slip.id))
    return [(row.kind, row.owner.name, row.state) for row in rows]


def told(session, key: str) -> list[str]:
    return [row.follower.staff.name for row in session.scalars(select(Outgoing)) if row.text_key == key]
