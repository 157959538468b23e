"""A scene: a company, some phones and a clock in one process. Both a stage for replays and a stage for stories.

Real inbox, real duties, real rules of the platform, no network: see platform.py for the two wires.
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot import webhook
from bot.inbox import Inbox
from bot.webhook import Door
from bot.wechat import Codec
from clock import Frozen
from jobs import work
from jobs.rate import Rate
from jobs.schedule import TIMETABLE
from jobs.world import World
from models.db import make_sessions
from models.desk.account import people
from models.outbound import Outgoing
from models.people import Follower
from models.work import Escalation, Repair
from ops import replay_due
from ops.replay_live import shown_of
from ops.replay_player import Impossible, Shown, text_of
from sandbox.acts import NotFollowing, act
from sandbox.compose import Nonsense
from sandbox.config import Config
from sandbox.people import put
from sandbox.views import bubble_json
from settings import Settings
from templates import Texts
from tests.stories.platform import Desktop, Switchboard, Wire

#: After so many rounds something keeps coming back that should not.
MOST_ROUNDS = 12
#: What becomes due so soon is waited for.
SOON = dt.timedelta(seconds=5)
#: How often a duty runs when nothing is known to be due for it: every duty bears to come late.
EVERY = {entry.name: dt.timedelta(seconds=max(entry.every, 3600)) for entry in TIMETABLE}
#: A duty that runs no oftener than this comes when its turn is; the others also come when somebody nudges them.
LEISURE = dt.timedelta(seconds=30)
PACE = {entry.name: dt.timedelta(seconds=entry.every) for entry in TIMETABLE}
#: Duties that keep to a pace on the way to the platform.
PACED = {"campaigns", "deliver"}


class Scene:
    """The whole house in one process. `world` is what duties work with, `platform` the sandbox."""

    def __init__(self, engine: Engine, settings: Settings, clock: Frozen, texts: Texts) -> None:
        self.engine, self.clock, self.sessions = engine, clock, make_sessions(engine)
        config = _config(settings)
        self.wire = Wire(_web(settings, engine, clock, texts), config, clock)
        self.platform = Desktop(config, self.wire, clock)
        self.gateway = Switchboard(self.platform)
        self.world = World(
            settings=settings, engine=engine, sessions=self.sessions, redis=None, gateway=self.gateway, clock=clock,
            texts=texts,
        )  # fmt: skip
        pace = Rate(None, per_second=1e9)
        #: What the timetable runs, by its names; sending comes last, and nobody waits for the platform's pace.
        self._duties: dict[str, Callable[[World], int]] = {
            name: functools.partial(work.DUTIES[name], rate=pace) if name in PACED else work.DUTIES[name]
            for name in sorted(EVERY, key="deliver".__eq__)
        }
        #: When each duty ran last.
        self.ran: dict[str, dt.datetime] = {}
        #: Whether anything happened since it last came to rest.
        self._stirred = True

    # -- a stage for replays ------------------------------------------------------------------------------

    def now(self) -> dt.datetime:
        return self.clock()

    def travel(self, at: dt.datetime) -> None:
        self.clock.now, self._stirred = at.astimezone(dt.UTC), True

    def enter(self, openid: str, person: Mapping[str, Any]) -> None:
        put(self.platform, {"openid": openid, **person})

    def act(self, openid: str, kind: str, told: Mapping[str, Any]) -> list[str]:
        plain, answers, self._stirred = dict(told), [], True
        scans = kind == "event" and str(plain.get("event", "")).lower() == "scan" and plain.get("scene")
        try:
            for _ in range(plain.pop("times", 1)):
                result = act(self.platform, {"openid": openid, **plain, "type": "scan" if scans else kind})
                answers += [text_of(answer) for answer in result.delivery.answers]
        except (NotFollowing, Nonsense, KeyError) as why:
            raise Impossible(str(why)) from None
        return answers

    def settle(self, openids: Collection[str]) -> bool:
        """The duties whose turn it is by the timetable have run, then whatever is due for these people.

        Asked for again while nothing happens, every duty runs: so does what nobody can know to be due.
        """
        wanted = {name for name in self._duties if self._turn_of(name) or not self._stirred} | {"deliver"}
        self._stirred = False
        for _ in range(MOST_ROUNDS):
            self._run(wanted)
            with self.sessions() as session:
                due = [one for one in replay_due.dues(session, openids) if one.at <= self.now() + SOON]
            if not due:
                return True
            self.clock.now = max(self.clock.now, due[0].at)
            wanted = {one.job for one in due} | {"deliver"}
        return False

    def _turn_of(self, name: str) -> bool:
        last = self.ran.get(name)
        return last is None or not last - EVERY[name] < self.now() < last + EVERY[name]

    def phone(self, openid: str, after: int) -> list[Shown]:
        bubbles = [bubble for bubble in self.platform.world.bubbles if bubble.openid == openid and bubble.n > after]
        return [shown for bubble in bubbles if (shown := shown_of(bubble_json(bubble)))]

    # -- a stage for stories ------------------------------------------------------------------------------

    def run_jobs(self) -> int:
        """Every duty whose turn it is by the timetable runs once; returns how many messages were sent."""
        return self._run([name for name in self._duties if not self._rests(name)])

    def _rests(self, name: str) -> bool:
        last, pace = self.ran.get(name), PACE[name]
        return last is not None and pace >= LEISURE and last <= self.now() < last + pace

    def _run(self, names: Collection[str]) -> int:
        """These duties run once, in the scene's order; returns how many messages were sent."""
        done = 0
        for name in self._duties:
            if name in names:
                self.ran[name] = self.now()
                done = self._duties[name](self.world)
        while self.wire.later_on:
            self.wire.later_on.pop(0)()
        return done

    def travels(self, **span: float) -> None:
        """Time passes, and whatever is due on the way happens when it is due."""
        until = self.now() + dt.timedelta(**span)
        self._run(self._duties)
        while (due := self._next_due(until)) is not None:
            self.travel(due)
            self.run_jobs()
        self.travel(until)
        self.run_jobs()

    def _next_due(self, until: dt.datetime) -> dt.datetime | None:
        with self.sessions() as session:
            dues = replay_due.dues(session, list(self.platform.world.people))
        return next((one.at for one in dues if self.now() < one.at < until), None)

    @contextmanager
    def desk(self) -> Iterator[Session]:
        """What the staff's panel does: one transaction of verbs."""
        with self.sessions.begin() as session:
            yield session

    def person(self, openid: str, name: str, *, kind: str = "homeowner", following: bool = True) -> "Person":
        """Somebody with a phone."""
        self.enter(openid, {"name": name, "kind": kind, "following": following})
        return Person(self, openid)

    def repair(self) -> Repair:
        """The one repair there is, read anew with its events."""
        with self.sessions() as session:
            found = session.scalars(select(Repair)).one()
            _ = found.events, found.crew, found.owner
            return found

    def escalations(self) -> list[Escalation]:
        """All of them, oldest first, with their owners."""
        with self.sessions() as session:
            found = list(session.scalars(select(Escalation).order_by(Escalation.id)))
            _ = [row.owner for row in found]
            return found

    def letters(self, **facts: Any) -> list[Outgoing]:
        """The outgoing rows with these facts, oldest first."""
        with self.sessions() as session:
            return list(session.scalars(select(Outgoing).filter_by(**facts).order_by(Outgoing.id)))


