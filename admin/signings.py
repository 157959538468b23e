"""Signings: contracts as they were signed, written down with their first payment; who was told, who is thanked."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from admin import base, cases, faces, leads, place
from admin.fields import cents
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import t
from models import Customer, Enquiry, Estate, Follower, Project, Signing
from models.desk.account import people
from models.desk.sales import signing
from models.desk.sales.signing import Deal
from models.desk.trust import Deed
from models.errors import DomainError


class SigningsView(DeskView):
    """签约."""

    record = Signing
    see = "signing.see"
    needs = dict.fromkeys(("sign", "keep"), "signing.make")
    may_export = True
    column_list = ("project", "customer", "signed_on", "amount", "first_payment", "paid_on", "origin")
    column_details_list = (
        "project", "customer", "enquiry", "signed_on", "amount", "first_payment", "paid_on", "origin", "introducer",
        "staff", "created_at",
    )  # fmt: skip
    column_default_sort = ("id", True)
    loads = (
        joinedload(Signing.project).joinedload(Project.estate),
        joinedload(Signing.customer),
        joinedload(Signing.introducer).joinedload(Follower.customer),
        joinedload(Signing.staff),
    )
    column_formatters = column_formatters_detail = column_formatters_export = {
        "project": lambda _v, _c, row, _n: f"{row.project.number} {row.project.label}",
        "amount": lambda _v, _c, row, _n: faces.yuan(row.amount),
        "first_payment": lambda _v, _c, row, _n: faces.yuan(row.first_payment),
        "origin": lambda _v, _c, row, _n: _origin(row),
    }
    finds = (Project.number,)
    list_template = "admin/signings.html"

    def matches(self, search: str) -> ColumnElement[bool]:
        """By contract and by the customer's name."""
        named = Signing.customer.has(Customer.name.icontains(search, autoescape=True))
        return or_(named, Signing.project.has(Project.number.icontains(search, autoescape=True)))

    @expose("/sign")
    def sign(self) -> str:
        """The form, with what the lead or the customer's file knows already."""
        lead = _lead(request.args)
        customer = lead.customer if lead is not None else _customer(request.args)
        return self._form(lead, customer, {})

    def _form(self, lead: Enquiry | None, customer: Customer | None, told: dict[str, str]) -> str:
        session = place.session()
        estates = session.scalars(select(Estate.name).order_by(Estate.name).limit(200)).all()
        return self.render(
            "admin/signing_new.html", lead=lead, customer=customer, told=told, estates=estates,
            builders=cases.colleagues(*cases.BUILDS), today=place.today().isoformat(),
        )  # fmt: skip

    @expose("/keep", methods=("POST",))
    def keep(self) -> Any:
        """The contract stands and everybody who goes on with it is told; a refusal keeps what was typed."""
        lead = _lead(request.form)
        known = lead.customer if lead is not None else _customer(request.form)
        try:
            customer = known or _new_customer()
            row = signing.sign(place.session(), customer, _deal(), enquiry=lead, by=place.by(), now=place.now())
            after = {"contract": row.project.number, "amount": row.amount, "first_payment": row.first_payment}
            base.commit(Deed("signing.sign", "signings", str(row.id), after=after), t("signing.done"), sends=True)
        except DomainError as refusal:
            place.session().rollback()
            base.flash(sentence(refusal), "error")
            return self._form(_lead(request.form), _customer(request.form), request.form.to_dict())
        return redirect(self.get_url("projects.details_view", id=row.project_id))


def _origin(row: Signing) -> str:
    if row.came_back:
        return t("signing.returning")
    return t("signing.referred", name=str(row.introducer)) if row.introducer is not None else "—"


def _lead(told: Any) -> Enquiry | None:
    """The lead that is named, where the person may see it; a lead that is over has its contract or none."""
    lead = place.session().get(Enquiry, base.number("enquiry", told) or 0)
    return lead if lead is not None and lead.customer is not None and leads.visible(lead) else None


def _customer(told: Any) -> Customer | None:
    return place.session().get(Customer, base.number("customer", told) or 0)


def _new_customer() -> Customer:
    """Known by phone, or a new file."""
    return people.by_phone(
        place.session(), base.words("phone", limit=20), name=base.words("name", limit=40),
        form=request.form.get("form", ""), stage="likely", now=place.now(),
    )  # fmt: skip


def _deal() -> Deal:
    supervisor = cases.colleague(*cases.BUILDS, field="supervisor") if request.form.get("supervisor") else None
    return Deal(
        number=base.words("number", limit=30), estate=base.words("estate", limit=60),
        building=base.words("building", limit=20, needed=False), room=base.words("room", limit=20),
        area=base.number("area"), amount=cents(base.words("amount", limit=20)),
        first_payment=cents(base.words("first_payment", limit=20)), signed_on=base.day("signed_on"),
        paid_on=base.day("paid_on"), supervisor=supervisor,
    )  # fmt: skip
