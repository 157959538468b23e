"""Promises as they were kept or broken, the policies behind them, and how often a household hears from us."""

from typing import Any

from flask import request
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from wtforms.validators import NumberRange

from admin import due, faces
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
        joinedload(Promise.owner),
        joinedload(Promise.conversation).joinedload(Conversation.follower).joinedload(Follower.customer),
    )
    column_formatters = column_formatters_detail = column_formatters_export = {
        "state": lambda _v, _c, row, _n: faces.chip("promise", row.state),
        "policy": lambda _v, _c, row, _n: faces.title_of(row.policy, "policy"),
    }

    def veil(self) -> ColumnElement[bool]:
        """No promises about hidden complaints."""
        return due.veil()

    def keyed(self) -> bool:
        """By key as a whole; within one state by its moment, for which there is an index."""
        return not request.args.get("state")


_MINUTES = {"validators": [NumberRange(min=1, max=60 * 24 * 60)]}


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
    }
    form_columns = ("title", "minutes", "urgent_minutes", "working_time", "warn_percent")
    form_args: dict[str, Any] = {
        "minutes": _MINUTES,
        "urgent_minutes": _MINUTES,
        "warn_percent": {"validators": [NumberRange(min=1, max=99)]},
    }


class TouchesView(DeskView):
    """How often a household may hear from us unasked; the number counts from the next message on."""

    record = TouchCap
    see = "promise.see"
    change = "policy.edit"
    column_list = column_details_list = ("days", "most")
    column_default_sort = "days"
    form_columns = ("most",)
    form_args: dict[str, Any] = {"most": {"validators": [NumberRange(min=1, max=99)]}}
