"""What rarely changes and every turn needs: calendar, wordings, articles, words, offers; read every 2 seconds.

Each reading ends in a COMMIT although it writes nothing: at a ROLLBACK psycopg forgets all that it has prepared on the
connection, and where a message comes every few seconds each turn would have its read planned anew (bot/inbox/book.py).
"""

import datetime as dt
import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.heard import EventRef
from bot.inbox.person import said_opening
from bot.inbox.shop import Shop, read_shop
from bot.understanding import Entry, Library, Words
from models.db import reading
from models.desk.marketing import events
from models.desk.staff import calendar
from models.desk.talk import knowledge
from models.knowledge import Article, TextVersion
from models.promises import Policy
from models.worktime import WorkCalendar, local_day

#: A change made in the panel is heard within so many seconds.
FRESH_SECONDS = 2.0
#: Tells whether any article was added, changed or removed.
_SHELF = select(func.count(Article.id), func.max(Article.id), func.max(Article.updated_at))


class Standing:
    """A process's copy of the standing facts; safe for threads, at worst read twice."""

    def __init__(self, engine: Engine, fresh_seconds: float = FRESH_SECONDS) -> None:
        """Remember where to read; nothing is read before it is asked for."""
        self._engine = reading(engine)
        self._lock = threading.Lock()
        self._fresh, self._read_at = fresh_seconds, -fresh_seconds
        self._calendar = WorkCalendar()
        self._wordings: dict[tuple[str, str], str] = {}
        self._words: Words | None = None
        self._events: tuple[tuple[EventRef, dt.datetime], ...] = ()
        self._redo = dt.timedelta(days=30)
        self._shop = Shop()
        #: What is open, as it is said in a minute and a language.
        self._hours: dict[tuple[dt.datetime, str], Mapping[str, Any]] = {}
        self._shelf: tuple[object, ...] = ()
        self._library: tuple[tuple[object, ...], Library] = (("nothing read",), Library(()))

    def wording(self, key: str, lang: str) -> str | None:
        """The staff's own wording of a text, or None while they have none."""
        self._refresh()
        return self._wordings.get((key, lang))

    def words(self) -> Words | None:
        """The house's own words; None while there are none."""
        self._refresh()
        return self._words

    def events(self, now: dt.datetime) -> tuple[EventRef, ...]:
        """The events for which one may sign up at `now`, the soonest first."""
        self._refresh()
        return tuple(one for one, until in self._events if now < until)

    def library(self, now: dt.datetime) -> Library:
        """The articles that may be said at `now`; built anew only when one changed or another day began."""
        self._refresh()
        today = local_day(now)
        if self._library[0] != (today, *self._shelf):
            with self._lock, Session(self._engine) as session, session.begin():
                entries = (
                    Entry(row.id, row.question, tuple(row.asked_as()), row.answer, row.answer_en)
                    for row in knowledge.valid(session, today)
                )
                self._library = (today, *self._shelf), Library(entries)
        return self._library[1]

    def facts(self, now: dt.datetime, lang: str) -> dict[str, Any]:
        """What Facts hold at `now` that everybody is told alike who speaks `lang`."""
        self._refresh()
        return {
            "find_answer": self.library(now).answer,
            "events": self.events(now),
            "redo": self._redo,
            **self._open(now, lang),
            **self._shop.facts(now, self._calendar),
        }

    def _open(self, now: dt.datetime, lang: str) -> Mapping[str, Any]:
        """Whether office and showroom are open and when they will be: by the minute, so worked out once in it."""
        hours, minute = self._hours, now.replace(second=0, microsecond=0)
        if (known := hours.get((minute, lang))) is None:
            office = self._calendar
            opens = office.is_open(minute)
            known = hours[minute, lang] = {
                "office_open": opens,
                "office_next": "" if opens else said_opening(office.next_open(minute), minute, lang),
                "showroom": self._shop.room(minute, office),
            }
        return known

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < self._fresh:
            return
        with self._lock:
            if time.monotonic() - self._read_at < self._fresh:
                return
            with Session(self._engine) as session, session.begin():
                self._calendar = calendar.office(session)
                rows = session.scalars(select(TextVersion).where(TextVersion.active).order_by(TextVersion.version))
                self._wordings = {(row.key, row.lang): row.body for row in rows}
                own = [(row.word.lower(), row.means) for row in knowledge.words(session)]
                self._words = Words(own) if own else None
                self._events = tuple(
                    (EventRef(row.id, row.title, row.starts_at, row.place, row.text), row.ends_sign_up)
                    for row in events.published(session)
                )
                minutes = session.scalar(select(Policy.minutes).where(Policy.name == "repair.redo"))
                self._redo = dt.timedelta(minutes=minutes) if minutes is not None else self._redo
                self._shop = read_shop(session)
                self._hours = {}  # after what it is worked out from: whoever holds the old one may still write into it
                self._shelf = tuple(session.execute(_SHELF).one())
            self._read_at = time.monotonic()
