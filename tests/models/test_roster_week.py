"""Two who put the same person on a shift in the same moment: one stands, the other is told."""

import datetime as dt

from models import RosterEntry, Shift
from models.desk.staff import roster
from models.errors import Stale
from models.worktime import local_day
from tests.models.builders import house
from tests.stories.test_races import together


def test_the_same_cell_at_once_is_filled_once(sessions, now):
    with sessions.begin() as session:
        agent = house(session, now).agent.id
        rows = [
            Shift(name="早班", starts=dt.time(9), ends=dt.time(14)),
            Shift(name="晚班", starts=dt.time(14), ends=dt.time(22)),
        ]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    stale = []

    def put(shift: int) -> None:
        try:
            with sessions.begin() as session:
                roster.change(session, {(agent, local_day(now)): shift}, {}, now=now)
        except Stale as why:
            stale.append(why)

    together(*(lambda shift=shift: put(shift) for shift in ids))
    with sessions() as session:
        assert session.query(RosterEntry).count() == 1 and len(stale) == 1
