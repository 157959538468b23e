"""The roster as a week's grid: edited cell by cell with the keyboard, saved at once; shifts beside it."""

import datetime as dt
import re
from collections import Counter
from typing import Any

from flask import flash, g, redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms.validators import Length

from admin import base, days, place
from admin.fields import CLOCK
from admin.tables import DeskView
from admin.words import lazy, t
from models import Absence, Role, Shift, Staff
from models.desk.callback import manned
from models.desk.staff import calendar, duty, roster
from models.desk.staff.roster import WEEK, Cell
from models.desk.trust import Deed
from models.errors import DomainError
from models.rota import window

_CELL = re.compile(r"c_(\d{1,9})_(\d{8})")
_DAY = dt.timedelta(days=1)


class RosterView(base.Guarded):
    """Who works when."""

    see = "roster.see"
    needs = {"save": "roster.edit", "copy": "roster.edit"}

    @classmethod
    def build(cls, _sessions: Any) -> "RosterView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.roster"), endpoint="roster", url="roster")

    @expose("/")
    def index_view(self) -> str:
        """The week that was asked for, or this one, and who is on duty now."""
        session, now = place.session(), place.now()
        first = _week(request.args.get("week", ""))
        seen = roster.cells(session, first, first + WEEK - _DAY)
        return self.render(
            "admin/roster.html", first=first, columns=_columns(first), people=_people(), cells=seen,
            shifts=_shifts(), all_shifts={row.id: row for row in session.scalars(select(Shift))},
            away=_away(first), duty=duty.everywhere(session, now=now), seen=_written(seen), week=WEEK,
            counts=Counter(day for _, day in seen), titles={role.name: role for role in session.scalars(select(Role))},
        )  # fmt: skip

    @expose("/save", methods=("POST",))
    def save(self) -> Any:
        """What was changed in the grid stands; cells that nobody touched stay as they are."""
        seen = _read(request.form.get("seen", ""))
        wished = {cell: _number(value) for name, value in request.form.items() if (cell := _cell(name))}
        before = manned.rotas(place.session(), now=place.now())
        changed = roster.change(place.session(), wished, seen, now=place.now())
        after = {f"{staff_id}:{day.isoformat()}": shift for (staff_id, day), shift in sorted(changed.items())}
        said = " ".join((t("roster.saved", n=len(changed)), *_moved(before)))
        base.commit(Deed("roster.save", "roster", "", {}, after), said)
        return self._back()

    @expose("/copy", methods=("POST",))
    def copy(self) -> Any:
        """The empty cells of the week are those of the week before."""
        first = _week(request.form.get("week", ""))
        before = manned.rotas(place.session(), now=place.now())
        count = roster.copy_week(place.session(), first, now=place.now())
        said = " ".join((t("roster.copied", n=count), *_moved(before)))
        base.commit(Deed("roster.copy", "roster", first.isoformat(), {}, {"cells": count}), said)
        return self._back()

    def _back(self) -> Any:
        return redirect(self.get_url(".index_view", week=_week(request.form.get("week", "")).isoformat()))


def _moved(before: manned.Rotas) -> list[str]:
    """What became of the calls that fall into other shifts now, in this transaction; a sentence for each kind."""
    moved = manned.follow(place.session(), before, now=place.now())
    counts = {"given": moved.given, "moved_calls": moved.calls, "unmanned": moved.clashes}
    return [t(f"roster.{name}", n=count) for name, count in counts.items() if count]


def _week(text: str) -> dt.date:
    """The Monday that was asked for; of this week when that is none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = place.today()
    return roster.monday(day if 2000 <= day.year < 2100 else place.today())


def _columns(first: dt.date) -> list[days.Day]:
    return days.row(calendar.office(place.session()), first, 7, today=place.today())


def _people() -> Any:
    query = select(Staff).join(Role).where(Staff.active).options(joinedload(Staff.role))
    return place.session().scalars(query.order_by(Role.name == "admin", Role.id, Staff.name, Staff.id)).all()


def _shifts() -> Any:
    return place.session().scalars(select(Shift).where(Shift.active).order_by(Shift.starts, Shift.id)).all()


def _away(first: dt.date) -> dict[Cell, Absence]:
    """Who is away on which day of the week, for the cells."""
    begins, _ = window(first, dt.time(0), dt.time(0))
    _, ends = window(first + WEEK - _DAY, dt.time(0), dt.time(0))
    query = select(Absence).where(Absence.starts_at < ends, Absence.ends_at > begins, Absence.dropped_at.is_(None))
    found = {}
    for row in place.session().scalars(query.options(joinedload(Absence.substitute))):
        for day in (first + _DAY * number for number in range(7)):
            start, end = window(day, dt.time(0), dt.time(0))
            if row.starts_at < end and row.ends_at > start:
                found[row.staff_id, day] = row
    return found


def _cell(name: str) -> Cell | None:
    found = _CELL.fullmatch(name)
    try:
        return (int(found[1]), dt.date.fromisoformat(found[2])) if found else None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _written(seen: dict[Cell, int]) -> str:
    return ";".join(f"c_{staff_id}_{day:%Y%m%d}={shift}" for (staff_id, day), shift in sorted(seen.items()))


def _read(text: str) -> dict[Cell, int]:
    """What the person saw when the page was made; nonsense is nothing."""
    found = {}
    for part in text[:100_000].split(";"):
        name, _, value = part.partition("=")
        cell, shift = _cell(name), _number(value)
        if cell is not None and shift is not None:
            found[cell] = shift
    return found


class ShiftsView(DeskView):
    """班次."""

    record = Shift
    see = "roster.see"
    add = change = remove = "roster.edit"
    column_list = column_details_list = ("name", "hours", "active")
    form_columns = ("name", "starts", "ends", "active")
    column_default_sort = "starts"
    form_args = {"name": {"validators": [Length(max=20)]}, "starts": CLOCK, "ends": CLOCK}
    column_formatters = column_formatters_detail = {
        "hours": lambda _v, _c, row, _n: _hours(row),
    }

    def update_model(self, form: Any, model: Shift) -> bool:
        """The shift has other hours, and the calls that fell into the old ones follow."""
        g.before, g.moved = manned.rotas(place.session(), now=place.now()), []
        if not super().update_model(form, model):
            return False
        for said in g.moved:
            flash(said, "success")
        return True

    def afterwards(self) -> None:
        """Calls that fell into hours that are none of the shift any more are with others, or at another moment."""
        g.moved = _moved(g.before) if "before" in g else []

    def prepare(self, form: Any, model: Shift, created: bool) -> None:
        """Refused without a name."""
        if not (model.name or "").strip():
            raise DomainError("errors.empty_field")


def _hours(row: Shift) -> str:
    next_day = t("roster.next_day") if row.crosses_midnight else ""
    return f"{row.starts:%H:%M}–{next_day}{row.ends:%H:%M}"
