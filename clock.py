"""The one place where time is read. Edges own a clock and pass `now` down; nobody below asks again.

In the sandbox all processes read the same small file, so that one button moves time for the web process,
the panel, the workers and the timetable at once. Without a file it is the machine's clock.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: No sandbox needs more; and a garbled number must not carry datetime over its edge.
FURTHEST = timedelta(days=3660)


class Clock:
    """Call it for the present moment, aware and in UTC, moved by the seconds that its file holds."""

    def __init__(self, path: Path | None = None):
        """Read `{"offset": seconds}` from `path` at each call; None means the machine's own time."""
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return now. A missing or garbled file counts as no offset: time never stops a process."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """Return how far this clock is ahead of the machine's; the file is parsed only after a change."""
        if self._path is None:
            return timedelta()
        try:
            stat = self._path.stat()
        except OSError:
            self._seen = None
            return timedelta()
        # The inode too: the sandbox replaces the file, perhaps twice within one tick of a coarse mtime.
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if seen != self._seen:
            self._offset, self._seen = _read(self._path), seen
        return self._offset


class Frozen:
    """A clock for tests that stands still at `.now` until it is advanced."""

    def __init__(self, now: datetime):
        """Start at an aware moment; a naive one is refused, since nothing here could say what it means."""
        if now.tzinfo is None:
            raise ValueError("a frozen clock needs an aware datetime")
        self.now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the moment at which this clock stands."""
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on by `timedelta(**by)` and return the new moment."""
        self.now += timedelta(**by)
        return self.now


def frozen(moment: datetime) -> Frozen:
    """Return a clock that stands still at `moment`."""
    return Frozen(moment)


def _read(path: Path) -> timedelta:
    try:
        offset = timedelta(seconds=float(json.loads(path.read_text("utf-8"))["offset"]))
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return timedelta()
    return offset if abs(offset) <= FURTHEST else timedelta()
