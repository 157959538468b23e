"""Two clocks and four workers at once, on real Redis and PostgreSQL; one of each is killed on the way.

Whatever was promised is sent once. A message that was in a dead worker's hands is in doubt: it went out once or not at
all, a person is told, and nothing sends it again by itself.
"""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from jobs import schedule
from jobs.outbox import BATCH
from models import Campaign, Follower, Greeting, Outgoing, Recipient
from models.actors import SYSTEM
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.desk.demo import company as demo
from models.desk.marketing import campaigns
from models.desk.marketing.campaigns import Plan
from models.worktime import SHANGHAI
from ops.family import Family
from settings import ROOT
from tests.fakes_wechat import OK, SEND_PATH, Platform, Reply
from tests.ops.living import descendants, within

PEOPLE = 160
#: Every fourth has not written for days: no letter reaches them, but one of the month's mass messages does.
SHUT = frozenset(f"crowd{number}" for number in range(0, PEOPLE, 4))
WRITERS = frozenset(f"crowd{number}" for number in range(PEOPLE)) - SHUT
#: Wednesday morning: the office is open and nobody sleeps.
MORNING = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
EVERYBODY = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["zh"]}]}]}
MASS_PATH = "/cgi-bin/message/mass/send"
DELIVER = "jobs.work.deliver"
#: What a platform takes for a message, seconds: long enough to be killed in the middle of one.
TAKES = 0.1


class House:
    """The processes, and the hand that moves their time and kills them."""

    def __init__(self, family: Family, environment: dict[str, str], log: Path, clock_file: Path) -> None:
        self._clock_file, self._start = clock_file, time.time()
        self.travel()
        with log.open("wb") as said:
            options = {"env": environment, "cwd": ROOT, "stdout": said, "stderr": subprocess.STDOUT}
            self.clocks, self.workers = (
                [family.start([sys.executable, "-m", module], **options) for _ in range(count)]
                for module, count in (("jobs.schedule", 2), ("jobs.worker", 4))
            )

    def travel(self, **by: float) -> None:
        """All of them read this file: it is Wednesday morning, or so much later."""
        offset = (MORNING + dt.timedelta(**by)).timestamp() - self._start
        self._clock_file.write_text(json.dumps({"offset": offset}), "utf-8")

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """At once, with the job that it carries."""
        for pid in (process.pid, *descendants(process.pid)):
            with suppress(ProcessLookupError):  # its job ended by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as platform:
        platform.always(SEND_PATH, Reply(b'{"errcode": 0, "errmsg": "ok"}', after=TAKES))
        platform.always(MASS_PATH, OK | {"msg_id": 900})
        platform.always(MASS_PATH.replace("send", "get"), OK | {"msg_status": "SEND_SUCCESS"})
        yield platform


@pytest.fixture
def house(settings, redis: Redis, redis_url: str, tmp_path, database_url: str, platform: Platform) -> Iterator[House]:
    names = ("wechat_app_id", "wechat_app_secret", "wechat_token", "wechat_encoding_aes_key", "secret_key")
    clock_file = tmp_path / "clock.json"
    environment = os.environ | {name.upper(): getattr(settings, name) for name in names} | {
        "REDIS_URL": redis_url, "DATABASE_URL": database_url, "MEDIA_DIR": str(tmp_path / "media"),
        "WECHAT_API_BASE": platform.base, "CLOCK_FILE": str(clock_file), "PYTHONWARNINGS": "default",
    }  # fmt: skip
    with Family() as family:
        yield House(family, environment, tmp_path / "log", clock_file)


@pytest.fixture
def promised(sessions: sessionmaker[Session]) -> None:
    """The demo company's day, a word for each who wrote lately, and a campaign to all."""
    with sessions.begin() as session:
        demo.plant(session, MORNING)
        for number in range(PEOPLE):
            person = Follower(openid=f"crowd{number}", subscribed=True, created_at=MORNING, last_heard_at=MORNING)
            session.add(person)
            if person.openid in SHUT:
                person.last_heard_at = MORNING - dt.timedelta(days=5)
                continue
            person.reply_until, person.reply_left = MORNING + dt.timedelta(days=2), 5
            letter = Letter(body=f"第{number}位，师傅明天到")
            outbox.post(session, f"crowd:{number}", to=person, letter=letter, now=MORNING, urgent=True)
        plan = Plan("讲座", body="周六下午有水电讲座。", audience=EVERYBODY, mass=True)
        campaign = campaigns.make(session, plan, by=SYSTEM, now=MORNING)
        for state in ("checked", "approved", "scheduled"):
            campaign.move(state, by=SYSTEM, now=MORNING)
        campaign.starts_at, campaign.ends_at = MORNING, MORNING + dt.timedelta(days=1)


def count(sessions: sessionmaker[Session], *conditions) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Outgoing).where(*conditions)) or 0


