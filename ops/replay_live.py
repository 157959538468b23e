"""The running house as a stage: the sandbox is told over HTTP what people do, workers and clock react by themselves.

Records are read, and the setup is written, through the database of our settings. Only ever against a sandbox.
"""

import datetime as dt
import logging
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

import requests
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Engine

from bot.nudge import QUEUE
from clock import Clock
from models.db import make_sessions
from ops import house, replay_due
from ops.replay_player import Impossible, Shown, text_of
from settings import Settings

log = logging.getLogger(__name__)
#: Seconds: the longest wait for the workers after one line, and between two looks.
PATIENCE, LOOK = 25.0, 0.15
#: What becomes due so soon is waited for.
SOON = dt.timedelta(seconds=5)
#: Seconds after which a job that is still due is asked for once more.
AGAIN = 3.0
OF_ANOTHER = (
    "在 {} 应答的沙箱属于另一个 AppID，不是这里设置的那一个，没有重放。请在启动它的目录里运行，或者用同样的设置"
    " / The sandbox there has another app id than these settings: run this in its own folder, or with its settings."
)


class NoSandbox(Exception):
    """There is no running house to play in; the text says what to start."""


class LiveStage:
    """The sandbox that WECHAT_API_BASE names, and the house behind it."""

    def __init__(self, settings: Settings, engine: Engine, redis: "Redis | None" = None) -> None:
        """Refuse (NoSandbox) all but a sandbox of this account that answers; remember its time, to return to it."""
        if not settings.sandboxed:
            raise NoSandbox("WECHAT_API_BASE 指向真实的微信平台，不能在那里重放对话；请先用 make run 启动沙箱")
        self.sessions = make_sessions(engine)
        self._clock, self._redis = Clock(settings.clock_file), redis
        self._base = f"{settings.wechat_api_base}/control"
        self._http = requests.Session()
        self._http.trust_env = False
        self._offset = self._ask("time")["offset"]
        # Records are ours, so must the phones be: another folder's house may have the port.
        if house.answering(settings.wechat_api_base).get("app_id") != settings.wechat_app_id:
            self._http.close()
            raise NoSandbox(OF_ANOTHER.format(settings.wechat_api_base))

    def close(self) -> None:
        """Time is again what it was before."""
        self._ask("time", {"offset": self._offset})
        self._http.close()

    def now(self) -> dt.datetime:
        """The time that every process of the house reads."""
        return self._clock()

    def travel(self, at: dt.datetime) -> None:
        """The sandbox moves its clock file; every process sees it at its next look."""
        self._ask("time", {"at": at.isoformat()})

    def enter(self, openid: str, person: Mapping[str, Any]) -> None:
        """A phone for this person lies on the sandbox's desk."""
        self._ask("people", {"openid": openid, **person})

    def act(self, openid: str, kind: str, told: Mapping[str, Any]) -> list[str]:
        """One push, carried to the webhook as the platform does, with its retries; what was answered each time."""
        plain, answers = dict(told), []
        for _ in range(plain.pop("times", 1)):
            pushed = self._ask("push", {"openid": openid, **plain, "type": _type(kind, plain)})
            answers += [text_of(answer) for answer in pushed.get("answers", ())]
        return answers

    def settle(self, openids: Collection[str]) -> bool:
        """Wait until no job has anything to do for these people; the jobs that have are put on the queue."""
        deadline, quiet = time.monotonic() + PATIENCE, 0
        asked: dict[str, float] = {}
        while time.monotonic() < deadline:
            with self.sessions() as session:
                due = {one.job for one in replay_due.dues(session, openids) if one.at <= self.now() + SOON}
            quiet = 0 if due else quiet + 1
            # Twice: what a job has just written may be due only at the second look.
            if quiet == 2:
                return True
            self._hurry(due, asked)
            time.sleep(LOOK)
        return False

    def phone(self, openid: str, after: int) -> list[Shown]:
        """The account's messages and WeChat's excuses on this phone; grey lines like 已关注 are left out."""
        told = self._ask(f"phone/{quote(openid)}?after={after}")
        return [shown for bubble in told["messages"] if (shown := shown_of(bubble))]

    def _hurry(self, due: Collection[str], asked: dict[str, float]) -> None:
        """Put the due jobs on the queue as the timetable does, which would come round to them in ten seconds.

        `asked` remembers when, so that no job stands there many times; without Redis the timetable has its own time.
        """
        moment = time.monotonic()
        wanted = [job for job in sorted(due) if job and moment - asked.get(job, -AGAIN) >= AGAIN]
        if self._redis is None or not wanted:
            return
        try:
            queue = Queue(QUEUE, connection=self._redis)
            for job in wanted:
                queue.enqueue(f"jobs.work.{job}", result_ttl=0, failure_ttl=86_400)
                asked[job] = moment
        except RedisError as why:
            log.warning("the timetable has to find what is due by itself (%s)", type(why).__name__)

    def _ask(self, path: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self._base}/{path}"
        try:
            answer = self._http.get(url, timeout=30) if told is None else self._http.post(url, json=told, timeout=60)
        except requests.RequestException:
            raise NoSandbox(f"沙箱没有在 {self._base} 应答；请先在另一个终端运行 make run") from None
        if answer.status_code in (400, 404, 409):
            raise Impossible(str(answer.json().get("error", "沙箱不认")))
        if answer.status_code != 200:
            raise NoSandbox(f"沙箱答了 HTTP {answer.status_code}；它的日志在 var/log/sandbox.log")
        return dict(answer.json())


def _type(kind: str, told: dict[str, Any]) -> str:
    """The control API's type: a scan is an act of its own, because what it pushes depends on who scans."""
    return "scan" if kind == "event" and str(told.get("event", "")).lower() == "scan" and told.get("scene") else kind


def shown_of(bubble: Mapping[str, Any]) -> Shown | None:
    """A bubble of the sandbox as a replay tells it; None for what the person did and for grey lines."""
    if bubble["from"] == "person" or bubble["type"] == "notice":
        return None
    via = bubble["via"] if bubble["from"] == "account" else "system"
    return Shown(bubble["n"], bubble["at"], via, bubble["text"] or f"[{bubble['type']}]")
