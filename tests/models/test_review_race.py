"""Two who decide about the same overdue case at once: one decision stands, the other is told whose it is."""

import datetime as dt

from models import Repair, Review, Staff
from models.desk.repair import reviews
from models.errors import IllegalMove
from tests.models.builders import house, repair
from tests.stories.test_races import together


def test_the_same_case_at_once_is_decided_once(sessions, now):
    with sessions.begin() as session:
        who = house(session, now)
        case, people = repair(session, who, now).id, (who.manager.id, who.engineer.id)
    late, refused = now + dt.timedelta(days=9), []

    def hold(person: int) -> None:
        try:
            with sessions.begin() as session:
                reviews.hold(session, session.get(Repair, case), "定了", staff=session.get(Staff, person), now=late)
        except IllegalMove as why:
            refused.append(why.key)

    together(*(lambda person=person: hold(person) for person in people))
    with sessions() as session:
        assert session.query(Review).count() == 1 and refused == ["errors.reviewed_already"]
