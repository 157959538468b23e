"""Whatever of one person's is missed within a minute is one apology; what is missed later is another."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Outgoing
from models.actors import SYSTEM
from models.desk import promises, watch
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from models.desk.repair import apologies
from tests.models.builders import house, repair

pytestmark = pytest.mark.sqlite_only  # plain rows; who looks at once is in tests/jobs/test_apologies.py
S = dt.timedelta(seconds=1)


@pytest.fixture
def who(session, now):
    return house(session, now)


def apologised(session) -> list[tuple[str, list[str] | str, str]]:
    """(text, numbers, state) of every letter about a miss to the homeowner."""
    query = select(Outgoing).where(Outgoing.text_key.in_(apologies.LETTERS)).order_by(Outgoing.id)
    rows = session.scalars(query).all()
    return [(row.text_key, row.facts.get("numbers") or row.facts["number"], row.state) for row in rows]


def on_site(session, who, now, late: dt.timedelta):
    """A repair whose visit is due so long after half an hour from now."""
    case = repair(session, who, now)
    for promise in promises.owed(session, case):
        if promise.policy.name == "repair.on_site":
            promises.redate(promise, now + 1800 * S + late, now + 60 * S)
        else:
            promises.drop(session, promise, now=now)
    session.flush()
    return case


def looks(session, now, *seconds: int) -> None:
    for second in seconds:
        watch.run(session, now=now + 1800 * S + second * S)
        session.flush()


def test_two_missed_at_one_look_are_one_message(session, who, now):
    one, other = (on_site(session, who, now, 0 * S) for _ in range(2))
    looks(session, now, 5)
    assert apologised(session) == [
        ("notice.late_several", [one.number, other.number], "queued"), ("notice.late", other.number, "cancelled"),
    ]  # fmt: skip
    row = session.scalars(select(Outgoing).where(Outgoing.text_key == apologies.SEVERAL)).one()
    assert row.next_try_at == now + 1805 * S, "nothing more is about to be missed"
    assert len([event for event in other.events if event.name == "missed"]) == 1, "each miss stands in its own story"


def test_one_waits_for_what_is_missed_within_the_minute(session, who, now):
    one, other = on_site(session, who, now, 0 * S), on_site(session, who, now, 40 * S)
    looks(session, now, 5)
    row = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.late")).one()
    assert row.next_try_at == now + 1855 * S, "until the watch has looked again"
    looks(session, now, 45, 55)
    assert apologised(session)[0] == ("notice.late_several", [one.number, other.number], "queued")
    assert row.next_try_at == now + 1845 * S


def test_a_third_and_a_complaint_join_and_a_minute_later_it_is_another_matter(session, who, now):
    cases = [on_site(session, who, now, 10 * n * S) for n in range(2)]
    grievance = Grievance("客服态度不好")
    complaint = complaints.register(session, who.customer, grievance, by=SYSTEM, now=now)
    complaint.follower = who.homeowner
    for promise in promises.owed(session, complaint):
        promises.drop(session, promise, now=now)
    promises.make(session, "complaint.explain", complaint, now=now, due_at=now + 1825 * S)
    later = on_site(session, who, now, 90 * S)
    looks(session, now, 5, 15, 30)
    assert apologised(session)[0] == (
        "notice.late_several", [cases[0].number, cases[1].number, complaint.number], "queued",
    )  # fmt: skip
    looks(session, now, 95)
    assert apologised(session)[-1] == ("notice.late", later.number, "queued")


def test_what_was_kept_meanwhile_is_not_apologised_for(session, who, now):
    one, other = on_site(session, who, now, 0 * S), on_site(session, who, now, 40 * S)
    looks(session, now, 5)
    promises.meet(session, promises.find(session, "repair.on_site", other), now=now + 1830 * S)
    looks(session, now, 45)
    assert apologised(session) == [("notice.late", one.number, "queued")]


def test_what_has_left_stays_and_other_people_hear_of_their_own(session, who, now):
    one = on_site(session, who, now, 0 * S)
    looks(session, now, 5)
    gone = session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.late")).one()
    gone.state = "sent"
    other = on_site(session, who, now, 20 * S)
    looks(session, now, 25)
    assert apologised(session) == [("notice.late", one.number, "sent"), ("notice.late", other.number, "queued")]


def test_what_waits_for_the_persons_words_is_one_as_well(session, who, now):
    one = on_site(session, who, now, 0 * S)
    looks(session, now, 5)
    session.scalars(select(Outgoing).where(Outgoing.text_key == "notice.late")).one().state = "held"
    other = on_site(session, who, now, 20 * S)
    looks(session, now, 25)
    assert apologised(session)[0] == ("notice.late_several", [one.number, other.number], "held")
    assert [state for *_, state in apologised(session)] == ["held", "cancelled"]
