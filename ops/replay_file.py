"""The language of conversations: JSON lines in, a Script out. Pure; docs/replay.md shows every kind of line.

A file that cannot be meant is refused with its line number in one sentence, because a line that is silently read as
something else makes a regression test that holds nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: What a person can send; the value of the key is the short form of what the sandbox is told.
KINDS = ("text", "image", "voice", "video", "shortvideo", "location", "link", "file", "event", "repeat")
#: kind -> the name under which a plain value of it goes to the sandbox ("image": "leak" is a sample's name).
_PLAIN = {"text": "text", "image": "sample", "location": "label", "link": "url", "file": "title", "event": "event"}
_MORE = {
    "recognised": "recognition", "recognized": "recognition", "recognition": "recognition", "scene": "scene",
    "key": "key", "title": "title", "label": "label", "lat": "lat", "lon": "lon", "url": "url", "sample": "sample",
    "overlap": "overlap", "fields": "fields", "description": "description",
}  # fmt: skip
SETUP = (
    "estates", "buildings", "projects", "customers", "crews", "staff", "codes", "articles", "callbacks", "events",
    "complaints", "packages", "showrooms", "plans", "windows",
)  # fmt: skip
#: Those two may be plain values as well.
_OBJECTS = tuple(name for name in SETUP if name not in ("estates", "windows"))
_WAIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|秒|分钟?|小时|天)?\s*")
_SECONDS = {"s": 1, "秒": 1, "m": 60, "分": 60, "分钟": 60, "h": 3600, "小时": 3600, "d": 86400, "天": 86400}


class BadFile(Exception):
    """The file cannot be played; the text says which line and why."""

    def __init__(self, number: int, words: str) -> None:
        """Say it in one sentence; `number` counts the file's lines from 1, 0 is the file itself."""
        super().__init__(f"第 {number} 行：{words}" if number else words)
        self.number = number


@dataclass(frozen=True)
class Line:
    """One line that does something: somebody acts, or time passes (then `who` is empty)."""

    number: int
    at: datetime | None = None
    wait: timedelta = timedelta()
    who: str = ""
    kind: str = ""
    #: What the sandbox is told beside the openid and the type.
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heard(self) -> str:
        """What the person did, in a few words."""
        told = self.told
        if self.kind in ("text", "repeat"):
            return str(told.get("text", "(再推送一次)"))
        detail = told.get("event") or told.get("recognition") or told.get("label") or told.get("url") or ""
        detail = " ".join(str(part) for part in (detail, told.get("scene") or told.get("key") or "") if part)
        return f"[{self.kind} {detail}]" if detail else f"[{self.kind}]"