def settled(sessions: sessionmaker[Session], now: dt.datetime) -> bool:
    """The campaign has been gone through, nothing is in anybody's hands or due, and the crowd waits for nothing."""
    due = (Outgoing.state == "queued") & (Outgoing.next_try_at <= now)
    crowd = select(Follower.id).where(Follower.openid.startswith("crowd"))
    waits = Outgoing.state.in_(("queued", "held")) & Outgoing.follower_id.in_(crowd)
    with sessions() as session:
        through = session.scalars(select(Campaign.expanded_at).where(Campaign.name == "讲座")).one() is not None
    return through and not count(sessions, due | waits | (Outgoing.state == "sending"))


def delivering(house: House, redis: Redis) -> subprocess.Popen[bytes] | None:
    """A worker that carries messages at this moment."""
    busy = {one.pid for one in Worker.all(redis) if (job := one.get_current_job()) and job.func_name == DELIVER}
    return next((worker for worker in house.workers if worker.pid in busy), None)


@pytest.mark.postgresql_only  # the crowd is the same on SQLite, where writers stand in a queue
@pytest.mark.timeout(420)
def test_everything_promised_is_sent_once_whoever_dies(promised, house, sessions, redis, platform):
    assert within(120, lambda: len(_texts(platform)) >= PEOPLE // 4)
    leader, caught = redis.get(schedule.LEASE), []
    assert within(60, lambda: caught.append(delivering(house, redis)) or caught[-1]), "nobody delivers"
    house.kill(caught[-1])
    assert len(_texts(platform)) < 2 * len(WRITERS), "everything was out before anybody died"
    house.kill(next(clock for clock in house.clocks if f":{clock.pid}:".encode() in leader))
    assert within(120, lambda: count(sessions, Outgoing.state == "queued", Outgoing.next_try_at <= MORNING) == 0), (
        _open(sessions)
    )
    house.travel(hours=3)
    assert within(120, lambda: settled(sessions, MORNING + dt.timedelta(hours=3))), _open(sessions)
    nobody_is_forgotten(sessions)
    nobody_hears_anything_twice(sessions, platform)
    assert within(40, lambda: redis.get(schedule.LEASE) not in (None, leader))


def nobody_is_forgotten(sessions: sessionmaker[Session]) -> None:
    """Each letter and each person of the campaign's crowd is sent, or in doubt: at most what the dead worker held."""
    with sessions() as session:
        mine = select(Outgoing).join(Follower).where(Follower.openid.startswith("crowd"))
        rows = session.scalars(mine).all()
        letters = {row.follower.openid: row for row in rows if row.dedupe_key.startswith("crowd:")}
        stands = select(Follower.openid, Outgoing).join(Recipient, Recipient.follower_id == Follower.id)
        reached = session.execute(stands.join(Outgoing, Outgoing.id == Recipient.outgoing_id)).all()
        invited = {openid: row for openid, row in reached if openid.startswith("crowd")}
        assert set(letters) == WRITERS and set(invited) == WRITERS | SHUT
        assert {openid for openid, row in invited.items() if row.mass_id is not None} == SHUT
        states = Counter(row.state for row in [*letters.values(), *invited.values()])
    assert set(states) <= {"sent", "unknown"}, states
    assert states["unknown"] <= BATCH, "one worker died with one batch"
    assert states["sent"] >= 2 * len(WRITERS) + len(SHUT) - BATCH


def nobody_hears_anything_twice(sessions: sessionmaker[Session], platform: Platform) -> None:
    """At the platform: what is called sent was heard once, what is in doubt once or not at all, nothing else."""
    heard = Counter(openid for openid, _ in _texts(platform))
    assert max(Counter(one for one in _texts(platform) if one[0].startswith("crowd")).values()) == 1
    together = Counter(openid for openids in _masses(platform).values() for openid in openids)
    with sessions() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.claim != "", Outgoing.mass_id.is_(None))).all()
        sent = Counter(row.follower.openid for row in rows if row.state == "sent")
        doubt = Counter(row.follower.openid for row in rows if row.state == "unknown")
        planned = session.scalars(select(Greeting.key)).all()
    for openid in {*heard, *sent, *doubt}:
        assert sent[openid] <= heard[openid] <= sent[openid] + doubt[openid], openid
    assert set(together.values()) == {1} and {one for one in together if one.startswith("crowd")} == SHUT
    assert len(planned) == len(set(planned))


def _texts(platform: Platform) -> list[tuple[str, str]]:
    """(to whom, the message) of whatever went to one person by itself."""
    sends = (call.json for call in list(platform.calls) if call.path.endswith("send") and call.body)
    return [(body["touser"], json.dumps(body)) for body in sends if isinstance(body.get("touser"), str)]


def _masses(platform: Platform) -> dict[str, list[str]]:
    """Key -> everybody whom a mass send by it names; the platform carries out each key once."""
    return {call.json["clientmsgid"]: call.json["touser"] for call in platform.of(MASS_PATH)}


def _open(sessions: sessionmaker[Session]) -> list[tuple[str, ...]]:
    query = select(Outgoing.dedupe_key, Outgoing.state, Outgoing.reason, Outgoing.next_try_at)
    with sessions() as session:
        return [tuple(map(str, row)) for row in session.execute(query.where(Outgoing.state != "sent"))]
