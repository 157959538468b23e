"""Leads that nobody touches cool: one grade a period, with the cause, never those who signed or went."""

import datetime as dt

import pytest

from models import Appointment, Callback, CallbackAttempt, Enquiry
from models.actors import SYSTEM, By
from models.desk import promises
from models.desk.sales import cooling, enquiries
from models.desk.talk import conversations
from tests.models.following import DAY, HOUR, at, lead, visited

pytestmark = pytest.mark.sqlite_only  # the statement runs on both databases in tests/jobs/test_sequences.py
START = at(2)
STAFF = By("staff", None, "林设计")


@pytest.fixture
def hopeful(session) -> Enquiry:
    """A B lead that asked on 2 November and has been silent since."""
    enquiry = lead(session, START)
    enquiries.set_grade(session, enquiry, "B", reason="想年底定", by=STAFF, now=START)
    return enquiry


def test_a_grade_is_lost_after_fourteen_days_with_its_cause_and_once_a_period(session, hopeful) -> None:
    assert cooling.run(session, now=START + 13 * DAY) == 0
    assert cooling.run(session, now=START + 14 * DAY + HOUR) == 1
    assert (hopeful.grade, hopeful.grade_cause) == ("C", "14天没有联系")
    event = hopeful.events[-1]
    assert (event.name, event.actor_kind, event.data) == ("cooled", "system", {"before": "B", "grade": "C"})
    assert cooling.run(session, now=START + 15 * DAY) == 0
    # The clock slept for two months: one grade all the same, and D is the end.
    assert cooling.run(session, now=START + 75 * DAY) == 1 and hopeful.grade == "D"
    assert cooling.run(session, now=START + 150 * DAY) == 0


def test_nobody_is_owed_a_call_about_a_lead_that_cooled_below_b(session, hopeful) -> None:
    assert promises.find(session, "enquiry.contact", hopeful) is not None
    cooling.run(session, now=START + 15 * DAY)
    assert promises.find(session, "enquiry.contact", hopeful) is None


def test_whoever_says_more_is_graded_anew(session, hopeful) -> None:
    cooling.run(session, now=START + 15 * DAY)
    wish = enquiries.Wish(asked="打算签了", decided=True)
    enquiries.ask(session, hopeful.follower, wish, by=SYSTEM, now=START + 16 * DAY)
    assert hopeful.grade == "A"


def test_the_number_is_the_managers(session, hopeful) -> None:
    promises.policy(session, "enquiry.cooling").minutes = 7 * 24 * 60
    assert cooling.run(session, now=START + 8 * DAY) == 1 and hopeful.grade_cause == "7天没有联系"


@pytest.mark.parametrize("what", ["called", "noted", "dialled", "written", "heard", "visit", "won", "lost"])
def test_whom_somebody_touched_and_who_is_no_lead_any_more_stays(session, hopeful, what) -> None:
    lately = START + 10 * DAY
    if what == "called":
        enquiries.contacted(session, hopeful, words="约下周", by=STAFF, now=lately)
    elif what == "noted":
        enquiries.note(hopeful, "在等房本", by=STAFF, now=lately)
    elif what == "dialled":
        call = Callback(number="HF1", key="x", purpose="follow_up", ticket=hopeful, asked_at=lately, due_at=lately)
        session.add(CallbackAttempt(callback=call, at=lately, outcome="no_answer"))
    elif what == "written":
        conversations.of(session, hopeful.follower).staff_wrote_at = lately
    elif what == "heard":
        hopeful.follower.last_heard_at = lately
    elif what == "visit":
        visited(session, hopeful, START + 20 * DAY, _state="booked", closed_at=None)
    elif what == "won":
        enquiries.won(session, hopeful, by=STAFF, now=START)
    else:
        enquiries.lost(session, hopeful, reason="太贵", by=STAFF, now=START)
    session.flush()
    before = hopeful.grade
    assert cooling.run(session, now=START + 15 * DAY) == 0 and hopeful.grade == before
    assert session.query(Appointment).count() == (what == "visit") and isinstance(lately, dt.datetime)
