"""The sandbox's time: the machine's, moved by an offset that other processes read from the clock file.

Only the sandbox writes that file, always by replacing it, so that a reader never sees half of it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
import time
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(value: str | int | float) -> float:
    """Epoch seconds of an ISO text (without zone = Asia/Shanghai) or of a number. ValueError when it is neither."""
    if isinstance(value, bool):
        raise ValueError("not a moment")
    if isinstance(value, (int, float)):
        return float(value)
    parsed = dt.datetime.fromisoformat(value)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI)).timestamp()


def iso(epoch: float) -> str:
    """The moment as ISO text in Asia/Shanghai, whole seconds."""
    return dt.datetime.fromtimestamp(int(epoch), SHANGHAI).isoformat()


def next_morning(epoch: float, hour: int = 9) -> float:
    """The next time it is `hour` o'clock in Asia/Shanghai, strictly later than `epoch`."""
    local = dt.datetime.fromtimestamp(epoch, SHANGHAI)
    morning = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (morning if morning > local else morning + dt.timedelta(days=1)).timestamp()


class Clock:
    """Now, travelled. `path` holds {"offset": seconds} for the product's processes; None keeps it to ourselves."""

    def __init__(self, path: Path | None = None):
        """Begin at the offset the file holds, if any."""
        self._path = path
        self._lock = threading.Lock()
        self.offset = self._read()

    def _read(self) -> float:
        """The offset a former run left behind, so that phones and product agree after a restart; else 0."""
        if self._path is None or not self._path.exists():
            return 0.0
        try:
            return float(json.loads(self._path.read_text("utf-8"))["offset"])
        except (ValueError, TypeError, KeyError):
            return 0.0

    def now(self) -> float:
        """Epoch seconds of the travelled now."""
        return time.time() + self.offset

    def travel(self, offset: float) -> None:
        """Set the offset in seconds and tell every process through the file."""
        with self._lock:
            self.offset = float(offset)
            if self._path is None:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            half = self._path.with_name(self._path.name + ".new")
            half.write_text(json.dumps({"offset": self.offset}), "utf-8")
            os.replace(half, self._path)
