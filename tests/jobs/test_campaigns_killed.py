"""A worker killed at any statement of a campaign doubles nobody and forgets nobody; nor do two workers at once."""

import os
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event, select

from bot.gateway import Sent
from clock import frozen
from jobs import campaigns as duty
from jobs import upkeep
from jobs.outbox import deliver
from jobs.rate import Rate
from jobs.world import World
from models import Follower, Outgoing, Tag, Tagging
from models.campaigns import Campaign, MassQuota, MassSend, Recipient
from models.db import make_engine, make_sessions
from tests.jobs.campaign_cast import crowd, scheduled
from tests.jobs.killed import Death

#: Several batches for a handful of people, so that there is something between them to die in.
PEOPLE, BATCH = 9, 4
POINTS = ("before_commit", "after_commit", "before_heard", "after_heard")


class Console:
    """A platform that writes down what it did where the next process can read it, mass sends once per key."""

    def __init__(self, heard: Path, death: Death) -> None:
        self.heard, self.death = heard, death

    def _write(self, lines: str) -> None:
        with self.heard.open("a", encoding="utf-8") as file:
            file.write(lines)

    def send_text(self, openid: str, text: str) -> Sent:
        self.death.at("before_heard")
        self._write(f"{openid}\n")
        self.death.at("after_heard")
        return Sent("1")

    def send_mass(self, openids: list[str], text: str, key: str) -> Sent:
        self.death.at("before_heard")
        job = self.heard.with_name(f"mass-{key}")
        if not job.exists():
            job.touch()
            self._write("".join(f"{openid}\n" for openid in openids))
        self.death.at("after_heard")
        return Sent("900")

    def tagged(self, tag_id: int) -> list[str]:
        self.death.at("looked")
        return [f"W{n:06d}" for n in range(PEOPLE) if n % 3]

    def send_to_tag(self, tag_id: int, text: str, key: str) -> Sent:
        return self.send_mass(self.tagged(tag_id), text, key)

    def mass_status(self, msg_id: str) -> str:
        return "SEND_SUCCESS"


def quick() -> Rate:
    return Rate(None, per_second=1e9)


def work(world: World) -> None:
    duty.run(world, rate=quick(), batch=BATCH)
    deliver(world, rate=quick())
    duty.run(world, rate=quick(), batch=BATCH)


@pytest.fixture
def campaign(sessions, now):
    with sessions.begin() as session:
        crowd(session, PEOPLE, now, open_=lambda n: n % 3 == 0)
        return scheduled(session, now, mass=True).id


@pytest.fixture
def killed(database_url, engine, clock, tmp_path, catalogue, settings):
    """Runs the duties in a child that dies at a point; whether it came that far."""

    def run(point: str, count: int) -> bool:
        engine.dispose()  # SQLite must not be open across the fork
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        try:
            death = Death(point, count)
            own = make_engine(database_url)
            sessions = make_sessions(own)
            event.listen(own, "commit", lambda connection: death.at("before_commit"))
            event.listen(sessions, "after_commit", lambda session: death.at("after_commit"))
            console = Console(tmp_path / "heard", death)
            work(World(settings, own, sessions, None, console, frozen(clock()), catalogue))
            os._exit(0)
        finally:
            os._exit(1)

    return run


#: Start, three batches and the end of going through, claim and settles of three, forming, ready, call, settle, spread.
STEPS = [
    (point, count)
    for point in POINTS
    for count in ((1, 2, 3, 5, 8, 11, 13, 15, 16) if "commit" in point else (1, 3, 4))
]


@pytest.mark.parametrize("point,count", STEPS)
def test_killed_at_any_step_nobody_is_doubled_or_forgotten(
    make_world, campaign, killed, clock, tmp_path, sessions, point, count
):
    assert killed(point, count), "the point was never met: the list of steps is out of date"
    heard = tmp_path / "heard"
    alive = make_world(gateway=Console(heard, Death("", 1 << 30)))
    for _ in range(4):
        clock.advance(minutes=4)
        upkeep.sweep(alive)
        work(alive)
    told = Counter(heard.read_text("utf-8").split())
    assert all(times == 1 for times in told.values())
    with sessions() as session:
        rows = session.scalars(select(Outgoing)).all()
        stands = session.scalars(select(Recipient.follower_id)).all()
        states = Counter(row.state for row in rows)
        used = session.scalars(select(MassQuota.used)).all()
        assert session.get(Campaign, campaign).state == "done"
    assert len(rows) == len(set(stands)) == len(stands) == PEOPLE
    assert states["sent"] + states["unknown"] == PEOPLE and states["unknown"] <= 3
    assert len(told) >= states["sent"]
    assert used == [1] * (PEOPLE - 3)


@pytest.mark.sqlite_only  # what kills between call and note does not depend on the database
@pytest.mark.parametrize(("point", "count"), [("looked", 1), ("before_heard", 1), ("after_heard", 1), ("looked", 2)])
def test_killed_with_a_tag_in_hand_nobody_is_doubled(make_world, sessions, killed, clock, now, tmp_path, point, count):
    with sessions.begin() as session:
        crowd(session, PEOPLE, now, open_=lambda n: n % 3 == 0)
        tag = Tag(name="老业主", platform_id=103, _state="made", next_try_at=now, created_at=now)
        shut = [one for n, one in enumerate(session.scalars(select(Follower).order_by(Follower.id))) if n % 3]
        session.add_all([tag, *(Tagging(tag=tag, follower=one, _state="put", next_try_at=now) for one in shut)])
        session.flush()
        asked = {"field": "tag", "op": "is", "value": ["老业主"]}
        scheduled(session, now, mass=True, audience={"groups": [{"conditions": [asked]}]})
    assert killed(point, count)
    alive = make_world(gateway=Console(tmp_path / "heard", Death("", 1 << 30)))
    for _ in range(2):
        clock.advance(minutes=4)
        upkeep.sweep(alive)
        work(alive)
    assert sorted((tmp_path / "heard").read_text("utf-8").split()) == alive.gateway.tagged(103)
    with sessions() as session:
        assert session.scalars(select(MassSend)).one().tag_id is not None
        assert {row.state for row in session.scalars(select(Outgoing))} == {"sent"}


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_at_once_send_each_person_one(make_world, campaign, sessions, tmp_path, clock, workers):
    heard = tmp_path / "heard"
    world = make_world(gateway=Console(heard, Death("", 1 << 30)))
    start, crashes = threading.Barrier(workers), []

    def one() -> None:
        start.wait()
        try:
            work(world)
        except BaseException as crash:
            crashes.append(crash)
            raise

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not crashes
    for _ in range(3):
        clock.advance(seconds=3)
        work(world)
    told = Counter(heard.read_text("utf-8").split())
    assert len(told) == PEOPLE and set(told.values()) == {1}
    with sessions() as session:
        assert {row.state for row in session.scalars(select(Outgoing))} == {"sent"}
        assert [send.state for send in session.scalars(select(MassSend))] == ["sent"]
