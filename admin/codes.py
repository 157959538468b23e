"""Binding codes: issued for a house, a crew or a colleague, shown once as number and QR, good once."""

from typing import Any

import segno
from flask import redirect, request
from flask_admin import expose
from sqlalchemy.orm import joinedload

from admin import base, place
from admin.tables import DeskView
from admin.words import t
from models import BindingCode, Crew, Customer, Project, Staff
from models.desk import people
from models.desk.trust import Deed

HOLDERS = {"project": Project, "crew": Crew, "staff": Staff}


class CodesView(DeskView):
    """The list of codes; a code that can still be used is masked here and shown on its own page."""

    record = BindingCode
    see = "code.issue"
    needs = {"issue": "code.issue", "drop": "code.issue"}
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

    def more(self, model: BindingCode) -> dict[str, Any]:
        """The code as a QR whose text is what the person sends to the account."""
        alive = model.used_at is None and model.expires_at > place.now()
        picture = segno.make(t("code.sent", code=model.code), error="m").svg_data_uri(scale=6, border=2)
        return {"alive": alive, "picture": picture if alive else ""}

    @expose("/issue", methods=("POST",))
    def issue(self) -> Any:
        """A new code for `kind` and `id` of the form."""
        session = place.session()
        kind = request.form.get("kind", "")
        holder = session.get(HOLDERS[kind], base.number("id") or 0) if kind in HOLDERS else None
        customer = session.get(Customer, base.number("customer") or 0)
        row = people.issue_code(session, base.found(holder), now=place.now(), customer=customer)
        deed = Deed("code.issue", "codes", str(row.id), after={"for": f"{kind}#{holder.id}"})
        base.commit(deed)
        return redirect(self.get_url(".details_view", id=row.id))

    @expose("/<int:number>/drop", methods=("POST",))
    def drop(self, number: int) -> Any:
        """The code works no more; it stays in the list as expired."""
        row = base.found(place.session().get(BindingCode, number))
        if row.used_at is None and row.expires_at > place.now():
            row.expires_at = place.now()
        base.commit(Deed("code.drop", "codes", str(number)), t("code.dropped"))
        return redirect(self.get_url(".index_view"))
