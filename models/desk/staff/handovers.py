"""Hand-over notes 交接班记录: written at the end of a shift, signed by the next, and never changed after that."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from models.errors import IllegalMove, Missing
from models.roster import RosterEntry, Shift
from models.rota import window
from models.staff import Staff
from models.team import HandoverNote
from models.worktime import local_day

#: Notes that one page shows.
MOST = 60


def shift_of(session: Session, staff: Staff, *, now: dt.datetime) -> tuple[Shift | None, dt.date]:
    """The shift that `staff` is on or was on last, today or since yesterday evening, and its day; None and today."""
    today = local_day(now)
    query = select(RosterEntry).where(
        RosterEntry.staff_id == staff.id, RosterEntry.day.between(today - dt.timedelta(days=1), today)
    )
    rows = session.scalars(query.options(joinedload(RosterEntry.shift)).order_by(RosterEntry.day.desc())).all()
    for row in rows:
        starts, ends = window(row.day, row.shift.starts, row.shift.ends)
        if starts <= now and local_day(ends) == today:
            return row.shift, row.day
    return None, today


def write(session: Session, staff: Staff, words: str, *, shift: Shift | None, now: dt.datetime) -> HandoverNote:
    """What `staff` leaves to the next shift stands, not signed yet. Refused without words.

    `shift` is the one they were on; the day it began on is taken from the roster where it knows.
    """
    if not words.strip():
        raise Missing(field="words")
    own, day = shift_of(session, staff, now=now)
    if shift is None or own is None or own.id != shift.id:
        day = local_day(now)
    row = HandoverNote(shift=shift, day=day, author=staff, words=words.strip(), written_at=now)
    session.add(row)
    session.flush()
    return row


def sign(session: Session, note: HandoverNote, staff: Staff, *, now: dt.datetime) -> None:
    """`staff` takes over what the note says. Refused for its author, for who was on the same shift, and once signed."""
    session.refresh(note, with_for_update=True)
    if note.signed_at is not None:
        raise IllegalMove("errors.signed_already", name=note.signed_by.name if note.signed_by else "")
    if note.author_id == staff.id or session.scalar(select(_together(staff)).where(HandoverNote.id == note.id)):
        raise IllegalMove("errors.next_shift_signs")
    note.signed_by, note.signed_at = staff, now


def _together(staff: Staff) -> ColumnElement[bool]:
    """Whether `staff` was on the shift that the note was written on."""
    return exists().where(
        RosterEntry.staff_id == staff.id, RosterEntry.day == HandoverNote.day,
        RosterEntry.shift_id == HandoverNote.shift_id,
    )  # fmt: skip


def to_sign(session: Session, staff: Staff) -> Sequence[HandoverNote]:
    """The notes that wait for somebody's signature and that `staff` may sign, oldest first."""
    query = select(HandoverNote).where(
        HandoverNote.signed_at.is_(None), HandoverNote.author_id != staff.id, ~_together(staff)
    )
    return session.scalars(query.options(*_loads()).order_by(HandoverNote.id).limit(MOST)).all()


def listed(session: Session, *, before: int | None = None) -> Sequence[HandoverNote]:
    """The notes, newest first; those below the id `before` where it is given. One more than a page holds."""
    query = select(HandoverNote).options(*_loads()).order_by(HandoverNote.id.desc()).limit(MOST + 1)
    return session.scalars(query.where(HandoverNote.id < before) if before else query).all()


def _loads() -> tuple:
    return (joinedload(HandoverNote.shift), joinedload(HandoverNote.author), joinedload(HandoverNote.signed_by))
