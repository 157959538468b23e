"""Gifts in the panel: the cupboard, the queue of applications, one application from asking to the receipt."""

from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload
from wtforms.validators import InputRequired, NumberRange

from admin import base, faces, place, uploads
from admin.fields import cents
from admin.offers import YuanField
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import known, t
from models import Customer, Gift, GiftApplication, Project
from models.desk.marketing import gifts
from models.desk.marketing.gifts import OCCASIONS, Receipt, Wish
from models.desk.trust import Deed
from models.errors import DomainError, Stale
from models.states import GIFT
from models.worktime import SHANGHAI

STEPS = ("approve", "refuse", "give_up")


def occasion(name: str) -> str:
    """春节, 生日: the festival's name, else ours."""
    key = f"feast.{name}"
    return t(key) if known(key) else t(f"gift_occasion.{name}")


class GiftsView(DeskView):
    """The cupboard: what there is and what it is worth."""

    record = Gift
    see = "gift.see"
    add = change = "gift.edit"
    column_list = column_details_list = ("name", "value", "stock", "active")
    form_columns = ("name", "value", "stock", "active")
    column_default_sort = "name"
    finds = (Gift.name,)
    form_overrides = {"value": YuanField}
    form_args: dict[str, Any] = {
        "value": {"validators": [InputRequired(), NumberRange(min=0.01, max=100_000)]},
        "stock": {"validators": [NumberRange(min=0, max=100_000)]},
    }
    column_formatters = column_formatters_detail = {"value": lambda _v, _c, row, _n: faces.yuan(row.value)}

    def create_form(self, obj: Any = None) -> Any:
        """The form of a gift that may be asked for at once."""
        form = super().create_form(obj)
        if request.method == "GET":
            form.active.data = True
        return form


