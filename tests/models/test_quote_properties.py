"""Quotes in any order: whatever people, versions and the clock do, one price is agreed and nothing is sent twice."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Outgoing, Promise, Repair, Ticket, TicketEvent
from models.desk import care, watch
from models.desk.repair import quotes, visits
from models.errors import DomainError
from tests.models.builders import House, house, repair
from tests.models.test_quotes import LINES, offered, says


@pytest.fixture
def who(session: Session, now: dt.datetime) -> House:
    made = house(session, now)
    made.project.completed_on = dt.date(2019, 8, 15)
    return made


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["agreed", "refused", "haggled"]), st.integers(0, 3)),
        st.tuples(st.sampled_from(["make", "send", "new"]), st.just(0)),
        st.tuples(st.just("later"), st.sampled_from([1, 60, 600, 3000])),
        st.tuples(st.sampled_from(["finish", "cancel", "close"]), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_in_whatever_order_one_price_is_agreed_and_nothing_is_sent_twice(
    session: Session, who: House, now, steps
) -> None:
    """Answers to any version, new versions, the clock and the end of the case, in any order."""
    case = repair(session, who, now)
    visits.arrive(session, case, by=who.by_crew, now=now)
    moment = now
    for step, number in steps:
        try:
            with session.begin_nested():
                moment += dt.timedelta(minutes=number if step == "later" else 1)
                _take(session, who, case, step, number, moment)
        except DomainError:
            pass
        rows = quotes.all_of(session, case)
        assert sum(row.state == "agreed" for row in rows) <= 1
        assert sum(row.state in ("sent", "haggled") for row in rows) <= 1
        assert sum(row.state == "draft" for row in rows) <= 1
        if case.state == "done":
            assert any(row.state == "agreed" for row in rows)
    sent = [
        (row.follower_id, row.text_key, row.facts.get("version"), row.facts.get("words"))
        for row in _mail(session, case)
    ]
    asked = [one for one in sent if one[1] in ("quote.offer", "quote.reminder", "quote.crew_agreed")]
    assert len(asked) == len(set(asked))
    _forget(session, case)


def _take(session: Session, who: House, case: Repair, step: str, number: int, now: dt.datetime) -> None:
    rows = list(reversed(quotes.all_of(session, case)))
    match step:
        case "agreed" | "refused" | "haggled" if rows:
            says(session, who, rows[number % len(rows)], step, now, f"话{number}")
        case "make":
            quotes.make(session, case, LINES, by=who.by_crew, now=now)
        case "send" if rows:
            quotes.send(session, rows[-1], by=who.by_crew, now=now)
        case "new":
            offered(session, who, case, now)
        case "later":
            watch.run(session, now=now)
        case "finish":
            visits.finish(session, case, note="好了", by=who.by_crew, now=now)
        case "cancel":
            care.cancel(session, case, reason="不修了", by=who.by_customer, now=now)
        case "close":
            care.close(session, case, reason="不修了", by=who.by_staff, now=now)


def _mail(session: Session, case: Repair) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.ticket_id == case.id)))


def _forget(session: Session, case: Repair) -> None:
    """The next example begins with a case of its own; the clock must not see this one."""
    session.execute(delete(Promise).where(Promise.ticket_id == case.id))
    session.execute(delete(TicketEvent).where(TicketEvent.ticket_id == case.id))
    session.expire_all()
    assert session.scalar(select(Ticket.id).where(Ticket.id == case.id))
