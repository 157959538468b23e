"""A worker killed at any commit of any planner: whoever comes next ends where one ends that was never killed."""

import datetime as dt
import itertools
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event, select

from clock import Frozen
from jobs.world import World
from models import Callback, Campaign, Customer, Enrolment, Escalation, Follower, Greeting, Outgoing, Survey, Touch
from models.base import Base
from models.db import make_engine, make_sessions
from models.desk.demo import company as demo
from models.desk.followup import sequences as plans
from models.work import TicketEvent
from models.worktime import SHANGHAI, local_day
from templates import Texts
from tests.jobs.campaign_cast import scheduled
from tests.jobs.fakes import Platform
from tests.jobs.test_dropouts import PLANNERS

pytestmark = pytest.mark.sqlite_only  # where a commit stands does not depend on the database

MORNING = dt.datetime(2026, 11, 23, 10, tzinfo=SHANGHAI).astimezone(dt.UTC)
#: Hours from one round of all planners to the next: evening, morning, some days later.
ROUNDS = (0, 8, 16, 72, 24)
MOST = 200


class Killed(BaseException):
    """Nothing that a duty could catch by mistake."""


@pytest.fixture
def make_company(settings, tmp_path: Path):
    """The demo company with plans, a campaign and a birthday ahead, in a database of its own."""
    engines = []

    def make(name: str) -> World:
        clock = Frozen(MORNING)
        engines.append(make_engine(f"sqlite:///{tmp_path / name}.db"))
        sessions = make_sessions(engines[-1])
        Base.metadata.create_all(engines[-1])
        with sessions.begin() as session:
            plans.plant(session, now=clock() - dt.timedelta(days=1))
            demo.plant(session, clock())
            scheduled(session, clock())
            day = local_day(clock()) + dt.timedelta(days=4)
            for row in session.scalars(select(Customer)):
                row.birth_month, row.birth_day = day.month, day.day
        return World(settings, engines[-1], sessions, None, Platform(), clock, Texts())

    yield make
    for engine in engines:
        engine.dispose()


def live(world: World, *, killed: bool) -> Counter[str]:
    """Some days of all planners, each killed at its first commit, then at its second, and so on; how often that was."""
    deaths: Counter[str] = Counter()
    for hours in ROUNDS:
        world.clock.advance(hours=hours)
        with world.sessions.begin() as session:
            for row in session.scalars(select(Follower).where(Follower.subscribed)):
                row.reply_until, row.reply_left = world.clock() + dt.timedelta(days=2), 5
        for name, duty in PLANNERS.items():
            if killed:
                deaths[name] += _die_everywhere(world, duty)
            duty(world)
    return deaths


def _die_everywhere(world: World, duty) -> int:
    left = itertools.count()

    def dies(_session) -> None:
        if next(left) == budget:
            raise Killed

    event.listen(world.sessions, "before_commit", dies)
    try:
        for budget in range(MOST):
            left = itertools.count()
            try:
                duty(world)
            except Killed:
                continue
            return budget
    finally:
        event.remove(world.sessions, "before_commit", dies)
    raise AssertionError("it was never done")


def records(world: World) -> dict[str, Counter]:
    """What stands there afterwards, by the names under which it may stand there once."""
    wanted = {
        "outgoing": select(Outgoing.dedupe_key), "callbacks": select(Callback.key), "campaigns": select(Campaign.name),
        "greetings": select(Greeting.key), "surveys": select(Survey.ticket_id, Survey.round),
        "escalations": select(Escalation.kind, Escalation.ticket_id), "events": select(TicketEvent.name),
        "enrolments": select(Enrolment.follower_id, Enrolment.state),
        "touches": select(Touch.enrolment_id, Touch.step_id, Touch.state),
    }  # fmt: skip
    with world.sessions() as session:
        return {name: Counter(map(tuple, session.execute(query))) for name, query in wanted.items()}


def test_killed_at_any_commit_the_planners_end_as_if_they_had_not_been(make_company) -> None:
    spared, struck = make_company("spared"), make_company("struck")
    assert not live(spared, killed=False)
    deaths = live(struck, killed=True)
    assert {name for name in PLANNERS if deaths[name]} >= set(PLANNERS) - {"leads"}, deaths
    assert records(struck) == records(spared)
