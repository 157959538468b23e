"""What is our own wish waits for a better moment: complaints, emergencies, a talk just begun, enough said already."""

import datetime as dt

import pytest
from sqlalchemy import select

from jobs import houses, surveys
from jobs.outbox import deliver
from models import Customer, Dialog, Estate, Follower, Outgoing, Project, ProjectMember, Repair, Survey
from models.actors import SYSTEM
from models.desk.account import people
from models.desk.complaint import complaints
from models.desk.complaint.complaints import Grievance
from models.desk.delivery import outbox
from templates import Texts

#: Tables of judgements: nothing here depends on the database.
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def lived_in(sessions, person, now):
    """A house that was finished a month ago, so that its owner is asked how it is; returns the owner's follower."""
    follower_id = person("W1", last_heard_at=now - dt.timedelta(hours=9))
    with sessions.begin() as session:
        owner = Customer(name="王", form="女士", phone="13800138000", created_at=now)
        home = Project(
            number="HT-1", estate=Estate(name="翡翠城"), building="8幢", room="301", stage="in_warranty",
            completed_on=dt.date(2026, 10, 21), created_at=now,
        )  # fmt: skip
        session.add_all([owner, home, ProjectMember(project=home, customer=owner, role="owner")])
        session.get(Follower, follower_id).customer = owner
    return follower_id


def complains(session, follower, now):
    complaints.register(session, follower.customer, Grievance("阳台门关不严"), by=SYSTEM, now=now)


def opts_out(session, follower, now):
    people.opt_out(session, follower, words="退订", now=now)


def was_greeted(session, follower, now):
    row = outbox.post(session, "greeting", to=follower, letter=outbox.Letter(body="x"), now=now, purpose="greeting")
    row.state, row.settled_at = "sent", now


def floods(session, follower, now):
    case = Repair(number="BX1", opened_at=now, round=1, chased=0, problem="水管爆了", urgent=True)
    case.customer = follower.customer
    session.add(case)


def is_busy(session, follower, now):
    follower.last_heard_at = now - dt.timedelta(minutes=20)
    session.add(Dialog(follower_id=follower.id, script="repair", step="photos", state="{}", updated_at=now))


@pytest.mark.parametrize(
    ("then", "stands"),
    [
        (None, "sent"), (complains, "queued complaint_open"), (was_greeted, "queued touched_lately"),
        (floods, "queued urgent_open"), (is_busy, "queued is_writing"), (opts_out, "refused opted_out"),
    ],
)  # fmt: skip
def test_a_question_that_is_our_wish_waits_for_a_better_moment(
    make_world, lived_in, sessions, clock, quick, then, stands
):
    world = make_world(texts=Texts())
    if then is not None:
        with sessions.begin() as session:
            then(session, session.get(Follower, lived_in), clock())
    for duty in (houses.run, surveys.run):
        duty(world)
    deliver(world, rate=quick)
    surveys.run(world)
    with sessions() as session:
        question = session.scalars(select(Outgoing).where(Outgoing.survey_id.is_not(None))).one()
        assert (question.purpose, f"{question.state} {question.reason}".strip()) == ("survey", stands)
        asked = {"sent": "asked", "refused opted_out": "phone"}
        assert session.scalars(select(Survey.state)).one() == asked.get(stands, "planned")


@pytest.mark.parametrize(("then", "goes_on"), [(None, "sent"), (floods, "queued urgent_open")])
def test_what_a_message_released_does_not_go_out_into_its_matter(
    world, person, promise, row, sessions, clock, quick, now, then, goes_on
):
    writer = person("W1", reply_left=0)
    offer = promise(writer, "周六有讲座", purpose="marketing")
    deliver(world, rate=quick)
    assert row(offer).state == "held"
    with sessions.begin() as session:
        follower = session.get(Follower, writer)
        follower.customer = Customer(created_at=now)
        follower.reply_left, follower.last_heard_at = 5, clock()
        follower.reply_until = clock() + dt.timedelta(hours=48)
        outbox.release(session, follower, now=clock())
        if then is not None:
            then(session, follower, clock())
    answer = promise(writer, "师傅马上来")
    assert deliver(world, rate=quick) == 1
    assert (row(answer).state, row(offer).state) == ("sent", "queued")
    clock.advance(hours=6, minutes=1)
    deliver(world, rate=quick)
    assert f"{row(offer).state} {row(offer).reason}".strip() == goes_on
