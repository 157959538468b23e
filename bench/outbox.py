"""The outbox against a bare HTTP loop of the same width, on a platform that answers at once or in 20 ms."""

import datetime as dt
import json
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import urllib3
from redis import Redis

from bench.turn import free_port, fresh, until_answering
from bot.wechat import Gateway
from jobs.outbox import LANES, deliver
from jobs.world import World
from models import Follower
from models.db import make_engine, make_sessions
from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from ops.family import Family
from settings import ROOT, Settings
from templates import Texts

MESSAGES = 600


@contextmanager
def platform(delay: float) -> Iterator[int]:
    """The port of a platform that answers until the block ends."""
    port = free_port()
    with Family() as family:
        family.start([sys.executable, "-m", "bench.platform", str(port), str(delay)], cwd=ROOT)
        until_answering(port)
        yield port


def bare_loop(port: int, messages: int = MESSAGES) -> float:
    """Messages a second of a loop that only sends, as wide as the outbox's lanes."""
    pool = urllib3.PoolManager(maxsize=LANES)
    url = f"http://127.0.0.1:{port}/cgi-bin/message/custom/send?access_token=bench"

    def one(number: int) -> None:
        body = {"touser": f"bare{number}", "msgtype": "text", "text": {"content": "师傅到了"}}
        pool.request("POST", url, body=json.dumps(body, ensure_ascii=False).encode(), timeout=10)

    begin = time.perf_counter()
    with ThreadPoolExecutor(LANES) as threads:
        list(threads.map(one, range(messages)))
    return messages / (time.perf_counter() - begin)


def compare(
    database_url: str, redis_url: str, folder: Path, delay: float, messages: int = MESSAGES
) -> tuple[float, int, int]:
    """(the outbox's rate as a share of the bare loop's, messages sent, messages doubled)."""
    fresh(database_url)
    engine, redis = make_engine(database_url), Redis.from_url(redis_url)
    with platform(delay) as port, platform(delay) as other:
        settings = Settings.load(
            env_files=(), database_url=database_url, redis_url=redis_url, media_dir=folder / "media",
            wechat_app_id=f"wx{secrets.token_hex(8)}", wechat_app_secret=secrets.token_hex(16),
            wechat_token="benchtoken", wechat_encoding_aes_key=secrets.token_hex(22)[:42] + "A",
            wechat_api_base=f"http://127.0.0.1:{port}", secret_key=secrets.token_hex(16),
        )  # fmt: skip
        now = dt.datetime.now(dt.UTC)
        sessions = make_sessions(engine)
        with sessions.begin() as session:
            for number in range(messages):
                person = Follower(openid=f"bench{number}", subscribed=True, created_at=now, last_heard_at=now)
                person.reply_until, person.reply_left = now + dt.timedelta(hours=40), 5
                session.add(person)
                letter = Letter("notice.arrived", {"crew": "王师傅", "number": "BX20261121-0001"})
                outbox.post(session, f"bench:{number}", to=person, letter=letter, now=now, urgent=True)
        world = World(
            settings, engine, sessions, redis, Gateway(settings, redis), lambda: dt.datetime.now(dt.UTC), Texts()
        )
        begin = time.perf_counter()
        sent = deliver(world)
        rate = sent / (time.perf_counter() - begin)
        bare = bare_loop(other, messages)
        got = urllib3.request("GET", f"http://127.0.0.1:{port}/got").json()
        doubled = sum(count - 1 for count in got.values())
    engine.dispose()
    return rate / bare, sent, doubled
