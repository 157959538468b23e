"""The roster 排班: who is on which shift on which day. The past stays as it was."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.desk.staff import calendar
from models.errors import IllegalMove, NotFound, Stale
from models.roster import RosterEntry, Shift
from models.staff import Staff
from models.worktime import local_day

#: Somebody on a day.
Cell = tuple[int, dt.date]
WEEK = dt.timedelta(days=7)


def monday(day: dt.date) -> dt.date:
    """The Monday of the week of `day`."""
    return day - dt.timedelta(days=day.weekday())


def cells(session: Session, first: dt.date, last: dt.date) -> dict[Cell, int]:
    """The shift of everybody who is on the roster on these days."""
    query = select(RosterEntry.staff_id, RosterEntry.day, RosterEntry.shift_id)
    rows = session.execute(query.where(RosterEntry.day.between(first, last)))
    return {(staff_id, day): shift_id for staff_id, day, shift_id in rows}


def change(
    session: Session, wished: Mapping[Cell, int | None], seen: Mapping[Cell, int], *, now: dt.datetime
) -> dict[Cell, int | None]:
    """The cells in which `wished` differs from what was seen are as wished, all or none; returns them.

    Others stay, whoever changed them. Refused for days that are past, for who has left, for a shift out of use, and
    Stale where somebody else changed the very cell meanwhile.
    """
    changed = {cell: shift for cell, shift in wished.items() if shift != seen.get(cell)}
    if any(day < local_day(now) for _, day in changed):
        raise IllegalMove("errors.past_roster")
    shifts = set(session.scalars(select(Shift.id).where(Shift.active)))
    people = {row.id: row for row in session.scalars(select(Staff).where(Staff.active))}
    known = _rows(session, changed)
    for (staff_id, day), shift_id in changed.items():
        if staff_id not in people or (shift_id is not None and shift_id not in shifts):
            raise NotFound
        row = known.get((staff_id, day))
        if (row.shift_id if row is not None else None) != seen.get((staff_id, day)):
            raise _stale(people[staff_id], day, row)
        _put(session, people[staff_id], day, row, shift_id)
    return changed


def _rows(session: Session, wanted: Mapping[Cell, int | None]) -> dict[Cell, RosterEntry]:
    days = {day for _, day in wanted}
    query = select(RosterEntry).where(RosterEntry.day.in_(days)).with_for_update()
    return {(row.staff_id, row.day): row for row in session.scalars(query)}


def _put(session: Session, staff: Staff, day: dt.date, row: RosterEntry | None, shift_id: int | None) -> None:
    if row is not None and shift_id is None:
        session.delete(row)
    elif row is not None:
        row.shift_id = shift_id or row.shift_id
    elif shift_id is not None:
        try:
            with session.begin_nested():
                session.add(RosterEntry(staff_id=staff.id, day=day, shift_id=shift_id))
        except IntegrityError:
            raise _stale(staff, day, None) from None


def _stale(staff: Staff, day: dt.date, row: RosterEntry | None) -> Stale:
    return Stale(number=f"{staff.name} {day:%m-%d}", what=row.shift.name if row is not None else "—")


def copy_week(session: Session, first: dt.date, *, now: dt.datetime) -> int:
    """The week from `first` on has the shifts of the week before wherever it is still empty; returns how many.

    Days that are past stay, so do days on which the house is shut: a holiday is put on the roster by hand. Refused
    when the week before is empty.
    """
    before = cells(session, first - WEEK, first - dt.timedelta(days=1))
    if not before:
        raise IllegalMove("errors.empty_week")
    office, seen = calendar.office(session), cells(session, first, first + WEEK - dt.timedelta(days=1))
    shifts = set(session.scalars(select(Shift.id).where(Shift.active)))
    people = set(session.scalars(select(Staff.id).where(Staff.active)))
    wished: dict[Cell, int | None] = {
        (staff_id, day + WEEK): shift_id
        for (staff_id, day), shift_id in before.items()
        if shift_id in shifts and staff_id in people and (staff_id, day + WEEK) not in seen
        if day + WEEK >= local_day(now) and not office.shut(day + WEEK)
    }
    return len(change(session, wished, seen, now=now))
