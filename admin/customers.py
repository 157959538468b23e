"""Customers: people, their houses, their WeChat and their cases. Phones are masked."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import SelectField
from wtforms.validators import NumberRange, Optional

from admin import base, complaint_list, faces, follow, occasions, place
from admin.fields import ListField, SpokenField, named
from admin.tables import DeskView
from admin.words import name_of, t
from models import Consent, Customer, Follower, GiftApplication, Project, ProjectMember, Repair
from models.desk.account import people
from models.desk.trust import Deed
from models.errors import DomainError
from models.lunar import Birth

STAGES = ("potential", "likely", "signed", "building", "in_warranty", "out_of_warranty")
FORMS = ("", *people.FORMS)


class CustomersView(DeskView):
    """The list, the card, and the form."""

    record = Customer
    see = "customer.see"
    add = change = "customer.edit"
    needs = {"wish": "customer.edit", "follow": "sequence.stop"}
    may_export = True
    column_list = ("name", "form", "phone", "houses", "stage", "source", "created_at")
    column_details_list = (
        "name", "form", "phone", "stage", "source", "tag_words", "birthday", "wants_greetings", "note", "created_at",
    )  # fmt: skip
    column_sortable_list = ("name", "created_at")
    column_default_sort = ("id", True)
    form_columns = ("name", "form", "phone", "stage", "source", "tag_words", "birth_month", "birth_day", "birth_lunar",
                    "birth_leap", "wants_greetings", "note")  # fmt: skip
    form_extra_fields = {"tag_words": ListField()}
    secret = ("phone",)
    facets = {"stage": ("stage", STAGES)}
    finds = (Customer.name, Customer.source)
    loads = (selectinload(Customer.memberships).joinedload(ProjectMember.project).joinedload(Project.estate),)
    column_formatters = {
        "name": lambda _v, _c, row, _n: row.name or t("repair.no_name"),
        "source": lambda _v, _c, row, _n: name_of("source", row.source),
        "birthday": lambda _v, _c, row, _n: occasions.birthday(row) or t("birthday.unknown"),
        "houses": lambda _v, _c, row, _n: faces.listed(member.project.label for member in row.memberships),
    }
    details_template = "admin/customer.html"
    form_overrides = {"stage": SelectField, "form": SelectField, "note": SpokenField}
    form_args = {
        "stage": {"choices": named("stage", STAGES)}, "form": {"choices": named("form", FORMS)},
        "birth_month": {"validators": [Optional(), NumberRange(1, 12)]},
        "birth_day": {"validators": [Optional(), NumberRange(1, 31)]},
    }  # fmt: skip

    def veil(self) -> ColumnElement[bool]:
        """Of somebody who was erased only an empty file is left, to which old cases point."""
        return Customer.stage != "erased"

    def matches(self, search: str) -> ColumnElement[bool] | None:
        """Names, houses, and a phone as a whole or by its last four digits."""
        houses = select(ProjectMember.customer_id).join(Project).join(Project.estate)
        found: list[ColumnElement[bool]] = [column.icontains(search, autoescape=True) for column in self.finds]
        found.append(Customer.id.in_(houses.where(Project.number.icontains(search, autoescape=True))))
        if search.isdigit() and len(search) in (4, 11):
            found.append(Customer.phone.endswith(search, autoescape=True))
        return or_(*found)

    def prepare(self, form: Any, model: Any, created: bool) -> None:
        """A new file knows when it was made; a birthday is a day that there is."""
        if created:
            model.created_at = place.now()
        model.birth_leap = bool(model.birth_leap and model.birth_lunar)
        if model.birth_month or model.birth_day:
            birth = Birth(model.birth_month or 0, model.birth_day or 0, bool(model.birth_lunar), model.birth_leap)
            if not birth.real:
                raise DomainError("errors.no_birthday")

    def more(self, model: Customer) -> dict[str, Any]:
        """What the card shows beside the customer's own facts."""
        session = place.session()
        members = (
            select(ProjectMember)
            .where(ProjectMember.customer_id == model.id)
            .options(joinedload(ProjectMember.project).joinedload(Project.estate))
        )
        repairs = select(Repair).where(Repair.customer_id == model.id).options(joinedload(Repair.project))
        return {
            "members": session.scalars(members).all(),
            "followers": session.scalars(select(Follower).where(Follower.customer_id == model.id)).all(),
            "consents": session.scalars(
                select(Consent)
                .join(Consent.follower)
                .where(Follower.customer_id == model.id)
                .options(joinedload(Consent.staff))
                .order_by(Consent.id.desc())
            ).all(),
            "repairs": session.scalars(repairs.order_by(Repair.id.desc()).limit(20)).all()
            if place.may("repair.see")
            else [],
            "followed": follow.of(customer_id=model.id) if place.may("sequence.see") else [],
            "follow": follow,
            "gifts": session.scalars(
                select(GiftApplication)
                .where(GiftApplication.customer_id == model.id)
                .order_by(GiftApplication.id.desc())
                .limit(10)
            ).all()
            if place.may("gift.see")
            else [],
            "complaints": complaint_list.of_customer(model.id) if place.may("complaint.see") else [],
        }

    @expose("/<int:number>/follow/<int:enrolment_id>/<verb>", methods=("POST",))
    def follow(self, number: int, enrolment_id: int, verb: str) -> Any:
        """Following this customer up by one plan ends with a reason, or goes on."""
        follow.decide(enrolment_id, verb, customer_id=number)
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/wish", methods=("POST",))
    def wish(self, number: int) -> Any:
        """What the customer said on the phone about being written to holds for every WeChat of theirs."""
        session = place.session()
        customer = base.found(session.get(Customer, number))
        if not customer.followers:
            raise DomainError("errors.no_wechat")
        said, given = base.words("words", limit=200), request.form.get("given") == "1"
        verb = people.opt_in if given else people.opt_out
        for follower in customer.followers:
            verb(session, follower, words=said, now=place.now(), staff=place.staff())
        base.commit(Deed("customer.wish", "customers", str(number), after={"given": given}), t("customer.wish_done"))
        return redirect(self.get_url(".details_view", id=number))
