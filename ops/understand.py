"""`cli.py understand`: JSON lines in, JSON lines out; what the bot would hear in a text.

In:  {"text": "水管漏水", "context": {"survey_open": true, …}, "at": "2026-11-21T10:00:00+08:00"}; only text is needed.
Out: {"intents": [{"name": "repair", "confidence": 0.97}, …], "slots": {"category": "水", …}}, or {"error": "…"}.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from bot.understanding import Context, read
from clock import Clock


def main(arguments: list[str]) -> int:
    """Read from a file or standard input; returns 1 when any line could not be read."""
    parser = argparse.ArgumentParser(prog="cli.py understand", description=main.__doc__)
    parser.add_argument("file", nargs="?", help="JSON lines; without it, standard input")
    path = parser.parse_args(arguments).file
    failed = False
    with open(path, encoding="utf-8") if path else nullcontext(sys.stdin) as lines:
        for said in understand(lines, Clock()()):
            failed = failed or "error" in said
            print(json.dumps(said, ensure_ascii=False), flush=True)
    return int(failed)


def understand(lines: Iterable[str], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield one answer per line that is not blank; a line that is nonsense is answered with an error, in its place."""
    for line in lines:
        if line.strip():
            try:
                yield _one(json.loads(line), now)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                yield {"error": f"{type(error).__name__}: {error}"}


def _one(asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    text = asked["text"]
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    at = datetime.fromisoformat(asked["at"]) if "at" in asked else now
    if at.tzinfo is None:
        raise ValueError("at needs a time zone")
    reading = read(text, Context(**(asked.get("context") or {})), at)
    intents = [{"name": intent.name, "confidence": round(float(intent.confidence), 3)} for intent in reading.intents]
    return {"intents": intents, "slots": plain(reading.slots)}


def plain(value: Any) -> Any:
    """Return a slot's value as JSON knows it: named fields without the empty ones, moments as ISO text."""
    if dataclasses.is_dataclass(value):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: plain(inner) for name, inner in fields if inner not in (None, "", (), [])}
    if isinstance(value, datetime):
        return value.isoformat()
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value