class GiftApplicationsView(DeskView):
    """礼品申请."""

    record = GiftApplication
    see = "gift.see"
    needs = {
        "ask": "gift.ask", "keep": "gift.ask", "approve": "gift.approve", "refuse": "gift.approve",
        "give_up": "gift.ask", "hand_over": "gift.ask",
    }  # fmt: skip
    may_export = True
    column_list = ("number", "customer", "what", "value", "occasion", "due_on", "staff", "state")
    column_details_list = (
        "number", "customer", "project", "what", "value", "occasion", "due_on", "reason", "staff", "asked_at",
        "decided_by", "decided_at", "received_by", "handed_on", "handed_by",
    )  # fmt: skip
    column_default_sort = ("id", True)
    facets = {"state": ("gift_state", tuple(GIFT))}
    loads = (
        joinedload(GiftApplication.customer), joinedload(GiftApplication.staff),
        joinedload(GiftApplication.project).joinedload(Project.estate),
    )  # fmt: skip
    column_formatters = column_formatters_detail = column_formatters_export = {
        "value": lambda _v, _c, row, _n: faces.yuan(row.value),
        "occasion": lambda _v, _c, row, _n: occasion(row.occasion),
        "state": lambda _v, _c, row, _n: faces.chip("gift_state", row.state),
    }
    list_template = "admin/gift_list.html"
    details_template = "admin/gift.html"

    def matches(self, search: str) -> ColumnElement[bool]:
        """By number, what it is, and the customer's name."""
        named = GiftApplication.customer.has(Customer.name.icontains(search, autoescape=True))
        columns = (GiftApplication.number, GiftApplication.what)
        return or_(named, *(column.icontains(search, autoescape=True) for column in columns))

    def more(self, model: GiftApplication) -> dict[str, Any]:
        """Its story, what can be done now, and what is left of the month's budget."""
        month = f"{place.now().astimezone(SHANGHAI):%Y-%m}"
        return {
            "moves": GIFT[model.state],
            "left": gifts.budget_left(place.session(), model.staff.role, month),
            "may_approve": place.may("gift.approve") and place.staff().role.gift_limit >= model.value,
            "photos_of": [model.photo] if model.photo is not None else [],
            "today": place.today().isoformat(),
        }

    @expose("/ask")
    def ask(self) -> str:
        """The form for one customer."""
        customer = base.found(place.session().get(Customer, base.number("customer", request.args) or 0))
        return self._form(customer, {})

    def _form(self, customer: Customer, told: dict[str, str]) -> str:
        cupboard = select(Gift).where(Gift.active, Gift.stock > 0).order_by(Gift.name)
        return self.render(
            "admin/gift_new.html", customer=customer, told=told, cupboard=place.session().scalars(cupboard).all(),
            occasions=[(name, occasion(name)) for name in OCCASIONS], limit=faces.yuan(place.staff().role.gift_limit),
            today=place.today().isoformat(),
        )  # fmt: skip

    @expose("/keep", methods=("POST",))
    def keep(self) -> Any:
        """The application stands; a refusal keeps what was typed."""
        session, who = place.session(), base.number("customer") or 0
        try:
            row = gifts.ask(session, base.found(session.get(Customer, who)), _wish(), staff=_me(), now=place.now())
            after = {"number": row.number, "what": row.what, "value": row.value, "state": row.state}
            base.commit(Deed("gift.ask", "gift", row.number, after=after), t(f"gift.done.{row.state}"), sends=True)
        except DomainError as refusal:
            session.rollback()
            base.flash(sentence(refusal), "error")
            return self._form(base.found(session.get(Customer, who)), request.form.to_dict())
        return redirect(self.get_url(".details_view", id=row.id))

    @expose("/<int:number>/approve", methods=("POST",))
    def approve(self, number: int) -> Any:
        """It is let go."""
        row = self._fresh(number)
        gifts.approve(place.session(), row, staff=_me(), now=place.now())
        return self._done(row, "approve", "")

    @expose("/<int:number>/refuse", methods=("POST",))
    def refuse(self, number: int) -> Any:
        """It is not, and why."""
        row, reason = self._fresh(number), base.words("reason", limit=200)
        gifts.refuse(place.session(), row, reason=reason, staff=_me(), now=place.now())
        return self._done(row, "refuse", reason)

    @expose("/<int:number>/give-up", methods=("POST",))
    def give_up(self, number: int) -> Any:
        """It is not given after all; gift and money are back."""
        row, reason = self._fresh(number), base.words("reason", limit=200)
        gifts.give_up(place.session(), row, reason=reason, staff=_me(), now=place.now())
        return self._done(row, "give_up", reason)

    @expose("/<int:number>/hand-over", methods=("POST",))
    def hand_over(self, number: int) -> Any:
        """Somebody has it: the receipt."""
        row, who = self._fresh(number), base.words("received_by", limit=40)
        pictures = [one for one in request.files.getlist("photo") if one.filename]
        photo = uploads.stored("photo")[0] if pictures else None
        receipt = Receipt(who, base.day("on"), photo)
        gifts.hand_over(place.session(), row, receipt, staff=_me(), now=place.now())
        return self._done(row, "hand_over", "")

    def _fresh(self, number: int) -> GiftApplication:
        row = base.found(place.session().get(GiftApplication, number))
        if base.number("version") != row.version:
            raise Stale(number=row.number)
        return row

    def _done(self, row: GiftApplication, step: str, reason: str) -> Any:
        after = {"state": row.state} | ({"reason": reason} if reason else {})
        base.commit(Deed(f"gift.{step}", "gift", row.number, after=after), t(f"gift.done.{row.state}"), sends=True)
        return redirect(self.get_url(".details_view", id=row.id))


def _me() -> Any:
    return place.staff()


def _wish() -> Wish:
    gift = place.session().get(Gift, base.number("gift") or 0)
    return Wish(
        occasion=request.form.get("occasion", ""), due_on=base.day("due_on"), reason=base.words("reason", limit=500),
        gift=gift if gift is not None and gift.active else None, what=base.words("what", limit=60, needed=False),
        value=cents(base.words("value", limit=20, needed=False)),
    )  # fmt: skip
