"""A worker that dies at one named point of a delivery, in a process of its own.

The points are met by what the database and the platform see; the code under test knows nothing of them. The platform
of that process writes what it heard into a file before it answers.
"""

import datetime as dt
import os
from pathlib import Path

from sqlalchemy import event

from bot.gateway import Sent
from clock import frozen
from jobs.outbox import deliver
from jobs.rate import Rate
from jobs.world import World
from models.db import make_engine, make_sessions
from settings import Settings
from templates import Texts

#: The gateway is called between the claim's commit and the settles' commits.
POINTS = ("before_commit", "after_commit", "before_heard", "after_heard")


class Death:
    """Ends the process, as kill -9 would, when `point` is met for the `count`th time."""

    def __init__(self, point: str, count: int) -> None:
        self.point, self.left = point, count

    def at(self, point: str) -> None:
        self.left -= point == self.point
        if not self.left:
            os._exit(9)


class Telling:
    """A platform that writes down what it heard where the next process can read it."""

    def __init__(self, heard: Path, death: Death) -> None:
        self.heard, self.death = heard, death

    def send_text(self, openid: str, text: str) -> Sent:
        self.death.at("before_heard")
        with self.heard.open("a", encoding="utf-8") as file:
            file.write(f"{openid} {text}\n")
        self.death.at("after_heard")
        return Sent("1")


def deliver_and_die(url: str, now: dt.datetime, heard: Path, texts: Texts, death: Death) -> int:
    """Deliver what is due in `url` in a child that dies on the way; its exit code, 0 when the point was never met."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        _deliver(url, now, heard, texts, death)
        os._exit(0)
    finally:
        os._exit(1)


def _deliver(url: str, now: dt.datetime, heard: Path, texts: Texts, death: Death) -> None:
    engine = make_engine(url)
    sessions = make_sessions(engine)
    event.listen(engine, "commit", lambda connection: death.at("before_commit"))
    event.listen(sessions, "after_commit", lambda session: death.at("after_commit"))
    settings = Settings.load(
        env_files=(), wechat_app_id="wx1", wechat_app_secret="0123456789", wechat_token="token", wechat_mode="plain",
        secret_key="a-secret-key-for-tests-only", wechat_api_base="http://127.0.0.1:1",
    )  # fmt: skip
    world = World(settings, engine, sessions, None, Telling(heard, death), frozen(now), texts)
    deliver(world, rate=Rate(None, per_second=1e9))
