"""Appointments by day: who comes when and where, moved, called off, and what came of them."""

import datetime as dt
from collections import defaultdict
from typing import Any

from flask import abort, redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin import base, leads, place
from admin.words import lazy, t
from models import Appointment, Enquiry
from models.desk.sales import appointments
from models.desk.trust import Deed
from models.errors import Stale
from models.sales import VISITS
from models.worktime import SHANGHAI, local_day

#: Days on one page.
DAYS = 14
OFFERED = 30


class AppointmentsView(base.Guarded):
    """预约."""

    see = "enquiry.see"
    needs = {name: "enquiry.act" for name in ("move", "cancel", "done", "missed")}

    @classmethod
    def build(cls, _sessions: Any) -> "AppointmentsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.appointments"), endpoint="appointments", url="appointments")

    @expose("/")
    def index_view(self) -> str:
        """Two weeks from the chosen day on, day by day; today unless another is asked for."""
        first, visit = _day(request.args.get("from", "")), request.args.get("visit", "")
        start = dt.datetime.combine(first, dt.time(), SHANGHAI).astimezone(dt.UTC)
        query = (
            select(Appointment)
            .where(Appointment.start_at >= start, Appointment.start_at < start + dt.timedelta(days=DAYS))
            .options(
                joinedload(Appointment.customer), joinedload(Appointment.owner), joinedload(Appointment.showroom),
                joinedload(Appointment.enquiry), joinedload(Appointment.project),
            )
        )  # fmt: skip
        query = leads.own(query, Appointment.owner_id)
        query = query.where(Appointment.visit == visit) if visit in VISITS else query
        days: dict[dt.date, list[Appointment]] = defaultdict(list)
        for row in place.session().scalars(query.order_by(Appointment.start_at, Appointment.id)):
            days[local_day(row.start_at)].append(row)
        free = {kind: appointments.free(place.session(), kind, now=place.now())[:OFFERED] for kind in VISITS}
        return self.render(
            "admin/appointments.html", days=days, first=first, visit=visit, visits=tuple(VISITS), free=free,
            before=first - dt.timedelta(days=DAYS), after=first + dt.timedelta(days=DAYS),
        )  # fmt: skip

    @expose("/<int:ticket_id>/move", methods=("POST",))
    def move(self, ticket_id: int) -> Any:
        """It begins at another time; the customer is told."""
        row = _fresh(ticket_id)
        before, start = row.start_at.isoformat(), leads.moment(request.form.get("start", ""))
        appointments.move(place.session(), row, start, by=place.by(), now=place.now())
        return self._done(row, "move", ({"start": before}, {"start": start.isoformat()}))

    @expose("/<int:ticket_id>/cancel", methods=("POST",))
    def cancel(self, ticket_id: int) -> Any:
        """Nobody comes; the customer is told why."""
        row, reason = _fresh(ticket_id), base.words("reason", limit=200)
        appointments.cancel(place.session(), row, reason=reason, by=place.by(), now=place.now())
        return self._done(row, "cancel", ({}, {"reason": reason}))

    @expose("/<int:ticket_id>/done", methods=("POST",))
    def done(self, ticket_id: int) -> Any:
        """They met; the note says what came of it."""
        row, note = _fresh(ticket_id), base.words("note", limit=200)
        appointments.done(place.session(), row, note=note, by=place.by(), now=place.now())
        return self._done(row, "done", ({}, {"note": note}))

    @expose("/<int:ticket_id>/missed", methods=("POST",))
    def missed(self, ticket_id: int) -> Any:
        """The customer did not come."""
        row, reason = _fresh(ticket_id), base.words("reason", limit=200, needed=False)
        appointments.missed(place.session(), row, by=place.by(), now=place.now(), reason=reason)
        return self._done(row, "missed", ({}, {"reason": reason}))

    def _done(self, row: Appointment, step: str, facts: tuple) -> Any:
        base.commit(Deed(f"visit.{step}", "appointment", row.number, *facts), t(f"visits.done.{step}"), sends=True)
        day = local_day(row.start_at)
        back = {"from": day.isoformat()} if day < place.today() else {}
        return redirect(self.get_url(".index_view", **back))


def _fresh(ticket_id: int) -> Appointment:
    """The appointment, if it is in the person's scope and they have seen its present version."""
    row = place.session().get(Appointment, ticket_id)
    if row is None or not leads.visible(place.session().get(Enquiry, row.enquiry_id)):
        abort(404)
    if base.number("version") != row.version:
        raise Stale(number=row.number, what=row.state_name)
    return row


def _day(text: str) -> dt.date:
    """The day of the address; today for none, and for one whose weeks no calendar has."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return place.today()
    return day if 2000 <= day.year < 2100 else place.today()
