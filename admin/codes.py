"""Binding codes: issued for a house, a crew or a colleague, shown as the platform's QR and as six digits, good once.

The panel only asks for the QR; a worker has it made (jobs/codes.py) and the page shows it as soon as it is there.
"""

from typing import Any

import segno
from flask import abort, redirect, request
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import joinedload

from admin import base, place
from admin.tables import DeskView
from admin.words import t
from models import BindingCode, Crew, Customer, Project, Staff
from models.desk.account import codes, people
from models.desk.trust import Deed

#: Who may hold a code -> (table, what the person must be allowed to see anyway, the code's column for it).
HOLDERS: dict[str, tuple[Any, str, Any]] = {
    "project": (Project, "project.see", BindingCode.project_id),
    "crew": (Crew, "crew.see", BindingCode.crew_id),
    "staff": (Staff, "staff.see", BindingCode.staff_id),
}


class CodesView(DeskView):
    """The list of codes; a code that can still be used is masked here and shown on its own page."""

    record = BindingCode
    see = "code.issue"
    needs = dict.fromkeys(("issue", "ask", "drop"), "code.issue")
    column_list = ("holder", "created_at", "expires_at", "used_at")
    column_default_sort = ("id", True)
    loads = (
        joinedload(BindingCode.project).joinedload(Project.estate),
        joinedload(BindingCode.crew),
        joinedload(BindingCode.staff),
    )
    column_formatters = {"holder": lambda _view, _context, row, _name: str(row.project or row.crew or row.staff)}
    details_template = "admin/code.html"
    column_details_list = column_list

    def veil(self) -> ColumnElement[bool]:
        """No codes for whom the person may not see: whoever reads a colleague's code can bind as that colleague."""
        return and_(*(column.is_(None) for _table, see, column in HOLDERS.values() if not place.may(see)), true())

    def more(self, model: BindingCode) -> dict[str, Any]:
        """How far the QR is: ready, coming, or none; nothing of a code that works no more."""
        alive, qr = _alive(model), model.qr
        state = {"made": "ready", "wanted": "coming"}.get(qr.state if qr else "", "none")
        return {"alive": alive, "qr_state": state, "picture": picture(qr.url) if alive and state == "ready" else ""}

    @expose("/issue", methods=("POST",))
    def issue(self) -> Any:
        """A new code for `kind` and `id` of the form; refused for whom the person may not see."""
        session = place.session()
        kind = request.form.get("kind", "")
        table, see, _column = base.found(HOLDERS.get(kind))
        if not place.may(see):
            abort(403)
        holder = session.get(table, base.number("id") or 0)
        customer = session.get(Customer, base.number("customer") or 0)
        row = people.issue_code(session, base.found(holder), now=place.now(), customer=customer)
        codes.for_binding(session, row, now=place.now())
        deed = Deed("code.issue", "codes", str(row.id), after={"for": f"{kind}#{holder.id}"})
        base.commit(deed)
        return redirect(self.get_url(".details_view", id=row.id))

    @expose("/<int:number>/ask", methods=("POST",))
    def ask(self, number: int) -> Any:
        """A QR is wanted (again): for codes from before there were any, and after the platform refused."""
        row = base.found(self.get_one(number))
        if _alive(row):
            codes.for_binding(place.session(), row, now=place.now())
        base.commit(Deed("code.ask", "codes", str(number)))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/drop", methods=("POST",))
    def drop(self, number: int) -> Any:
        """The code works no more; it stays in the list as expired."""
        row = base.found(self.get_one(number))
        if _alive(row):
            row.expires_at = place.now()
            codes.drop(place.session(), row.qr, now=place.now())
        base.commit(Deed("code.drop", "codes", str(number)), t("code.dropped"))
        return redirect(self.get_url(".index_view"))


def _alive(code: BindingCode) -> bool:
    return code.used_at is None and code.expires_at > place.now()


def picture(url: str) -> Markup:
    """The QR as an SVG inside the page: black on white, nothing that a content policy could object to."""
    drawn = segno.make(url, error="m").svg_inline(
        border=2, omitsize=True, light="#fff", svgclass="qr", title=t("code.qr")
    )
    return Markup(drawn)
