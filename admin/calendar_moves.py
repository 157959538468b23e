"""What an edit of the office's calendar moves: counted before it is saved, said after it was."""

import datetime as dt
from dataclasses import dataclass

from admin import faces, place
from admin.words import t
from models import Conversation
from models.desk import redating
from models.desk.redating import Moved
from models.worktime import WorkCalendar

#: Told moments that are named before it is saved; the others are counted.
NAMED = 8


@dataclass(frozen=True)
class Moves:
    """What moves, in a sentence, and the moments that customers were told and at which nobody would be there."""

    words: str
    clashes: list[tuple[str, str]]
    count: int


def tried(before: WorkCalendar, after: WorkCalendar) -> Moves:
    """What the edit would do; nothing of it is kept."""
    session = place.session()
    trial = session.begin_nested()
    try:
        moved = redating.follow(session, before, after, now=place.now())
        named = [(_name(about), faces.moment(at, place.now())) for about, at in _by_time(moved)[:NAMED]]
    finally:
        trial.rollback()
    return Moves(_words(moved, "would_move"), named, len(moved.clashes))


def done(before: WorkCalendar, after: WorkCalendar) -> str:
    """What was due by the one calendar is due by the other, in this transaction; what moved, in a sentence."""
    moved = redating.follow(place.session(), before, after, now=place.now())
    said = _words(moved, "has_moved")
    return f"{said} {t('calendar.clashed', n=len(moved.clashes))}" if moved.clashes else said


def _words(moved: Moved, key: str) -> str:
    counts = {"promises": moved.promises, "calls": moved.calls, "steps": moved.steps}
    parts = [t(f"calendar.moving.{name}", n=count) for name, count in counts.items() if count]
    return t(f"calendar.{key}", what=faces.listed(parts)) if parts else t("calendar.moves_nothing")


def _by_time(moved: Moved) -> list[tuple[object, dt.datetime]]:
    return sorted(moved.clashes, key=lambda one: one[1])


def _name(about: object) -> str:
    """The number of what was told; a conversation has none."""
    return t("nav.conversations") if isinstance(about, Conversation) else str(getattr(about, "number", about))
