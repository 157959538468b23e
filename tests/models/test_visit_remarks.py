"""What a customer says about a booked visit: on its record and with its owner, and nothing else moves."""

import pytest
from sqlalchemy import select

from models import Outgoing
from models.desk.sales import appointments
from models.errors import IllegalMove
from tests.models.test_appointments import NINE, booked, by, company, lead

__all__ = ["company"]


def test_what_the_customer_says_about_it_is_on_record_and_with_the_owner_each_time(session, company, now) -> None:
    visit = booked(session, lead(session, now), now)
    for words in ("我晚到20分钟", "再晚10分钟"):
        appointments.remark(session, visit, words, by=by(visit.enquiry), now=now)
    assert (visit.start_at, visit.state, visit.moved) == (NINE, "booked", 0)
    assert [event.reason for event in visit.events if event.name == "note"] == ["我晚到20分钟", "再晚10分钟"]
    said = session.scalars(select(Outgoing).where(Outgoing.text_key == "staff.visit_said").order_by(Outgoing.id)).all()
    assert [row.facts["reason"] for row in said] == ["我晚到20分钟", "再晚10分钟"]


def test_nothing_is_passed_on_about_a_visit_that_is_over(session, company, now) -> None:
    visit = booked(session, lead(session, now), now)
    appointments.cancel(session, visit, reason="改主意", by=by(visit.enquiry), now=now)
    with pytest.raises(IllegalMove):
        appointments.remark(session, visit, "晚到", by=by(visit.enquiry), now=now)
