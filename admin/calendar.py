"""Office hours by weekday with a look at the next two weeks, and days on which the office differs from the public
calendar; those win over every other source.
"""

import datetime as dt
from typing import Any

from flask import flash, g, redirect, request
from flask_admin import expose
from wtforms import DateField
from wtforms.validators import InputRequired

from admin import base, calendar_moves, days, place
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import t
from models import CalendarDay
from models.desk.staff import calendar
from models.desk.trust import Deed
from models.errors import DomainError
from models.worktime import WorkCalendar, unloaded

#: Spans that a day may have in the editor, and days that are shown ahead.
SPANS, AHEAD = 3, 14


class CalendarView(DeskView):
    """Office hours, extra days off and extra days of work."""

    record = CalendarDay
    see = "promise.see"
    add = change = remove = "policy.edit"
    needs = {"preview": "policy.edit", "save": "policy.edit"}
    column_list = column_details_list = form_columns = ("day", "works", "note")
    column_default_sort = ("day", True)
    list_template = "admin/calendar.html"
    create_template = edit_template = "admin/calendar_day.html"
    form_overrides = {"day": DateField}
    form_args = {"day": {"validators": [InputRequired()]}}

    def get_one(self, id: str) -> CalendarDay | None:
        """The day by its date; what is no date is no day."""
        try:
            return place.session().get(CalendarDay, dt.date.fromisoformat(id))
        except ValueError:
            return None

    def create_model(self, form: Any) -> Any:
        """As every record; what is due in office hours follows the new day. Only tried, it is told what would move."""
        g.office = g.others = calendar.office(place.session())
        return False if self._only_tried(form) else _said(super().create_model(form))

    def update_model(self, form: Any, model: Any) -> bool:
        """As every record; what is due in office hours follows the changed day."""
        g.office = calendar.office(place.session())
        g.others = g.office.without(model.day)
        return False if self._only_tried(form) else _said(super().update_model(form, model))

    def _only_tried(self, form: Any) -> bool:
        if "try" not in request.form:
            return False
        with place.session().no_autoflush:
            g.moves = calendar_moves.tried(g.office, _with_day(form.day.data, form.works.data))
        return True

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """What is due in office hours is due by the calendar as it will be, in the same transaction."""
        g.moved = calendar_moves.done(g.office, _with_day(model.day, model.works))

    def delete_model(self, model: Any) -> bool:
        """As every record; what is due in office hours follows the day's public calendar again."""
        office = calendar.office(place.session())
        g.moved = calendar_moves.done(office, office.without(model.day))
        return _said(super().delete_model(model))

    def render(self, template: str, **facts: Any) -> str:
        """The list stands below the office hours and the days ahead, with what the person typed."""
        if template == self.list_template:
            facts |= _facts()
        facts["moves"] = g.get("moves")
        return super().render(template, **facts)

    @expose("/preview", methods=("POST",))
    def preview(self) -> Any:
        """The next two weeks by the hours in the form, and what would move; nothing is kept."""
        return self._tried(self._show)

    @expose("/hours", methods=("POST",))
    def save(self) -> Any:
        """The office keeps these hours from now on."""
        return self._tried(self._keep)

    def _tried(self, then: Any) -> Any:
        """What is wrong is said beside its day, and nothing typed is lost."""
        g.typed = _typed()
        try:
            g.trial = calendar.checked(g.typed)
            done = then()
        except DomainError as refusal:
            place.session().rollback()
            g.wrong = (refusal.facts.get("field", ""), sentence(refusal))
            return self.index_view()
        return done or self.index_view()

    def _show(self) -> None:
        office = calendar.office(place.session())
        g.moves = calendar_moves.tried(office, WorkCalendar(g.trial, office.overrides))

    def _keep(self) -> Any:
        office = calendar.office(place.session())
        row = calendar.set_hours(place.session(), g.trial)
        moved = calendar_moves.done(office, WorkCalendar(row.hours, office.overrides))
        deed = Deed("calendar.hours", "calendar", "office", dict(office.hours), dict(row.hours))
        base.commit(deed, f"{t('calendar.saved')} {moved}")
        return redirect(self.get_url(".index_view"))


def _with_day(day: dt.date, works: bool) -> WorkCalendar:
    return WorkCalendar(g.office.hours, {**g.others.overrides, day: bool(works)})


def _said(kept: Any) -> Any:
    """What moved with it is told when it was kept."""
    if kept:
        flash(g.moved, "success")
    return kept


def _typed() -> dict[str, list[tuple[str, str]]]:
    """The spans as the form has them, half ones too."""
    form = request.form
    return {
        key: [(form.get(f"start_{key}_{n}", "")[:5], form.get(f"end_{key}_{n}", "")[:5]) for n in range(SPANS)]
        for key in calendar.KEYS
    }


def _facts() -> dict[str, Any]:
    office, today = calendar.office(place.session()), place.today()
    shown = WorkCalendar(g.trial, office.overrides) if "trial" in g else office
    typed = g.get("typed") or {key: [tuple(span) for span in office.hours.get(key, ())] for key in calendar.KEYS}
    rows = {key: _with_room(spans) for key, spans in typed.items()}
    return {
        "ahead": days.row(shown, today, AHEAD, today=today), "hours": rows, "trial": "trial" in g,
        "wrong": g.get("wrong", ("", "")), "unloaded": unloaded(today), "edits": base.allowed("policy.edit"),
    }  # fmt: skip


def _with_room(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The spans of a day and room for one more, two at least."""
    filled = [span for span in spans if any(span)]
    return [*filled, *[("", "")] * SPANS][: min(SPANS, max(2, len(filled) + 1))]
