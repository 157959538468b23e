"""Everything the platform remembers: people, their phones, media, menus, tags, jobs. All changes under `world.lock`.

No method here touches the network, and nobody holds the lock while doing so.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .windows import Window

#: Temporary media live three days [M:IMpMediaService].
MEDIA_SECONDS = 3 * 86400


@dataclass
class Person:
    """One WeChat user as this account sees them. Times are epoch seconds of the sandbox's clock."""

    openid: str
    name: str
    kind: str = "homeowner"
    following: bool = False
    subscribed_at: float = 0.0
    #: The user's own switch 接收消息; off means 48002.
    accepts: bool = True
    #: The WeChat account itself was cancelled; means 46004.
    gone: bool = False
    blacklisted: bool = False
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    scene: str = ""
    came_by: str = "ADD_SCENE_SEARCH"
    windows: list[Window] = field(default_factory=list)
    #: Credits for subscription notices, by template id.
    consents: dict[str, int] = field(default_factory=dict)
    #: Mass messages received, by month "2026-11" (Asia/Shanghai).
    mass: dict[str, int] = field(default_factory=dict)
    acted_at: float = 0.0
    typing_until: float = 0.0
    #: Until when WeChat's own kf console holds the conversation.
    kf_until: float = 0.0


@dataclass
class Bubble:
    """One thing on a phone. side: person (they sent it) | account | system (a grey line)."""

    n: int
    openid: str
    side: str
    via: str
    type: str
    at: float
    body: dict[str, Any]
    failed: bool = False


@dataclass
class Medium:
    """One temporary file at the platform; the bytes are beside it in `World.files`."""

    id: str
    type: str
    content_type: str
    filename: str
    created_at: float


@dataclass
class Entry:
    """One line of the log: a push to the webhook or a call of the API."""

    n: int
    direction: str
    kind: str
    at: float
    ms: int
    status: str
    who: str
    request: str
    response: str
    good: bool


def default_templates() -> dict[str, dict]:
    """The two templates every sandbox account owns, one of each kind; more come by --template or the control API."""
    content = "单号:{{character_string1.DATA}}\n进度:{{thing2.DATA}}\n时间:{{time3.DATA}}"
    return {
        "SANDBOX-SERVICE-NOTICE": {"title": "服务进度通知", "content": content},
        "SANDBOX-SUBSCRIBE-NOTICE": {"title": "服务进展提醒", "content": content, "asked": True},
    }


@dataclass
class World:
    """The platform's memory. `revision` grows with every change; `wait` lets a browser hear of it."""

    people: dict[str, Person] = field(default_factory=dict)
    bubbles: list[Bubble] = field(default_factory=list)
    media: dict[str, Medium] = field(default_factory=dict)
    templates: dict[str, dict] = field(default_factory=default_templates)
    menu: dict | None = None
    conditional: list[dict] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)
    tickets: dict[str, dict] = field(default_factory=dict)
    masses: dict[int, dict] = field(default_factory=dict)
    #: clientmsgid / (openid, client_msg_id) -> {"id", "until"}
    once: dict[str, dict] = field(default_factory=dict)
    speed: int = 0
    cleared: dict[str, int] = field(default_factory=dict)
    due: dict | None = None
    serial: int = 0

    def __post_init__(self) -> None:
        """Add what no snapshot keeps: lock, log, file bytes."""
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.revision = 0
        #: Changes when the past is forgotten, so that a page knows to start over.
        self.era = secrets.token_hex(4)
        self.log: deque[Entry] = deque(maxlen=400)
        self.rids: dict[str, dict] = {}
        self.files: dict[str, bytes] = {}
        self._ids = itertools.count(secrets.randbelow(10**6) + 10**6)

    @contextmanager
    def change(self) -> Iterator[World]:
        """Hold the lock for one change and wake everybody who waits for news."""
        with self.lock:
            yield self
            self.revision += 1
            self.changed.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """Return the revision as soon as it differs from `seen`, or after `seconds`."""
        with self.lock:
            self.changed.wait_for(lambda: self.revision != seen, timeout=seconds)
            return self.revision

    def next(self) -> int:
        """The next number of the one series that bubbles and log lines share."""
        with self.lock:
            self.serial += 1
            return self.serial

    def job_id(self) -> int:
        """A fresh msgid for a template, subscription or mass send."""
        return 3_000_000_000 + next(self._ids)

    def clear(self, everybody: bool) -> None:
        """Forget what happened; `everybody` also takes the people. The serial goes on, so pollers stay right."""
        self.era = secrets.token_hex(4)
        self.bubbles.clear()
        self.log.clear()
        for memory in (self.media, self.files, self.masses, self.once, self.rids):
            memory.clear()  # type: ignore[attr-defined]
        self.due = None
        if everybody:
            self.people.clear()
        for person in self.people.values():
            person.windows, person.mass, person.consents = [], {}, {}
            person.typing_until = person.kf_until = person.acted_at = 0.0

    def keep_file(self, medium: Medium, data: bytes) -> str:
        """Hold one file for three days of the sandbox's clock."""
        with self.change():
            self.media[medium.id] = medium
            self.files[medium.id] = data
        return medium.id

    def file(self, media_id: str, now: float) -> tuple[Medium, bytes] | None:
        """The file while it lives, else None."""
        with self.lock:
            medium = self.media.get(media_id)
            if medium is None or now >= medium.created_at + MEDIA_SECONDS:
                return None
            return medium, self.files[media_id]


def media_id() -> str:
    """A fresh media_id of the platform's length."""
    return secrets.token_urlsafe(48)
