"""A worker that dies at one named point of a delivery, in a process of its own.

The points are met by what the database and the platform see; the code under test knows nothing of them. The platform
of that process writes what it heard into a file before it answers.
"""

import datetime as dt
import os
from pathlib import Path

from sqlalchemy import event

from bot.gateway import Article, Sent
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
        return self._hear(f"{openid} {text}")

    def send_menu(self, openid: str, head: str, items: list[tuple[str, str]], tail: str) -> Sent:
        return self._hear(f"{openid} menu")

    def send_news(self, openid: str, article: Article) -> Sent:
        return self._hear(f"{openid} news")

    def send_template(self, openid: str, template_id: str, data: dict, url: str = "", client_msg_id: str = "") -> Sent:
        return self._hear(f"{openid} template")

    def send_notice(self, openid: str, template_id: str, data: dict, page: str = "") -> Sent:
        return self._hear(f"{openid} subscribe")

    def upload_image(self, image: bytes, content_type: str) -> str:
        self.death.at("uploading")
        return "media-1"

    def send_image(self, openid: str, media_id: str) -> Sent:
        return self._hear(f"{openid} image")

    def _hear(self, line: str) -> Sent:
        self.death.at("before_heard")
        with self.heard.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        self.death.at("after_heard")
        return Sent("1")


def deliver_and_die(
    url: str, now: dt.datetime, heard: Path, texts: Texts, death: Death, settings: Settings | None = None
) -> int:
    """Deliver what is due in `url` in a child that dies on the way; its exit code, 0 when the point was never met."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        _deliver(url, now, texts, Telling(heard, death), settings or _plain())
        os._exit(0)
    finally:
        os._exit(1)


def _deliver(url: str, now: dt.datetime, texts: Texts, platform: Telling, settings: Settings) -> None:
    engine, death = make_engine(url), platform.death
    sessions = make_sessions(engine)
    event.listen(engine, "commit", lambda connection: death.at("before_commit"))
    event.listen(sessions, "after_commit", lambda session: death.at("after_commit"))
    world = World(settings, engine, sessions, None, platform, frozen(now), texts)
    deliver(world, rate=Rate(None, per_second=1e9))


def _plain() -> Settings:
    """An account without notices."""
    return Settings.load(
        env_files=(), wechat_app_id="wx1", wechat_app_secret="0123456789", wechat_token="token", wechat_mode="plain",
        secret_key="a-secret-key-for-tests-only", wechat_api_base="http://127.0.0.1:1",
    )  # fmt: skip
