"""Following up by the clock, on both databases: four workers at once, killed, late, and leads that cool."""

import datetime as dt

import pytest
from sqlalchemy import event, func, select

from jobs import leads, sequences
from models import Callback, Customer, Enquiry, Enrolment, Outgoing, Project, ProjectMember, Sequence, Touch
from models.desk import promises
from models.desk.account import people
from models.desk.followup import sequences as plans
from tests.jobs.test_duties import at_once
from tests.models.following import DAY, at, handed_over, home, lead, person, visited

MONDAY = at(23)


@pytest.fixture
def street(world, sessions, clock) -> int:
    """Two leads, one of whom came to see us, and three households of a building, followed up from Monday on."""
    clock.now = MONDAY - dt.timedelta(hours=1)
    sequences.run(world)
    clock.now = MONDAY
    with sessions.begin() as session:
        lead(session, MONDAY, "o-1")
        visited(session, lead(session, MONDAY, "o-2"), MONDAY)
        for room in (1601, 1602, 1603):
            home(session, MONDAY, f"o-{room}", room=str(room))
        handed_over(session, dt.date(2026, 12, 24))
    clock.now = MONDAY + dt.timedelta(minutes=5)
    return 5


def count(sessions, *what) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(what[0]).where(*what[1:]))


def test_four_workers_at_once_plant_begin_and_say_everything_once(world, sessions, clock, street) -> None:
    at_once(sequences.run, world, workers=4)
    at_once(sequences.run, world, workers=4)
    assert count(sessions, Sequence) == len(plans.DEFAULTS)
    assert count(sessions, Enrolment) == 6  # 2 enquiries, 1 visit, 3 households
    assert count(sessions, Outgoing, Outgoing.purpose == "follow_up") == 2
    clock.now = at(24, 10, 5)
    at_once(sequences.run, world, workers=4)
    with sessions() as session:
        keys = list(session.scalars(select(Outgoing.dedupe_key).where(Outgoing.purpose == "follow_up")))
        told = list(session.scalars(select(Outgoing.text_key).where(Outgoing.purpose == "follow_up")))
    assert len(keys) == len(set(keys)) == 5 and told.count("follow.keys_30") == 3


def test_four_workers_at_once_hand_a_household_on_once(world, sessions, clock, street) -> None:
    clock.now = at(24, 9, 5)
    sequences.run(world)
    with sessions.begin() as session:
        house = session.scalars(select(Project).where(Project.room == "1601")).one()
        husband = house.members[0].customer.followers[0]
        wife = person(session, "o-wife", clock())
        wife.customer = Customer(name="林晓", form="女士", created_at=clock())
        session.add(ProjectMember(project=house, customer=wife.customer, role="family"))
        told = select(Outgoing).where(Outgoing.follower_id == husband.id, Outgoing.purpose == "follow_up")
        assert session.scalars(told).all() == [], "the plan is there, and nothing was said yet"
        people.unfollow(session, husband, now=clock())
        who = wife.id
    clock.now = at(24, 10, 5)
    for _ in range(2):  # a household in one worker's hands waits a minute for the others
        at_once(sequences.run, world, workers=4)
        clock.advance(minutes=2)
    with sessions() as session:
        mine = session.scalars(select(Enrolment).where(Enrolment.follower_id == who)).one()
        assert [event.name for event in mine.events] == ["joined", "handed_on"]
        said = session.scalars(select(Outgoing.text_key).where(Outgoing.purpose == "follow_up"))
        assert list(said).count("follow.keys_30") == 3
        mine = select(Outgoing.text_key).where(Outgoing.purpose == "follow_up", Outgoing.follower_id == who)
        assert session.scalars(mine).all() == ["follow.keys_30"]


def test_killed_at_any_commit_it_forgets_nobody_and_doubles_nothing(world, sessions, clock, street) -> None:
    class Killed(Exception):
        pass

    left = [0]

    def dies(_session) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    event.listen(sessions, "before_commit", dies)
    try:
        for budget in range(7):
            left[0] = budget
            with pytest.raises(Killed):
                sequences.run(world)
    finally:
        event.remove(sessions, "before_commit", dies)
    sequences.run(world)
    assert (count(sessions, Enrolment), count(sessions, Outgoing, Outgoing.purpose == "follow_up")) == (6, 2)


def test_a_clock_that_slept_for_two_days_says_one_thing_to_each_and_lets_the_rest_expire(
    world, sessions, clock, street
) -> None:
    sequences.run(world)
    clock.now = at(1, 9, 30, month=12)
    for _ in range(3):
        sequences.run(world)
    with sessions() as session:
        for enrolment in session.scalars(select(Enrolment).where(Enrolment.state == "running")):
            done = [touch for touch in enrolment.touches if touch.done_at == clock()]
            assert len(done) <= 1
        expired = select(Touch.reason).where(Touch.state == "expired")
        assert set(session.scalars(expired)) <= {"too_late", "overtaken"}
        assert session.scalar(select(func.count(Callback.id))) <= 2


def test_a_moved_completion_is_followed_by_the_job(world, sessions, clock) -> None:
    clock.now = MONDAY
    sequences.run(world)
    with sessions.begin() as session:
        home(session, MONDAY, completed_on=at(23).date())
    sequences.run(world)
    with sessions.begin() as session:
        enrolment = session.scalars(select(Enrolment)).one()
        enrolment.project.completed_on = at(25).date()
    sequences.run(world)
    with sessions.begin() as session:
        enrolment = session.scalars(select(Enrolment)).one()
        assert [touch.planned_for for touch in enrolment.touches] == [at(30), at(7, month=12)]
        enrolment.project.completed_on = None
    sequences.run(world)
    with sessions() as session:
        assert session.scalars(select(Enrolment.reason)).one() == "no_date"


def test_leads_cool_once_however_many_look(world, sessions, clock) -> None:
    with sessions.begin() as session:
        promises.ensure_policies(session)
        assert lead(session, MONDAY).grade == "C"
    clock.now = MONDAY + 15 * DAY
    assert sum(at_once(leads.run, world, workers=4)) == 1
    with sessions() as session:
        assert session.scalars(select(Enquiry.grade)).one() == "D"
