"""What stands in the planner's months: entries, and where they come from.

Every source is a function from a range of days to entries; who plans something writes one and adds it to SOURCES of
admin/planner.py. A source shows only what the person may see, and asks the database a fixed number of questions
however many days it is asked about.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

#: How far an entry is -> the tone of its chip, none for what concerns nobody yet; the catalogue names each.
STATES = {
    "expected": "", "draft": "", "checked": "near", "approved": "info", "scheduled": "info",
    "running": "info", "paused": "near", "done": "done", "cancelled": "", "missed": "late",
}  # fmt: skip
#: States in which somebody has to do something before its day.
WAITING = frozenset({"draft", "checked", "approved"})


@dataclass(frozen=True)
class Entry:
    """One thing that goes out on a day. `title` is in the reader's language, `url` empty where nothing opens."""

    day: dt.date
    title: str
    state: str
    at: dt.datetime | None = None
    #: How many people; None while nobody knows.
    count: int | None = None
    url: str = ""

    @property
    def tone(self) -> str:
        """The tone of its chip."""
        return STATES[self.state]


#: From the first to the last day, both included.
Source = Callable[[Session, dt.date, dt.date], Iterable[Entry]]
