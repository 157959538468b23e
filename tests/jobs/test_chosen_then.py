"""What happens to people between being chosen for a campaign and its message: asked again when it is sent."""

import pytest
from sqlalchemy import select

from jobs import campaigns as duty
from jobs.outbox import deliver
from jobs.rate import Rate
from models import Customer, Estate, Follower, Outgoing, Project, ProjectMember
from models.actors import SYSTEM
from models.desk.marketing import events
from tests.jobs.campaign_cast import crowd, scheduled
from tests.jobs.test_kept_days import dt

QUICK = Rate(None, per_second=1e9)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.sqlite_only  # plain rows; who holds a household is tested elsewhere


def stands(sessions) -> list[str]:
    with sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.campaign_id.is_not(None)).order_by(Outgoing.follower_id))
        return [f"{row.state} {row.reason}".strip() for row in rows]


def become_one_house(sessions, now) -> None:
    with sessions.begin() as session:
        house = Project(number="HT-1", estate=Estate(name="翡翠城"), created_at=now)
        for one in session.scalars(select(Follower).order_by(Follower.id).limit(2)):
            one.customer = Customer(created_at=now)
            session.add(ProjectMember(project=house, customer=one.customer))


def settle(world, clock, **time) -> None:
    clock.advance(**time)
    deliver(world, rate=QUICK)
    duty.run(world, rate=QUICK)


def test_who_became_one_household_meanwhile_hears_it_once(world, sessions, clock, now):
    with sessions.begin() as session:
        crowd(session, 3, now)
        scheduled(session, now, ends_at=now + 5 * DAY)
    duty.run(world, rate=QUICK)
    become_one_house(sessions, now)
    settle(world, clock, seconds=1)
    assert stands(sessions) == ["sent", "refused household", "sent"]


def test_a_first_one_that_failed_leaves_it_to_the_other(world, sessions, clock, now, platform):
    with sessions.begin() as session:
        crowd(session, 2, now)
        scheduled(session, now, ends_at=now + 5 * DAY)
    duty.run(world, rate=QUICK)
    become_one_house(sessions, now)
    with sessions.begin() as session:
        session.scalars(select(Follower).order_by(Follower.id)).first().subscribed = False
    settle(world, clock, seconds=1)
    assert stands(sessions) == ["refused not_following", "sent"]


def test_a_household_in_one_mass_send_keeps_one_of_the_two(world, sessions, clock, now, platform):
    with sessions.begin() as session:
        crowd(session, 4, now, open_=lambda n: False)
        scheduled(session, now, ends_at=now + 5 * DAY, mass=True)
    duty.run(world, rate=QUICK, seconds=0.0)
    with sessions() as session:
        assert session.scalars(select(Outgoing)).all() == []
    for _ in range(3):
        duty._step_by_step(world, 1, duty.house_of(world), float("inf"), 500)
    become_one_house(sessions, now)
    for _ in range(3):
        settle(world, clock, seconds=5)
    assert sorted(stands(sessions)) == ["refused household", "sent", "sent", "sent"]


def test_who_wants_no_wishes_any_more_gets_none_that_was_written_before(world, sessions, clock, now):
    with sessions.begin() as session:
        crowd(session, 2, now)
        wife, _ = session.scalars(select(Follower).order_by(Follower.id))
        wife.customer = Customer(created_at=now)
        scheduled(session, now, kind="greeting", ends_at=now + DAY / 4)
    duty.run(world, rate=QUICK)
    with sessions.begin() as session:
        session.scalars(select(Customer)).one().wants_greetings = False
    settle(world, clock, seconds=1)
    assert stands(sessions) == ["refused no_greetings", "sent"]


def test_a_household_that_signed_up_meanwhile_is_not_invited_any_more(world, sessions, clock, now):
    with sessions.begin() as session:
        crowd(session, 3, now)
        campaign = scheduled(session, now, ends_at=now + 5 * DAY)
        event = events.make(session, events.Plan("讲座", now + 10 * DAY), by=SYSTEM, now=now)
        event.move("open", by=SYSTEM, now=now)
        event.campaign, event.invited_for = campaign, event.starts_at
        number = event.id
    duty.run(world, rate=QUICK)
    become_one_house(sessions, now)
    with sessions.begin() as session:
        husband = session.scalars(select(Follower).order_by(Follower.id)).first()
        events.sign_up(session, husband, number, 2, by=SYSTEM, now=now)
    settle(world, clock, seconds=1)
    assert stands(sessions) == ["refused signed_up", "refused signed_up", "sent"]
