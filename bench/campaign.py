"""A campaign against a bare HTTP loop: from "scheduled" to the last message, and the memory it takes.

Everybody wrote lately and gets it one by one over HTTP, which is the dear way, from a platform that answers at once or
in 20 ms. Memory is what the process grew by from before the first person to after the last.
"""

import datetime as dt
import resource
import secrets
import time
from pathlib import Path

from redis import Redis
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from bench.outbox import bare_loop, platform
from bench.turn import fresh
from bot.wechat import Gateway
from jobs import campaigns as duty
from jobs.outbox import deliver
from jobs.rate import Rate
from jobs.world import World
from models import Follower, Outgoing
from models.actors import SYSTEM
from models.campaigns import Campaign
from models.db import make_engine, make_sessions
from models.desk.marketing import campaigns
from models.desk.marketing.campaigns import Plan
from settings import Settings
from templates import Texts

PEOPLE, SLOW_PEOPLE = 10_000, 2_000
EVERYBODY = {"groups": [{"conditions": [{"field": "lang", "op": "is", "value": ["zh"]}]}]}


def crowd(sessions: sessionmaker[Session], count: int, now: dt.datetime) -> None:
    """So many followers; all of them wrote within the last two days."""
    row = {
        "subscribed": True, "lang": "zh", "unreachable": "", "burst_left": 0, "scene": "", "unionid": "", "turn": 0,
        "bind_tries": 0, "created_at": now, "last_heard_at": now, "reply_left": 5,
        "reply_until": now + dt.timedelta(hours=40),
    }  # fmt: skip
    for start in range(0, count, 1000):
        with sessions.begin() as session:
            people = range(start, min(count, start + 1000))
            session.execute(insert(Follower), [row | {"openid": f"bench{number}"} for number in people])


def begin(sessions: sessionmaker[Session], now: dt.datetime) -> int:
    """The id of a campaign to everybody, approved and due."""
    with sessions.begin() as session:
        campaign: Campaign = campaigns.make(
            session, Plan("bench", body="周六有讲座", audience=EVERYBODY), by=SYSTEM, now=now
        )
        for state in ("checked", "approved", "scheduled"):
            campaign.move(state, by=SYSTEM, now=now)
        campaign.starts_at, campaign.ends_at = now, now + dt.timedelta(days=1)
        return campaign.id


def megabytes() -> float:
    """The most memory this process has had so far; Linux's own counter begins anew with each program."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
    return (peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def compare(database_url: str, redis_url: str, folder: Path, people: int, delay: float) -> tuple[float, int, float]:
    """(the campaign's messages a second as a share of the bare loop's, messages sent, megabytes it grew by)."""
    fresh(database_url)
    engine, redis = make_engine(database_url), Redis.from_url(redis_url)
    sessions, now = make_sessions(engine), dt.datetime.now(dt.UTC)
    crowd(sessions, people, now)
    campaign_id = begin(sessions, now)
    with platform(delay) as port, platform(delay) as other:
        settings = _settings(database_url, redis_url, folder, port)
        gateway, clock = Gateway(settings, redis), lambda: dt.datetime.now(dt.UTC)
        world = World(settings, engine, sessions, redis, gateway, clock, Texts())
        before, started = megabytes(), time.perf_counter()
        _run(world)
        rate = people / (time.perf_counter() - started)
        bare = bare_loop(other)
    with sessions() as session:
        # Whoever of the demo company wrote lately gets it too: not of our crowd, and not counted.
        ours = (Outgoing.state == "sent", Outgoing.campaign_id == campaign_id, Follower.openid.startswith("bench"))
        sent = session.scalar(select(func.count(Outgoing.id)).join(Follower).where(*ours)) or 0
    engine.dispose()
    return rate / bare, sent, megabytes() - before


def _run(world: World) -> None:
    pace = Rate(None, per_second=1e9)
    while duty.run(world, rate=pace) + deliver(world, rate=pace):
        pass


def _settings(database_url: str, redis_url: str, folder: Path, port: int) -> Settings:
    return Settings.load(
        env_files=(), database_url=database_url, redis_url=redis_url, media_dir=folder / "media",
        wechat_app_id=f"wx{secrets.token_hex(8)}", wechat_app_secret=secrets.token_hex(16),
        wechat_token="benchtoken", wechat_encoding_aes_key=secrets.token_hex(22)[:42] + "A",
        wechat_api_base=f"http://127.0.0.1:{port}", secret_key=secrets.token_hex(16), quiet_hours="04:00-04:01",
    )  # fmt: skip
