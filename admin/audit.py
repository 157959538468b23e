"""The audit log and the list of revealed numbers: to be read, never to be changed."""

from typing import Any

from flask import flash, g, redirect, url_for
from flask_admin import expose
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from admin import base, hidden, place
from admin.tables import DeskView
from admin.words import known, name_of, t
from models import AuditEntry, Crew, Customer, Disclosure, Staff, Ticket
from models.desk import trust
from models.desk.trust import Deed


class AuditView(DeskView):
    """Who did what to which record."""

    record = AuditEntry
    see = "audit.see"
    needs = {"verify": "audit.see"}
    may_export = True
    column_list = ("at", "actor_name", "action", "record_type", "record_id", "changes", "origin")
    column_details_list = (*column_list, "previous", "digest")
    column_default_sort = ("id", True)
    reach = 20_000
    finds = (AuditEntry.actor_name, AuditEntry.record_id, AuditEntry.action)
    list_template = "admin/audit.html"
    column_formatters = column_formatters_detail = column_formatters_export = {
        "action": lambda _v, _c, row, _n: name_of("deed", row.action),
        "record_type": lambda _v, _c, row, _n: (
            t(f"nav.{row.record_type}") if known(f"nav.{row.record_type}") else name_of("record", row.record_type)
        ),
        "changes": lambda _v, _c, row, _n: changes(row),
    }

    def veil(self) -> ColumnElement[bool]:
        """What was done about a complaint does not exist for whom it is about."""
        return hidden.numbers(AuditEntry.record_type, AuditEntry.record_id)

    @expose("/verify", methods=("POST",))
    def verify(self) -> Any:
        """Walk the whole chain and say whether it is whole; the walk itself is on record."""
        broken = trust.verify(place.session())
        base.keep(Deed("audit.verify", after={"broken": broken.id if broken else None}))
        said = t("audit.cut" if broken.cut else "audit.broken", id=broken.id) if broken else t("audit.whole")
        flash(said, "error" if broken else "success")
        return redirect(self.get_url(".index_view"))


class DisclosuresView(DeskView):
    """Who saw whose number in clear, when and from where."""

    record = Disclosure
    see = "audit.see"
    may_export = True
    column_list = column_details_list = ("at", "staff", "record_type", "record_id", "field", "origin")
    column_default_sort = ("id", True)
    loads = (joinedload(Disclosure.staff),)
    column_formatters = column_formatters_detail = column_formatters_export = {
        "record_type": lambda _v, _c, row, _n: name_of("record", row.record_type),
        "record_id": lambda _v, _c, row, _n: _whose(row),
        "field": lambda _v, _c, row, _n: name_of("field", row.field),
    }

    def veil(self) -> ColumnElement[bool]:
        """Numbers revealed in a complaint do not exist for whom it is about."""
        return hidden.ids(Disclosure.record_type, Disclosure.record_id)

    def get_list(self, *args: Any, **more: Any) -> tuple[Any, list[Any]]:
        """One page; only what stands on it is looked up."""
        count, rows = super().get_list(*args, **more)
        g.on_page = {row.record_id for row in rows}
        return count, rows


#: What a disclosure is about -> (its table, the column with its name, its page, the page's argument).
_ABOUT: dict[str, tuple[Any, Any, str, str]] = {
    "customer": (Customer, Customer.name, "customers.details_view", "id"),
    "crew": (Crew, Crew.name, "crews.details_view", "id"),
    "staff": (Staff, Staff.name, "staff.details_view", "id"),
    "repair": (Ticket, Ticket.number, "repairs.case", "number"),
    "enquiry": (Ticket, Ticket.number, "enquiries.case", "number"),
    "complaint": (Ticket, Ticket.number, "complaints.case", "number"),
}


def _whose(row: Disclosure) -> Markup | str:
    """The name of the record with the way to it; its number for what has no name."""
    table, column, page, argument = _ABOUT.get(row.record_type, (None, None, "", ""))
    if table is None:
        return str(row.record_id)
    names = _names(row.record_type)
    name = names.get(row.record_id) or t("repair.no_name")
    key = row.record_id if argument == "id" else name
    return Markup('<a href="{}">{}</a>').format(url_for(page, **{argument: key}), name)


def _names(kind: str) -> dict[int, str]:
    """Names of the records of one kind that stand on the page, in a file those anybody ever looked at; read once."""
    known: dict[str, dict[int, str]] = g.setdefault("disclosed", {})
    if kind not in known:
        table, column, _page, _argument = _ABOUT[kind]
        seen = g.get("on_page") or select(Disclosure.record_id).where(Disclosure.record_type == kind)
        rows = place.session().execute(select(table.id, column).where(table.id.in_(seen)))
        known[kind] = {row[0]: row[1] for row in rows}
    return known[kind]


def changes(row: AuditEntry) -> Markup:
    """What changed, as “field: before → after”."""
    names = dict.fromkeys([*row.before, *row.after])
    parts = [
        Markup("<b>{}</b> {} → {}").format(
            name_of("field", name), _short(row.before.get(name)), _short(row.after.get(name))
        )
        if name in row.before
        else Markup("<b>{}</b> {}").format(name_of("field", name), _short(row.after.get(name)))
        for name in names
    ]
    return Markup("<br>").join(parts) or Markup('<span class="muted">—</span>')


def _short(value: Any) -> Markup:
    text = "—" if value in (None, "") else str(value)
    return escape(text if len(text) <= 80 else f"{text[:80]}…")
