"""A worker killed at any step of a delivery loses nothing and doubles nothing; two at once send each message once."""

import threading
from collections import Counter

import pytest
from sqlalchemy import event, select

from jobs import upkeep
from jobs.outbox import deliver
from jobs.rate import Rate
from models.outbound import Outgoing
from tests.jobs.killed import POINTS, Death, Telling, deliver_and_die

#: Two people, three messages: one claim, three sends, three settles.
STEPS = [(point, count) for point in POINTS for count in range(1, 5 if "commit" in point else 4)]


@pytest.fixture
def killed(database_url, engine, clock, tmp_path, catalogue):
    """Runs a delivery that dies at a point; SQLite must not be open across the fork."""

    def run(point: str, count: int) -> None:
        engine.dispose()
        death = Death(point, count)
        assert deliver_and_die(database_url, clock(), tmp_path / "heard", catalogue, death) == 9

    return run


@pytest.mark.parametrize("point,count", STEPS)
def test_killed_at_any_step_nothing_is_lost_or_doubled(
    world, make_world, person, promise, sessions, clock, tmp_path, killed, quick, point, count
):
    chen, li = person("W1"), person("W2")
    rows = [promise(chen, "一"), promise(chen, "二"), promise(li, "三")]
    heard = tmp_path / "heard"
    killed(point, count)
    clock.advance(minutes=4)
    upkeep.sweep(world)
    alive = make_world(gateway=Telling(heard, Death("", 1 << 30)))
    deliver(alive, rate=quick)
    clock.advance(minutes=4)
    upkeep.sweep(world)
    deliver(alive, rate=quick)
    told = Counter(heard.read_text("utf-8").splitlines()) if heard.exists() else Counter()
    words = {rows[0]: "W1 一", rows[1]: "W1 二", rows[2]: "W2 三"}
    assert all(times == 1 for times in told.values())
    with sessions() as session:
        for row in session.scalars(select(Outgoing)):
            # What is called sent was heard; what may not have been heard is called unknown, and waits for a person.
            assert row.state in ("sent", "unknown")
            assert row.state == "unknown" or told[words[row.id]] == 1


def test_a_claim_that_was_never_committed_leaves_no_trace(person, promise, row, follower, killed):
    chen = person("W1")
    mine = promise(chen, "一")
    killed("before_commit", 1)
    assert (row(mine).state, row(mine).attempts, follower(chen).reply_left) == ("queued", 0, 5)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_at_once_send_each_message_once_and_in_order(world, person, promise, platform, sessions, workers):
    people = [person(f"W{number}", reply_left=5) for number in range(12)]
    for word in "一二三":
        for follower_id in people:
            promise(follower_id, word)
    start, crashes = threading.Barrier(workers), []

    def work() -> None:
        start.wait()
        try:
            deliver(world, rate=Rate(None, per_second=1e9), batch=5)
        except BaseException as crash:
            crashes.append(crash)
            raise

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not crashes
    for _ in range(5):  # what waited behind another worker's message comes two seconds later
        world.clock.advance(seconds=3)
        deliver(world, rate=Rate(None, per_second=1e9))
    for number in range(12):
        assert platform.texts_to(f"W{number}") == list("一二三")
    with sessions() as session:
        assert {row.state for row in session.scalars(select(Outgoing))} == {"sent"}


def test_what_another_worker_took_meanwhile_is_settled_by_nobody_else(
    world, person, promise, row, sessions, quick, platform, caplog
):
    mine = promise(person("W1"), "一")

    def swept(_openid: str) -> None:
        with sessions.begin() as session:
            session.get(Outgoing, mine).state = "unknown"

    platform.before = swept
    assert deliver(world, rate=quick) == 0
    assert row(mine).state == "unknown" and "settled late" in caplog.text


def test_no_transaction_is_open_while_the_platform_is_called(world, engine, person, promise, platform, quick):
    open_now, seen = [], []
    event.listen(engine, "begin", lambda connection: open_now.append(connection))
    event.listen(engine, "commit", lambda connection: open_now.remove(connection))
    event.listen(engine, "rollback", lambda connection: connection in open_now and open_now.remove(connection))
    platform.before = lambda openid: seen.append(len(open_now))
    chen = person("W1")
    for word in "一二三":
        promise(chen, word)
    deliver(world, rate=quick)
    assert seen == [0, 0, 0]
