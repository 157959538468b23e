"""Promises as they were kept or broken, the policies behind them, and how often a household hears from us."""

from typing import Any

from flask import g, request
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from wtforms.validators import NumberRange

from admin import due, durations, faces
from admin.tables import DeskView
from models import Conversation, Follower, Policy, Promise, TouchCap


class PromisesView(DeskView):
    """The record of promises; nobody edits or deletes them."""

    record = Promise
    see = "promise.see"
    may_export = True
    column_list = ("policy", "ticket", "owner", "state", "due_at", "met_at", "missed_at")
    column_details_list = (
        "policy", "ticket", "conversation", "callback", "slip", "owner", "state", "urgent", "made_at", "due_at",
        "warn_at", "met_at", "missed_at", "paused_at", "paused_until", "agreement", "level",
    )  # fmt: skip
    column_default_sort = ("due_at", True)
    facets = {"state": ("promise", ("open", "paused", "met", "missed", "dropped"))}
    indexed = ("state",)
    loads = (
        joinedload(Promise.policy),
        joinedload(Promise.ticket),
        joinedload(Promise.callback),
        joinedload(Promise.slip),
        joinedload(Promise.owner),
        joinedload(Promise.conversation).joinedload(Conversation.follower).joinedload(Follower.customer),
    )
    column_formatters = column_formatters_detail = column_formatters_export = {
        "state": lambda _v, _c, row, _n: faces.chip("promise", row.state),
        "ticket": lambda _v, _c, row, _n: row.ticket or row.callback or row.slip,
        "policy": lambda _v, _c, row, _n: faces.title_of(row.policy, "policy"),
    }

    def veil(self) -> ColumnElement[bool]:
        """No promises about hidden complaints."""
        return due.veil()

    def keyed(self) -> bool:
        """By key as a whole; within one state by its moment, for which there is an index."""
        return not request.args.get("state")


class PoliciesView(DeskView):
    """The numbers behind promises; they count for promises made from then on."""

    record = Policy
    see = "promise.see"
    change = "policy.edit"
    column_list = column_details_list = (
        "title", "minutes", "urgent_minutes", "working_time", "warn_percent",
    )  # fmt: skip
    column_formatters = column_formatters_detail = {
        "title": lambda _v, _c, row, _n: faces.title_of(row, "policy"),
        "minutes": lambda _v, _c, row, name: _length(row, name),
        "urgent_minutes": lambda _v, _c, row, name: _length(row, name),
    }
    form_overrides = {"minutes": durations.LengthField, "urgent_minutes": durations.LengthField}
    form_columns = ("title", "minutes", "urgent_minutes", "working_time", "warn_percent")
    form_args: dict[str, Any] = {
        "warn_percent": {"validators": [NumberRange(min=1, max=99)]},
    }

    def edit_form(self, obj: Any = None) -> Any:
        """The form, with limits in working days where only office hours count."""
        form = super().edit_form(obj)
        form.minutes.form_working = form.urgent_minutes.form_working = bool(obj.working_time)
        return form


def _length(row: Policy, name: str) -> str:
    return durations.said(getattr(row, name), day=_day(row.working_time))


def _day(working: bool) -> int:
    """The minutes of a day as this rule counts; the office's is read once a page."""
    if not working:
        return durations.DAY
    if "working_day" not in g:
        g.working_day = durations.working_day()
    return int(g.working_day)


class TouchesView(DeskView):
    """How often a household may hear from us unasked; the number counts from the next message on."""

    record = TouchCap
    see = "promise.see"
    change = "policy.edit"
    column_list = column_details_list = ("days", "most")
    column_default_sort = "days"
    form_columns = ("most",)
    form_args: dict[str, Any] = {"most": {"validators": [NumberRange(min=1, max=99)]}}
