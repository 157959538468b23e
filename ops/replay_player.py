"""Plays a script on a stage and tells what every person saw. The stage is the running sandbox or a test's scene.

The player knows no HTTP and no test: it lets time pass, lets people act, waits until nothing is due, and reads phones.
"""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from ops import replay_due
from ops.replay_blanks import filled
from ops.replay_cast import Cast, cast_of
from ops.replay_file import BadFile, Line, Script
from ops.replay_records import records_of, said_at

#: Stops on one journey through time; after them the rest is travelled at once.
MOST_STOPS = 60


#: From so long a time on the duties of the clock have all run before it passes.
JOURNEY = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Shown:
    """One thing the account or WeChat itself put on a phone."""

    n: int
    at: str
    #: passive, custom, template … or system for WeChat's own excuse.
    via: str
    text: str


class Impossible(Exception):
    """The platform lets nobody do that: write without following, scan an expired code. The text says why."""


def text_of(answer: str) -> str:
    """The words in a passive reply's XML; "" for `success` and for replies that are no text."""
    return (ET.fromstring(answer).findtext("Content") or "").strip() if answer.startswith("<xml>") else ""


class Stage(Protocol):
    """Where a script is played."""

    sessions: sessionmaker[Session]

    def now(self) -> dt.datetime:
        """The company's time."""

    def travel(self, at: dt.datetime) -> None:
        """It is `at` now, for every process."""

    def enter(self, openid: str, person: Mapping[str, Any]) -> None:
        """Somebody holds a phone: {name, kind, following}, and {window: messages left} where one is open."""

    def act(self, openid: str, kind: str, told: Mapping[str, Any]) -> list[str]:
        """The person acts; what the webhook answered, each time it was asked, "" where it had nothing to say.

        Impossible where the platform lets nobody do that.
        """

    def settle(self, openids: Collection[str]) -> bool:
        """The jobs have run until nothing is due for these people; False when that took too long."""

    def phone(self, openid: str, after: int) -> list[Shown]:
        """What this phone shows of the account since number `after`."""


class Player:
    """One performance of one script."""

    def __init__(self, stage: Stage, script: Script, tag: str) -> None:
        """Nothing has happened yet; `tag` keeps this performance's people apart from all others."""
        self._stage, self._script, self.cast = stage, script, Cast(tag)
        self._turns: list[dict[str, Any]] = []
        self._phones: dict[str, list[Shown]] = {}
        self._latest: dict[str, dict[str, Any]] = {}
        self._read: dict[str, int] = {}
        self._restless: list[int] = []

    def prepare(self) -> None:
        """It is the beginning's time, the setup stands in the records, and everybody holds a phone."""
        stage = self._stage
        if self._script.starts:
            stage.travel(self._script.starts)
        with stage.sessions.begin() as session:
            self.cast = cast_of(session, self._script, self.cast.tag, stage.now())
        for who in self._script.people:
            self._let_in(who)

    def play(self) -> dict[str, Any]:
        """The whole document: turns, phones, records. BadFile when somebody does what cannot be done."""
        for line in self._script.lines:
            self._pass_time(line)
            if line.who:
                self._take(line)
        self._settle(self._script.lines[-1])
        with self._stage.sessions() as session:
            records = records_of(session, self.cast)
        phones = {
            who: [{"at": shown.at, "via": shown.via, "text": shown.text} for shown in self._phones.get(who, [])]
            for who in self.cast.openids
        }
        return {"turns": self._turns, "phones": phones, "records": records, "unsettled": self._restless}

    def _let_in(self, who: str) -> None:
        cast = self.cast
        first = next((line for line in self._script.lines if line.who == who), None)
        comes_new = first is not None and (str(first.told.get("event", "")).lower() in ("subscribe", "scan"))
        following = who in cast.known or not comes_new
        person: dict[str, Any] = {"name": cast.names.get(who, who), "kind": cast.kinds.get(who, "homeowner")}
        person |= {"following": following} | ({"window": cast.windows[who]} if who in cast.windows else {})
        self._stage.enter(cast.openid(who), person)

    def _pass_time(self, line: Line) -> None:
        """Time comes to the line, stopping wherever something is due on the way."""
        stage = self._stage
        until = line.at or stage.now() + line.wait
        if until - stage.now() >= JOURNEY:
            self._settle(line)  # whoever begins to be followed up does so before the days pass
        for _ in range(MOST_STOPS):
            due = self._next_due(until)
            if due is None:
                break
            stage.travel(due)
            self._settle(line)
        if until > stage.now():
            stage.travel(until)
            self._settle(line)

    def _next_due(self, until: dt.datetime) -> dt.datetime | None:
        now = self._stage.now()
        if until <= now:
            return None
        with self._stage.sessions() as session:
            dues = replay_due.dues(session, list(self.cast.openids.values()))
        due = next((one.at for one in dues if one.at > now), None)
        return due if due is not None and due < until else None

    def _take(self, line: Line) -> None:
        """The person acts; whatever their phone shows until they act again belongs to this turn."""
        openid, told = self.cast.openid(line.who), dict(line.told)
        if "text" in told:
            told["text"] = self._filled(line, str(told["text"]))
        if "scene" in told:
            told["scene"] = self._filled(line, str(told["scene"]))
        turn = {"at": said_at(self._stage.now()), "from": line.who, "heard": told.get("text", line.heard), "saw": []}
        self._gather()
        if line.who not in self._latest and self._phones.get(line.who):
            turn["before"] = [shown.text for shown in self._phones[line.who]]
        self._latest[line.who] = turn
        self._turns.append(turn)
        try:
            turn["replies"] = self._stage.act(openid, line.kind, told)
        except Impossible as why:
            raise BadFile(line.number, str(why)) from None
        self._settle(line)

    def _settle(self, line: Line) -> None:
        if not self._stage.settle(list(self.cast.openids.values())) and line.number not in self._restless:
            self._restless.append(line.number)
        self._gather()

    def _gather(self) -> None:
        for who, openid in self.cast.openids.items():
            for shown in self._stage.phone(openid, self._read.get(who, 0)):
                self._read[who] = shown.n
                self._phones.setdefault(who, []).append(shown)
                if who in self._latest:
                    self._latest[who]["saw"].append(shown.text)

    def _filled(self, line: Line, text: str) -> str:
        """The text with its blanks filled from the records."""
        return filled(self._stage.sessions, self.cast, line, text)
