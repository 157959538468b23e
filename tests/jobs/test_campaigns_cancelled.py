"""Cancelled or resumed while a worker has a message in hand: what the worker has stays the worker's."""

import threading
import time

import pytest
from sqlalchemy import select, text, update

from jobs import campaigns as duty
from models import Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign
from models.desk.marketing import campaigns

#: On SQLite nobody else writes while a worker has it in hand.
pytestmark = pytest.mark.postgresql_only


@pytest.mark.parametrize("ends", ["cancelled", "resumed"])
def test_what_a_worker_took_meanwhile_is_not_written_over(launch, world, sessions, clock, states, quick, ends):
    one = launch(3)
    duty.run(world, rate=quick)
    with sessions.begin() as session:
        campaign = session.get(Campaign, one)
        if ends == "cancelled":
            campaigns.cancel(campaign, by=SYSTEM, now=clock())
        else:
            session.execute(update(Outgoing).values(state="held", reason="campaign_paused"))
    with sessions() as worker:
        rows = worker.scalars(select(Outgoing).where(Outgoing.campaign_id == one).with_for_update()).all()
        for row in rows[:2]:
            row.state, row.reason, row.claim, row.claimed_at = "sending", "", "worker", clock()
        worker.flush()
        other = threading.Thread(target=lambda: duty.run(world, rate=quick))
        other.start()
        assert waits_for_a_lock(sessions)
        worker.commit()
        other.join(20)
    rest = "cancelled campaign_cancelled" if ends == "cancelled" else "queued"
    assert states(one) == {"sending": 2, rest: 1}


def waits_for_a_lock(sessions) -> bool:
    """True as soon as somebody waits for a row that is locked; False when nobody does within some seconds."""
    for _ in range(200):
        with sessions() as session:
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return True
        time.sleep(0.05)
    return False