@dataclass(frozen=True)
class Script:
    """A whole conversation: what stands before it begins, and its lines in order of time."""

    setup: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who acts or is set up, in order of appearance."""
        known = [one["from"] for name in ("crews", "customers", "staff") for one in self.setup.get(name, ())]
        return tuple(dict.fromkeys(known + [line.who for line in self.lines if line.who]))

    @property
    def starts(self) -> datetime | None:
        """When it begins; None: now."""
        return next((line.at for line in self.lines if line.at), None)


def read(text: Iterable[str]) -> Script:
    """The script in these lines, or BadFile."""
    setup: Mapping[str, Any] = {}
    lines: list[Line] = []
    last: datetime | None = None
    for number, raw in enumerate(text, 1):
        if not raw.strip():
            continue
        told = _object(number, raw)
        if "setup" in told or not (told.keys() - set(SETUP)):
            if lines or setup:
                raise BadFile(number, "setup 只能在第一行")
            setup = _setup(number, told.get("setup", told))
            continue
        line = _line(number, told)
        if line.at and last and line.at < last:
            raise BadFile(number, "at 比上一行还早，时间只能往前走")
        last = line.at or last
        lines.append(line)
    if not lines:
        raise BadFile(0, "文件里没有一行对话")
    return Script(setup, tuple(lines))


def _object(number: int, raw: str) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError as why:
        raise BadFile(number, f"不是 JSON（{why}）") from None
    if not isinstance(told, dict):
        raise BadFile(number, "每一行要是一个 JSON 对象")
    return told


def _setup(number: int, told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise BadFile(number, "setup 要是一个 JSON 对象")
    if unknown := told.keys() - set(SETUP):
        raise BadFile(number, f"setup 里不认识 {'、'.join(sorted(unknown))}；可以有 {'、'.join(SETUP)}")
    for name in _OBJECTS:
        if not isinstance(told.get(name, []), list) or not all(isinstance(one, dict) for one in told.get(name, [])):
            raise BadFile(number, f"setup 的 {name} 要是对象的列表")
    for name in ("crews", "customers", "staff", "complaints"):
        for one in told.get(name, []):
            if not str(one.get("from") or ""):
                raise BadFile(number, f"setup 的 {name} 每一项都要有 from")
    return told


def _line(number: int, told: dict[str, Any]) -> Line:
    at = _moment(number, told.pop("at", None))
    if "wait" in told:
        if told.keys() - {"wait"}:
            raise BadFile(number, "wait 这一行不能再有别的内容")
        return Line(number, at, _span(number, told["wait"]))
    who = told.pop("from", None)
    if not isinstance(who, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", who):
        raise BadFile(number, "缺少 from（谁说的，如 W1），或者它不是 1–20 个字母数字")
    kind, value = _kind(number, told)
    return Line(number, at, timedelta(), who, kind, _told(number, kind, value, told))


def _kind(number: int, told: dict[str, Any]) -> tuple[str, Any]:
    """The kind of a line and its value; `{"type": "image"}` says the same as `{"image": true}`."""
    if "type" in told:
        kind = str(told.pop("type"))
        if kind not in KINDS:
            raise BadFile(number, f"type 不认识 {kind}；可以是 {'、'.join(KINDS)}")
        return kind, told.pop(kind, True)
    named = [kind for kind in KINDS if kind in told]
    # A link has a url and a voice may have a text beside it; the more special kind is meant.
    named = [kind for kind in named if kind != "text"] or named
    if len(named) != 1:
        raise BadFile(number, f"要有且只有一种内容：{'、'.join(KINDS)}，或者 wait")
    return named[0], told.pop(named[0])


def _told(number: int, kind: str, value: Any, more: dict[str, Any]) -> Mapping[str, Any]:
    if value is False or value is None:
        raise BadFile(number, f"{kind} 的值不能是 {json.dumps(value)}")
    if kind == "voice" and "text" in more:
        more["recognised"] = more.pop("text")
    if unknown := more.keys() - _MORE.keys():
        raise BadFile(number, f"不认识 {'、'.join(sorted(unknown))}")
    told = {_MORE[name]: one for name, one in more.items()}
    if isinstance(value, dict):
        told |= value
    elif kind == "repeat":
        told["times"] = 1 if value is True else _count(number, value)
    elif kind == "voice" and isinstance(value, str):
        told["recognition"] = value
    elif kind in ("text", "event", "link") or (value is not True and kind in _PLAIN):
        if not isinstance(value, str):
            raise BadFile(number, f"{kind} 要是一段文字")
        told[_PLAIN[kind]] = value
    return told


def _count(number: int, value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= 10:
        raise BadFile(number, "repeat 要是 true 或 1 到 10 的数")
    return value


def _moment(number: int, value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadFile(number, f"at 不是 ISO 时间：{value!r}") from None
    if at.tzinfo is None:
        raise BadFile(number, "at 要带时区，例如 2026-01-13T10:00:00+08:00")
    return at


def _span(number: int, value: Any) -> timedelta:
    """Seconds as a number, or 30m, 3h, 2d."""
    found = _WAIT.fullmatch(str(value))
    if found is None or isinstance(value, bool):
        raise BadFile(number, f"wait 要是秒数，或者 30m、3h、2d 这样的写法，不是 {value!r}")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2] or "s"])
