"""Where the time of one turn goes: the same turn in one process, taken apart by a profiler."""

import cProfile
import datetime as dt
import pstats
import time
from pathlib import Path

from bench.load import LINES
from bench.turn import fresh
from bot.inbox import Inbox
from bot.push import Push, push_of
from models.db import make_engine
from templates import Texts

TURNS, PEOPLE = 600, 60
#: The parts of a turn: file and function as the profiler names them.
PARTS = {
    "understand": ("understanding", "read"),
    "dialog": ("dialog/__init__.py", "take"),
    "read": ("book.py", "load"),
    "write": ("write.py", "turn"),
    "· of it verbs": ("write.py", "_carried_out"),
    "· of it texts": ("templates", "render"),
}


def pushes(start: dt.datetime) -> list[Push]:
    """A conversation of sixty people, as the platform would push it."""
    stamp = int(start.timestamp())
    return [
        push_of(
            {
                "ToUserName": "gh_bench",
                "FromUserName": f"profile{number % PEOPLE:04d}",
                "CreateTime": str(stamp + number // PEOPLE),
                "MsgType": "text",
                "MsgId": str(10**12 + number),
                "Content": LINES[number // PEOPLE % len(LINES)],
            },
            start,
        )
        for number in range(TURNS)
    ]


def profile(database_url: str) -> list[tuple[str, float, float]]:
    """(part, microseconds a turn, share) of one process without any server, and the whole turn first."""
    fresh(database_url)
    engine = make_engine(database_url)
    inbox, now = Inbox(engine, Texts()), dt.datetime.now(dt.UTC)
    heard = pushes(now)
    for push in heard[:PEOPLE]:
        inbox.answer(push, now=now)
    watched = cProfile.Profile()
    begin = time.perf_counter()
    watched.enable()
    for push in heard[PEOPLE:]:
        inbox.answer(push, now=now)
    watched.disable()
    whole = (time.perf_counter() - begin) / (TURNS - PEOPLE)
    engine.dispose()
    return [("whole turn", whole * 1e6, 1.0), *_parts(pstats.Stats(watched), whole)]


def _parts(stats: pstats.Stats, whole: float) -> list[tuple[str, float, float]]:
    rows = []
    for part, (file, function) in PARTS.items():
        spent = sum(
            entry[3]
            for (path, _, name), entry in stats.stats.items()  # type: ignore[attr-defined]
            if name == function and file in str(Path(path))
        )
        share = spent / (TURNS - PEOPLE)
        rows.append((part, share * 1e6, share / whole))
    return rows
