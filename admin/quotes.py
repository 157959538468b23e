"""Quotes: the list by state and due moment, writing one, sending it, and what the customer said on the phone."""

import datetime as dt
from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from admin import base, faces, place
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import t
from models import Project, Quote, Repair
from models.desk.repair import quote_rows, quotes
from models.desk.repair.quote_rows import Rows
from models.desk.repair.quotes import DECISIONS, Answer
from models.desk.trust import Deed
from models.errors import DomainError, Missing
from models.quotes import QUOTE_STATES


def _case_link(case: Any) -> Markup | str:
    """A case's number, as a link for whoever may open it."""
    if not place.may("repair.see"):
        return str(case.number)
    return Markup('<a class="num" href="{}">{}</a>').format(url_for("repairs.case", number=case.number), case.number)


def _due_words(value: dt.datetime | None) -> Markup:
    """How long until a moment, or how long past it."""
    if value is None:
        return Markup('<span class="muted">—</span>')
    found = faces.due(value, place.now())
    return Markup('<span class="chip due {}" title="{}">{}</span>').format(found["tone"], found["full"], found["words"])


#: Rows that an empty form shows.
ROWS = 5


class QuotesView(DeskView):
    """报价, the newest first; every version has its row."""

    record = Quote
    see = "quote.see"
    needs = {"write": "quote.make", "save": "quote.make", "send": "quote.make", "answer": "quote.make"}
    may_export = True
    column_list = ("number", "version", "ticket", "state", "total", "sent_at", "lapses_at", "made_by_name")
    column_details_list = (
        "number", "version", "ticket", "state", "total", "note", "made_by_name", "created_at", "sent_at",
        "reminded_at", "lapses_at", "answered_at", "answered_by_name", "answered_by_way", "answer",
    )  # fmt: skip
    column_default_sort = ("id", True)
    facets = {"state": ("quote", tuple(QUOTE_STATES))}
    indexed = ("state",)
    loads = (
        joinedload(Quote.repair).joinedload(Repair.project).joinedload(Project.estate),
        selectinload(Quote.items),
    )
    finds = (Quote.number,)
    details_template = "admin/quote.html"
    column_formatters = column_formatters_detail = {
        "state": lambda _v, _c, row, _n: faces.chip("quote", row.state),
        "ticket": lambda _v, _c, row, _n: _case_link(row.repair),
        "total": lambda _v, _c, row, _n: faces.yuan(row.total),
        "answered_by_way": lambda _v, _c, row, _n: (
            t(f"quote_way.{row.answered_by_way}") if row.answered_by_way else "—"
        ),
        "lapses_at": lambda _v, _c, row, _n: _due_words(row.lapses_at) if row.state == "sent" else "—",
    }
    column_formatters_export = {
        "state": lambda _v, _c, row, _n: row.state_name,
        "ticket": lambda _v, _c, row, _n: row.repair.number,
        "total": lambda _v, _c, row, _n: row.total / 100,
    }

    def veil(self) -> ColumnElement[bool]:
        """What is locked away is read in its own place, one at a time (admin/privacy.py)."""
        return Quote.locked_at.is_(None)

    def matches(self, search: str) -> ColumnElement[bool] | None:
        """By the quote's number or the repair's."""
        cases = select(Repair.id).where(Repair.number.icontains(search, autoescape=True))
        return or_(Quote.number.icontains(search, autoescape=True), Quote.ticket_id.in_(cases))

    @expose("/write/<number>")
    def write(self, number: str) -> str:
        """The form for the next version, beginning with what the one before has."""
        repair = self._repair(number)
        before = quotes.newest(place.session(), repair)
        return self._form(repair, quote_rows.of(before), note=before.note if before else "")

    @expose("/write/<number>", methods=("POST",))
    def save(self, number: str) -> Any:
        """A draft, or sent at once; what cannot be one is shown again with the reason, nothing typed is lost."""
        repair, session = self._repair(number), place.session()
        rows, note = quote_rows.read(request.form.to_dict(flat=False)), base.words("note", limit=500, needed=False)
        if rows.trouble:
            return self._form(repair, rows, note=note, trouble=_trouble(rows)), 422
        try:
            quote = quotes.make(session, repair, rows.lines, by=place.by(), now=place.now(), note=note)
            if request.form.get("do") == "send":
                quotes.send(session, quote, by=place.by(), now=place.now())
        except DomainError as refusal:
            session.rollback()
            return self._form(self._repair(number), rows, note=note, trouble=sentence(refusal)), 409
        return self._done(quote, "make" if quote.state == "draft" else "send")

    @expose("/<int:quote_id>/send", methods=("POST",))
    def send(self, quote_id: int) -> Any:
        """The draft goes to the household."""
        quote = self._found(quote_id)
        quotes.send(place.session(), quote, by=place.by(), now=place.now())
        return self._done(quote, "send")

    @expose("/<int:quote_id>/answer", methods=("POST",))
    def answer(self, quote_id: int) -> Any:
        """What the customer said on the phone, in their words."""
        quote = self._found(quote_id)
        decision = request.form.get("decision", "")
        if decision not in DECISIONS:
            raise Missing("errors.empty_field")
        said = Answer(decision, base.words("words", limit=300), "phone", name=base.words("who", limit=40, needed=False))
        quotes.answer(place.session(), quote, said, by=place.by(), now=place.now())
        return self._done(quote, "answer")

    def _form(self, repair: Repair, rows: Rows, **more: Any) -> str:
        facts = {"rows": rows.padded(ROWS), "wrong": rows.wrong, "trouble": "", "before": None} | more
        facts["before"] = quotes.newest(place.session(), repair)
        return self.render("admin/quote_form.html", repair=repair, **facts)

    def _repair(self, number: str) -> Repair:
        return base.found(place.session().scalar(select(Repair).where(Repair.number == number)))

    def _found(self, quote_id: int) -> Quote:
        return base.found(place.session().get(Quote, quote_id))

    def _done(self, quote: Quote, step: str) -> Any:
        facts = {"version": quote.version, "state": quote.state, "total": quote.total}
        deed = Deed(f"quote.{step}", "quote", quote.number, {}, facts)
        base.commit(deed, t(f"quote.done.{step}"), sends=True)
        return redirect(url_for("repairs.case", number=quote.repair.number))


def _trouble(rows: Rows) -> str:
    name = rows.typed[rows.wrong - 1]["name"] if rows.trouble == "quote_item" else ""
    words = sentence(Missing(f"errors.{rows.trouble}", name=name))
    return t("quote.row", n=rows.wrong, words=words) if rows.trouble == "quote_item" else words
