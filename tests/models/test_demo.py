"""The demo company: planted once, whole, and without ringing anybody's phone."""

import datetime as dt

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Appointment,
    Callback,
    Enquiry,
    Escalation,
    Greeting,
    GreetingRule,
    Outgoing,
    Package,
    Project,
    Quote,
    Referral,
    Repair,
    Showroom,
    Signing,
    Slip,
    Staff,
)
from models.desk import watch
from models.desk.demo import company as demo
from models.desk.sales import referrals
from models.worktime import local_day


def test_it_is_planted_once_and_tells_its_log_ins_each_time(session: Session, now: dt.datetime) -> None:
    told = demo.plant(session, now)
    assert demo.plant(session, now + dt.timedelta(days=1)) == told
    assert [row[0] for row in told] == ["admin", "manager", "agent", "engineer", "marketing", "designer"]
    assert len(session.scalars(select(Project)).all()) == len(demo.HOUSES) + 1
    agent = session.scalars(select(Staff).where(Staff.username == "agent")).one()
    assert PasswordHasher().verify(agent.password_hash, demo.PASSWORD)


def test_a_company_with_staff_of_its_own_is_left_alone(session: Session, now: dt.datetime) -> None:
    demo.plant(session, now)
    session.scalars(select(Staff).where(Staff.username == "agent")).one().username = "xiaolin"
    session.flush()
    demo.plant(session, now)
    assert len(session.scalars(select(Staff)).all()) == len(demo.STAFF)


def test_its_story_has_something_for_everybody_and_nothing_left_to_send(session: Session, now: dt.datetime) -> None:
    demo.plant(session, now)
    assert {case.state for case in session.scalars(select(Repair))} == {"closed", "assigned", "accepted", "on_site"}
    assert [row.state for row in session.scalars(select(Quote).order_by(Quote.version))] == ["superseded", "sent"]
    assert {row.kind for row in session.scalars(select(Escalation))} == {"dissatisfied", "human", "quote_haggled"}
    due = select(Outgoing).where(Outgoing.not_before <= now)
    assert {row.state for row in session.scalars(due)} == {"sent"}
    assert {row.purpose for row in session.scalars(select(Callback))} == {
        "asked_by_customer",
        "control_point",
        "signed",
    }
    assert session.scalars(select(Slip)).one().is_open
    assert watch.run(session, now=now) > 0  # the reopened case waits for its crew: the watch has something to say


def test_before_signing_there_are_offers_and_leads_in_every_mood(session: Session, now: dt.datetime) -> None:
    demo.plant(session, now)
    leads = session.scalars(select(Enquiry).order_by(Enquiry.id)).all()
    moods = [("A", "visiting"), ("C", "contacted"), ("D", "new"), ("C", "won")]
    assert [(lead.grade, lead.state) for lead in leads] == moods
    assert {lead.owner.username for lead in leads} == {"designer"}
    assert session.scalars(select(Appointment)).one().state == "booked"
    assert len(session.scalars(select(Package)).all()) == 3 and session.scalars(select(Showroom)).one().lat


def test_a_lead_that_a_neighbour_brought_signed_last_week_and_has_its_phases_ahead(session, now) -> None:
    demo.plant(session, now)
    row = session.scalars(select(Signing)).one()
    assert (row.introducer.customer.name, row.customer.name, row.enquiry.state) == ("林晓", "高远", "won")
    assert row.signed_on == local_day(now - dt.timedelta(days=7))
    first, *ahead = row.project.phases[:6]
    assert first.actual_on == row.signed_on and all(phase.planned_on > local_day(now) for phase in ahead)
    brought = session.scalars(select(Referral)).one()
    assert referrals.outcomes(session, [brought]) == {brought.id: referrals.Outcome(row.signed_on, True)}


def test_its_care_has_a_rule_in_force_one_that_waits_and_a_festival_ahead(session: Session, now: dt.datetime) -> None:
    demo.plant(session, dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC))
    states = {rule.key: rule.state for rule in session.scalars(select(GreetingRule))}
    assert states == {"birthday": "on", "anniversary": "waiting", "festival:new_year": "on"}
    draft = session.scalars(select(Greeting)).one().campaign
    assert (draft.name, draft.state) == ("元旦问候 2027", "draft")
