"""`cli.py understand`: JSON lines in, JSON lines out; what the bot would hear in a text.

In:  {"text": "水管漏水", "context": {"survey_open": true, …}, "at": "2026-11-21T10:00:00+08:00"}; only text is needed,
unknown context keys are ignored.
Out: {"intents": [{"name": "repair", "confidence": 0.97}, …], "slots": {"category": "水", …}}, or {"error": "…"}.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from bot.understanding import read_json
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
                yield read_json(json.loads(line), now)
            except json.JSONDecodeError as error:
                yield {"error": f"no JSON: {error}"}
            except ValueError as error:
                yield {"error": str(error)}
