"""However many are due at once, no transaction of the clock grows with them: a writer on SQLite keeps all waiting."""

import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import event, func, insert, select

from jobs import houses, retention, sequences, surveys
from models import (
    Building,
    Callback,
    Customer,
    Enrolment,
    Estate,
    Follower,
    Outgoing,
    Phase,
    PrivacyRequest,
    Project,
    ProjectMember,
)
from models.desk.callback import aftercare, rhythm
from models.desk.followup import sequences as plans
from models.desk.personal import clearing
from models.worktime import local_day
from templates import Texts

#: What is counted are statements and rows, which do not depend on the database.
pytestmark = pytest.mark.sqlite_only
#: Statements that one call, question, letter or enrolment may cost, its story and its promise included.
EACH = 30
MANY = 2 * aftercare.MOST + 5


@pytest.fixture
def world(make_world):
    return make_world(texts=Texts())


@pytest.fixture
def longest(engine):
    """Counts the statements of the longest transaction."""
    found = Counter()

    def began(_):
        found["now"] = 0

    def ran(*_):
        found["now"] += 1
        found["longest"] = max(found["longest"], found["now"])

    event.listen(engine, "begin", began)
    event.listen(engine, "before_cursor_execute", ran)
    yield lambda: found["longest"]
    event.remove(engine, "begin", began)
    event.remove(engine, "before_cursor_execute", ran)


def homes(session, now, count, *, followed=True, **house):
    """So many houses, an owner with a WeChat in each; returns their ids."""
    estate = session.scalars(select(Estate)).first() or Estate(name="翡翠城")
    session.add(estate)
    session.flush()
    told = {"created_at": now, "estate_id": estate.id, "building": "8幢", "stage": "in_warranty"} | house
    before = session.scalar(select(func.count()).select_from(Project))
    names = range(before, before + count)
    projects = insert(Project).returning(Project.id, sort_by_parameter_order=True)
    ids = list(session.scalars(projects, [{**told, "number": f"HT-{n}", "room": str(n)} for n in names]))
    person = {"form": "女士", "stage": "in_warranty", "phone": "13800138000", "created_at": now}
    people = insert(Customer).returning(Customer.id, sort_by_parameter_order=True)
    owners = list(session.scalars(people, [{**person, "name": f"王{n}"} for n in names]))
    pairs = zip(ids, owners, strict=True)
    session.execute(insert(ProjectMember), [{"project_id": h, "customer_id": o, "role": "owner"} for h, o in pairs])
    if followed:
        session.add_all(
            Follower(openid=f"P{n}", customer_id=one, subscribed=True, reply_left=0, created_at=now)
            for n, one in zip(names, owners, strict=True)
        )
    return ids


def wakes(now, hour=2):
    """Ten in the morning in Beijing."""
    return now.replace(hour=hour, minute=0, second=0)


def test_a_day_with_many_calls_is_many_small_transactions(world, sessions, clock, longest):
    clock.now = wakes(clock.now)
    with sessions.begin() as session:
        rhythm.ensure(session)
        homes(session, clock(), MANY, completed_on=dt.date(2026, 10, 21))
        for house in homes(session, clock(), MANY, stage="building"):
            session.add(Phase(project_id=house, position=2, name="开工交底", actual_on=local_day(clock())))
    houses.run(world)
    surveys.run(world)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Callback)) == 2 * MANY
        assert session.scalar(select(func.count()).select_from(Outgoing)) == 2 * MANY
    assert longest() < aftercare.MOST * EACH


@pytest.mark.parametrize("step", ["ahead", "late"])
def test_nobody_stands_behind_those_who_have_been_told(world, sessions, clock, longest, step):
    clock.now = wakes(clock.now)
    today = local_day(clock())
    first, then = (today, 2) if step == "ahead" else (today - dt.timedelta(days=6), -1)
    with sessions.begin() as session:
        rhythm.ensure(session)
        for house in homes(session, clock(), MANY, stage="building"):
            session.add(Phase(project_id=house, position=3, name="水电验收", planned_on=first))
    clock.now = wakes(clock.now, hour=0 if step == "ahead" else 2)
    houses.run(world)
    clock.now = wakes(clock.now)
    with sessions.begin() as session:
        (last,) = homes(session, clock(), 1, stage="building")
        planned = today + dt.timedelta(days=then)
        session.add(Phase(project_id=last, position=3, name="水电验收", planned_on=planned))
    houses.run(world)
    with sessions() as session:
        told = select(func.count()).select_from(Outgoing)
        assert session.scalar(told) == MANY + 1
    assert longest() < aftercare.MOST * EACH


def test_the_call_of_a_month_is_made_on_its_day_whoever_is_due_later(world, sessions, clock):
    clock.now = wakes(clock.now)
    today = local_day(clock())
    with sessions.begin() as session:
        rhythm.ensure(session)
        homes(session, clock(), MANY, followed=False, completed_on=today.replace(month=8) + dt.timedelta(days=1))
        (due,) = homes(session, clock(), 1, followed=False, completed_on=today.replace(month=8))
    houses.run(world)
    with sessions() as session:
        assert session.scalars(select(Callback.project_id)).all() == [due]


def test_a_building_that_is_handed_over_joins_in_portions(world, sessions, clock, longest):
    with sessions.begin() as session:
        plans.plant(session, now=clock() - dt.timedelta(days=1))
        homes(session, clock(), MANY, stage="signed")
        estate = session.scalars(select(Estate)).one()
        session.add(Building(estate=estate, name="8幢", handover_on=local_day(clock()) + dt.timedelta(days=40)))
    sequences.run(world)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == MANY
    assert longest() < aftercare.MOST * EACH


def test_who_left_is_let_go_in_portions_and_one_person_is_one_request(world, sessions, clock, longest):
    count = 2 * clearing.AT_ONCE + 3
    long_ago = clock() - dt.timedelta(days=60)
    gone = {"subscribed": False, "unsubscribed_at": long_ago, "created_at": long_ago}
    with sessions.begin() as session:
        for n, owner in enumerate(homes(session, clock(), count, followed=False)):
            member = session.scalars(select(ProjectMember).where(ProjectMember.project_id == owner)).one()
            session.add(Follower(openid=f"kept{n}", customer_id=member.customer_id, **gone))
        twice = Customer(name="两个号", created_at=long_ago)
        session.add_all(Follower(openid=f"twice{n}", customer=twice, **gone) for n in range(2))
        session.add_all(Follower(openid=f"gone{n}", **gone) for n in range(count))
    retention.run(world)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(PrivacyRequest)) == count + 1
    assert longest() < clearing.AT_ONCE * 12
