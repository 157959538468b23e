"""Suggestions of customers: read, and answered in words that reach them."""

from typing import Any

from flask import redirect
from flask_admin import expose
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from admin import base, faces, hidden, place
from admin.tables import DeskView
from admin.words import t
from models import Suggestion
from models.desk.complaint import suggestions
from models.desk.trust import Deed


class SuggestionsView(DeskView):
    """建议."""

    record = Suggestion
    see = "suggestion.see"
    needs = {"reply": "suggestion.answer"}
    column_list = ("number", "words", "customer", "owner", "state")
    column_details_list = ("number", "words", "customer", "owner", "state", "answer", "answered_at")
    column_default_sort = ("id", True)
    facets = {"state": ("state", ("open", "answered"))}
    finds = (Suggestion.number, Suggestion.words)
    loads = (joinedload(Suggestion.customer), joinedload(Suggestion.owner))
    details_template = "admin/suggestion.html"
    column_formatters = column_formatters_detail = {
        "state": lambda _v, _c, row, _n: faces.chip("state", row.state),
        "customer": lambda _v, _c, row, _n: str(row.customer or t("repair.no_name")),
    }

    def veil(self) -> ColumnElement[bool]:
        """What somebody suggests who complained about the person is for others."""
        return hidden.people(Suggestion.follower_id)

    @expose("/<int:number>/reply", methods=("POST",))
    def reply(self, number: int) -> Any:
        """The answer goes to the customer."""
        row = base.found(self.get_one(number))
        suggestions.answer(place.session(), row, place.staff(), base.words("words", limit=500), now=place.now())
        deed = Deed("suggestion.answer", "suggestion", row.number, {"state": "open"}, {"state": row.state})
        base.commit(deed, t("suggestion_page.done"), sends=True)
        return redirect(self.get_url(".details_view", id=number))
