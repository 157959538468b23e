"""Events: written as drafts, opened, moved, called off; who signed up, who waits, who came. By the desk's verbs."""

import datetime as dt
from typing import Any

from flask import g, redirect, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from admin import base, faces, nudge, place
from admin.codes import picture
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import t
from models import Event, Follower, QrCode, Signup
from models.desk.account import codes
from models.desk.marketing import events
from models.desk.marketing.events import Plan
from models.desk.trust import Deed
from models.errors import DomainError
from models.events import EVENT_MOVES
from models.worktime import SHANGHAI
from templates.faces import moment


class LocalMoment(DateTimeLocalField):
    """A moment as Beijing's clock shows it; kept with its zone."""

    def process_data(self, value: Any) -> None:
        """The record's moment, as it stands on the clock."""
        self.data = moment(value).replace(tzinfo=None) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was typed is Beijing time."""
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=SHANGHAI).astimezone(dt.UTC)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{self.data:%Y-%m-%dT%H:%M}" if self.data else ""


class EventsView(DeskView):
    """活动."""

    record = Event
    see = "event.see"
    add = change = "event.edit"
    needs = dict.fromkeys(("step", "call_off", "code", "came"), "event.edit")
    column_list = ("title", "starts_at", "place", "places", "state")
    column_details_list = ("title", "starts_at", "place", "text", "capacity", "sign_up_until", "state")
    form_columns = ("title", "starts_at", "place", "text", "capacity", "sign_up_until")
    column_default_sort = ("id", True)
    facets = {"state": ("event_state", tuple(EVENT_MOVES))}
    finds = (Event.title, Event.place)
    form_overrides = {"starts_at": LocalMoment, "sign_up_until": LocalMoment, "capacity": IntegerField}
    form_args = {
        "starts_at": {"validators": [InputRequired()], "format": "%Y-%m-%dT%H:%M"},
        "sign_up_until": {"validators": [Optional()], "format": "%Y-%m-%dT%H:%M"},
        "capacity": {"validators": [Optional(), NumberRange(1, 5000)]},
    }
    column_formatters = column_formatters_detail = {
        "state": lambda _v, _c, row, _n: faces.chip("event_state", row.state),
        "places": lambda _v, _c, row, _n: _places(row),
        "capacity": lambda _v, _c, row, _n: row.capacity or t("event_page.no_limit"),
    }
    details_template = "admin/event.html"

    def get_list(self, *others: Any, **more: Any) -> Any:
        """One page, and who has a place in its events in one query."""
        count, rows = super().get_list(*others, **more)
        g.places = events.taken_of(place.session(), [row.id for row in rows])
        return count, rows

    def create_model(self, form: Any) -> Any:
        """A draft; nobody outside sees it before it is opened."""
        try:
            row = events.make(place.session(), _plan(form), by=place.by(), now=place.now())
        except DomainError as refusal:
            return self._told(refusal)
        base.keep(Deed("create", "events", str(row.id), after={"title": row.title}))
        return row

    def update_model(self, form: Any, model: Any) -> bool:
        """The event as written; people with a place are told of another time or place."""
        if self.changed_meanwhile(form, model):
            return super().update_model(form, model)
        before = {"starts_at": model.starts_at.isoformat(), "place": model.place, "capacity": model.capacity}
        try:
            events.change(place.session(), model, _plan(form), by=place.by(), now=place.now())
        except DomainError as refusal:
            return self._told(refusal)
        after = {"starts_at": model.starts_at.isoformat(), "place": model.place, "capacity": model.capacity}
        base.keep(Deed("edit", "events", str(model.id), before, after))
        nudge.deliver(place.desk().redis)
        return True

    def _told(self, refusal: DomainError) -> bool:
        place.session().rollback()
        base.flash(sentence(refusal), "error")
        return False

    def more(self, model: Event) -> dict[str, Any]:
        """Who signed up, who waits, the code, and what can be done now."""
        session = place.session()
        people = (
            select(Signup)
            .where(Signup.event_id == model.id)
            .options(
                joinedload(Signup.follower).joinedload(Follower.customer),
                joinedload(Signup.follower).joinedload(Follower.crew),
                joinedload(Signup.follower).joinedload(Follower.staff),
            )
            .order_by(Signup.state.desc(), Signup.since, Signup.id)
        )
        qr = session.scalar(select(QrCode).where(QrCode.scene == _scene(model)))
        return {
            "signups": session.scalars(people).all(),
            "taken": events.taken(session, model),
            "moves": EVENT_MOVES[model.state] - {"cancelled"},
            "qr": qr,
            "picture": picture(qr.url) if qr and qr.state == "made" else "",
        }

    @expose("/<int:number>/step/<to>", methods=("POST",))
    def step(self, number: int, to: str) -> Any:
        """Sign-up opens or closes."""
        event = base.found(place.session().get(Event, number))
        if to not in ("open", "closed"):
            base.found(None)
        event.move(to, by=place.by(), now=place.now())
        base.commit(Deed(f"event.{to}", "events", str(number)), t(f"event_page.done.{to}"))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/call-off", methods=("POST",))
    def call_off(self, number: int) -> Any:
        """The event does not take place; everybody is told."""
        event = base.found(place.session().get(Event, number))
        reason = base.words("reason", limit=100)
        events.call_off(place.session(), event, reason=reason, by=place.by(), now=place.now())
        deed = Deed("event.call_off", "events", str(number), after={"reason": reason})
        base.commit(deed, t("event_page.done.call_off"), sends=True)
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/code", methods=("POST",))
    def code(self, number: int) -> Any:
        """A code whose scan signs up is wanted; a worker has it made."""
        event = base.found(place.session().get(Event, number))
        row = codes.want(place.session(), "event", _scene(event), title=event.title, now=place.now())
        base.commit(Deed("event.code", "events", str(number), after={"code": row.id}))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/came/<int:signup_id>", methods=("POST",))
    def came(self, number: int, signup_id: int) -> Any:
        """Somebody at the door says who came."""
        signup = place.session().get(Signup, signup_id)
        if signup is None or signup.event_id != number:
            base.found(None)
        came = request.form.get("came") == "1"
        events.mark(place.session(), signup, came=came, by=place.by(), now=place.now())
        base.commit(Deed("event.came", "events", str(number), after={"signup": signup_id, "came": came}))
        return redirect(self.get_url(".details_view", id=number))


def _scene(event: Event) -> str:
    return f"event_{event.id}"


def _places(event: Event) -> str:
    """12/30: people with a place, and how many there may be."""
    known: dict[int, int] = g.get("places", {})
    taken = known.get(event.id, 0) if "places" in g else events.taken(place.session(), event)
    return f"{taken}/{event.capacity}" if event.capacity else str(taken)


def _plan(form: Any) -> Plan:
    return Plan(
        title=form.title.data or "", starts_at=form.starts_at.data, place=form.place.data or "",
        text=form.text.data or "", capacity=form.capacity.data, sign_up_until=form.sign_up_until.data,
    )  # fmt: skip
