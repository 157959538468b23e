"""Who left hears nothing more, and who opted out nothing unasked, whichever of our planners had them in mind."""

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import select

from jobs import campaigns, events, greetings, houses, leads, outbox, promises, roster, sequences, silence, surveys
from jobs import upkeep as keeping
from jobs.schedule import TIMETABLE
from models import Customer, Enrolment, Follower, Outgoing, Repair
from models.actors import By
from models.desk import checks
from models.desk.account import people
from models.desk.demo import company as demo
from models.desk.followup import sequences as plans
from models.desk.personal import leaving
from models.desk.repair import visits
from models.outbound import UNASKED
from models.worktime import local_day
from templates import Texts
from tests.jobs.campaign_cast import scheduled

pytestmark = pytest.mark.sqlite_only  # what is planned does not depend on the database

#: Jobs that promise messages to customers by themselves, in the order of their turn.
PLANNERS = {
    "campaigns": campaigns.run, "greetings": greetings.run, "events": events.run, "houses": houses.run,
    "sequences": sequences.run, "surveys": surveys.run, "silence": silence.run, "promises": promises.run,
    "leads": leads.run, "roster": roster.run, "conversations": keeping.give_back, "sweep": keeping.sweep,
}  # fmt: skip
#: The others: they send what stands, fetch, clear or look.
OTHERS = {"deliver", "media", "codes", "menu", "tags", "privacy", "retention", "checks", "backups"}
DAYS = 6


def test_every_job_says_whether_it_plans():
    assert set(PLANNERS) | OTHERS == {entry.name for entry in TIMETABLE} and not set(PLANNERS) & OTHERS


@pytest.fixture
def company(make_world, sessions, clock, quick):
    """The demo company with something under way for all; `company(change)` lets some days pass after `change`."""
    world = make_world(texts=Texts())
    with sessions.begin() as session:
        plans.plant(session, now=clock() - dt.timedelta(days=1))
        demo.plant(session, clock())
        scheduled(session, clock())
        for row in session.scalars(select(Customer)):
            day = local_day(clock()) + dt.timedelta(days=4)
            row.birth_month, row.birth_day = day.month, day.day
    greetings.run(world)
    with sessions.begin() as session:
        for repair in session.scalars(select(Repair).where(Repair.state.in_(("assigned", "accepted")))):
            by = By("crew", repair.crew.id, repair.crew.name)
            if repair.state == "assigned":
                visits.accept(session, repair, by=by, now=clock())
            visits.arrive(session, repair, by=by, now=clock())
            visits.finish(session, repair, note="修好了", by=by, now=clock())

    def live(change) -> Counter:
        with sessions.begin() as session:
            for row in session.scalars(customers()):
                change(session, row)
        for hours in (8, 16) * DAYS:  # six in the evening, ten in the morning
            clock.advance(hours=hours)
            with sessions.begin() as session:
                for row in session.scalars(select(Follower).where(Follower.subscribed)):
                    row.reply_until, row.reply_left = clock() + dt.timedelta(days=2), 5
            for duty in PLANNERS.values():
                duty(world)
            outbox.deliver(world, rate=quick)
        with sessions() as session:
            mine = select(Outgoing).where(Outgoing.follower_id.in_(customers(Follower.id)))
            sent = session.scalars(mine.where(Outgoing.state == "sent", Outgoing.settled_at > began(clock)))
            return Counter("question" if row.survey_id else row.purpose for row in sent)

    return live


def began(clock) -> dt.datetime:
    return clock() - dt.timedelta(days=DAYS)


def customers(what=Follower):
    return select(what).where(Follower.crew_id.is_(None), Follower.staff_id.is_(None))


def test_those_who_stay_hear_from_every_side(company, sessions, clock):
    heard = company(lambda session, row: None)
    assert {"service", "question", "marketing", "greeting", "follow_up"} <= set(heard), heard
    with sessions() as session:
        found = {name for name in checks.NAMES if checks.look(session, name, now=clock()).new}
    assert found == {"appointment_past"}, "nobody said whether they met; of all else a week makes nothing impossible"


def test_those_who_left_hear_nothing_and_nothing_waits_for_them(company, platform, sessions, clock):
    at = clock()
    assert company(lambda session, row: leaving.leave(session, row, now=at)) == Counter()
    with sessions() as session:
        gone = set(session.scalars(customers(Follower.openid)))
        waits = select(Outgoing).where(Outgoing.follower_id.in_(customers(Follower.id)))
        assert session.scalars(waits.where(Outgoing.state.in_(("queued", "held", "sending")))).all() == []
        running = select(Enrolment).where(Enrolment.state == "running", Enrolment.follower_id.is_not(None))
        assert session.scalars(running).all() == []
    assert gone and not gone & {openid for _, openid, _ in platform.sent}
    assert not gone & {openid for _, openids, _ in platform.masses for openid in openids}


def test_those_who_opted_out_hear_of_their_own_matters_only(company, platform, clock):
    at = clock()
    heard = company(lambda session, row: people.opt_out(session, row, words="退订", now=at))
    assert heard["service"] and not set(heard) & UNASKED, heard
    assert platform.masses == []
