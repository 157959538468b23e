"""What rarely changes and every turn needs: the office calendar and the wordings staff edited, read every 2 seconds."""

import datetime as dt
import threading
import time

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.db import reading
from models.desk import calendar
from models.knowledge import TextVersion
from models.worktime import WorkCalendar

#: A change made in the panel is heard within so many seconds.
FRESH_SECONDS = 2.0


class Standing:
    """A process's copy of the standing facts; safe for threads, at worst read twice."""

    def __init__(self, engine: Engine) -> None:
        """Remember where to read; nothing is read before it is asked for."""
        self._engine = reading(engine)
        self._lock = threading.Lock()
        self._read_at = -FRESH_SECONDS
        self._calendar = WorkCalendar()
        self._wordings: dict[tuple[str, str], str] = {}

    def wording(self, key: str, lang: str) -> str | None:
        """The staff's own wording of a text, or None while they have none."""
        self._refresh()
        return self._wordings.get((key, lang))

    def office(self) -> WorkCalendar:
        """The office calendar."""
        self._refresh()
        return self._calendar

    def office_is_open(self, now: dt.datetime) -> bool:
        """Whether somebody is in the office at `now`."""
        return self.office().is_open(now)

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < FRESH_SECONDS:
            return
        with self._lock:
            if time.monotonic() - self._read_at < FRESH_SECONDS:
                return
            with Session(self._engine) as session:
                self._calendar = calendar.office(session)
                rows = session.scalars(select(TextVersion).where(TextVersion.active).order_by(TextVersion.version))
                self._wordings = {(row.key, row.lang): row.body for row in rows}
            self._read_at = time.monotonic()