class Person:
    """Somebody with a phone, in a story."""

    def __init__(self, scene: Scene, openid: str) -> None:
        self.scene, self.openid = scene, openid
        self._read = 0

    def says(self, text: str) -> str:
        """Write; returns what the phone shows at once, "" for silence."""
        return self.does("text", text=text)

    def photographs(self, sample: str = "leak") -> str:
        return self.does("image", sample=sample)

    def follows(self, scene: str = "") -> str:
        return self.does("event", event="subscribe", **({"scene": scene} if scene else {}))

    def leaves(self) -> str:
        return self.does("event", event="unsubscribe")

    def does(self, kind: str, **told: Any) -> str:
        before = self.scene.platform.world.serial
        self.scene.act(self.openid, kind, told)
        return "\n".join(shown.text for shown in self.scene.phone(self.openid, before))

    def reads(self) -> list[str]:
        """Everything new on the phone since the last look, oldest first."""
        new = self.scene.phone(self.openid, self._read)
        self._read = new[-1].n if new else self._read
        return [shown.text for shown in new]

    def follower(self) -> Follower:
        with self.scene.sessions() as session:
            found = people.find_or_add(session, self.openid, now=self.scene.now())
            _ = found.customer, found.crew
            return found


def _web(settings: Settings, engine: Engine, clock: Frozen, texts: Texts) -> Flask:
    """The customer's door as it is served, without Redis: jobs run when the scene says so."""
    app = Flask("bot")
    inbox = Inbox(engine, texts)
    app.extensions["nuanju"] = Door(
        settings=settings, engine=engine, sessions=make_sessions(engine), redis=None, clock=clock,
        codec=Codec(settings), texts=texts, nudge=lambda _redis: None, answer=inbox.answer,
        keep=inbox.keep_unreadable,
    )  # fmt: skip
    app.register_blueprint(webhook.blueprint)
    return app


def _config(settings: Settings) -> Config:
    return Config(
        app_id=settings.wechat_app_id, secret=settings.wechat_app_secret, token=settings.wechat_token,
        aes_key=settings.wechat_encoding_aes_key, webhook="http://127.0.0.1:9/wechat", port=9,
    )  # fmt: skip
