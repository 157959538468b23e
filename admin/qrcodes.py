"""Codes of the platform and whom they brought: wanted here, made by a worker, their state and scans shown."""

from typing import Any

from flask import g, redirect
from flask_admin import expose
from sqlalchemy.orm import joinedload
from wtforms.validators import InputRequired

from admin import base, faces, place
from admin.codes import picture
from admin.tables import DeskView
from admin.words import t
from models import Customer, Follower, QrCode, Referral
from models.desk.account import codes
from models.desk.sales import referrals
from models.desk.trust import Deed
from models.qrcodes import KINDS, MOVES


class QrCodesView(DeskView):
    """Every code there is; new ones here are for channels, the others come from their own pages and from chats."""

    record = QrCode
    see = "qr.see"
    add = "qr.make"
    needs = {"again": "qr.make", "drop": "qr.make"}
    column_list = ("title", "kind", "state", "scans", "created_at")
    column_details_list = ("kind", "state", "qr_reason", "scans", "created_at", "made_at", "expires_at")
    form_columns = ("title",)
    form_args = {"title": {"validators": [InputRequired()]}}
    column_default_sort = ("id", True)
    facets = {"state": ("qr", tuple(MOVES)), "kind": ("qr_kind", KINDS)}
    finds = (QrCode.title,)
    reach = 5000
    column_formatters = column_formatters_detail = {
        "title": lambda _v, _c, row, _n: faces.masked(str(row)),
        "kind": lambda _v, _c, row, _n: faces.chip("qr_kind", row.kind),
        "state": lambda _v, _c, row, _n: faces.chip("qr", row.state),
        "qr_reason": lambda _v, _c, row, _n: row.reason or "—",
    }
    details_template = "admin/qrcode.html"

    def create_model(self, form: Any) -> Any:
        """A code for a channel is wanted; a worker has it made."""
        row = codes.for_channel(place.session(), form.title.data or "", now=place.now())
        base.keep(Deed("create", "qrcodes", str(row.id), after={"title": row.title}))
        return row

    def more(self, model: QrCode) -> dict[str, Any]:
        """The picture, once the platform has made it."""
        return {"picture": picture(model.url) if model.state == "made" and model.url and not _secret(model) else ""}

    @expose("/<int:number>/again", methods=("POST",))
    def again(self, number: int) -> Any:
        """The platform is asked once more."""
        row = base.found(place.session().get(QrCode, number))
        if row.state != "wanted":
            row.move("wanted", now=place.now())
        base.commit(Deed("qr.again", "qrcodes", str(number)), t("qr_page.asked"))
        return redirect(self.get_url(".details_view", id=number))

    @expose("/<int:number>/drop", methods=("POST",))
    def drop(self, number: int) -> Any:
        """The code is shown to nobody any more."""
        row = base.found(place.session().get(QrCode, number))
        codes.drop(place.session(), row, now=place.now())
        base.commit(Deed("qr.drop", "qrcodes", str(number)), t("qr_page.dropped"))
        return redirect(self.get_url(".index_view"))


class ReferralsView(DeskView):
    """Who brought whom."""

    record = Referral
    see = "referral.see"
    may_export = True
    column_list = column_details_list = ("introducer", "newcomer", "at", "outcome", "credit")
    column_default_sort = ("id", True)
    column_formatters = column_formatters_detail = column_formatters_export = {
        "outcome": lambda _v, _c, row, _n: _outcome(row),
        "credit": lambda _v, _c, row, _n: _credit(row),
    }
    facets = {"outcome": ("referral_outcome", ("signed", "open"))}
    finds = (Customer.name,)
    loads = (
        joinedload(Referral.introducer).joinedload(Follower.customer),
        joinedload(Referral.newcomer).joinedload(Follower.customer),
        joinedload(Referral.introducer).joinedload(Follower.crew),
        joinedload(Referral.introducer).joinedload(Follower.staff),
        joinedload(Referral.newcomer).joinedload(Follower.crew),
        joinedload(Referral.newcomer).joinedload(Follower.staff),
    )

    def chosen(self, column: str, value: str) -> Any:
        """Who has signed since, and who has not yet."""
        return referrals.signed() if value == "signed" else ~referrals.signed()

    def get_list(self, *others: Any, **more: Any) -> Any:
        """One page, and what became of its people in one query."""
        count, rows = super().get_list(*others, **more)
        g.outcomes = referrals.outcomes(place.session(), rows)
        return count, rows

    def matches(self, search: str) -> Any:
        """By the introducer's name."""
        who = Follower.customer.has(Customer.name.icontains(search, autoescape=True))
        return Referral.introducer.has(who)


def _of(row: Referral) -> referrals.Outcome:
    known: dict[int, referrals.Outcome] = g.get("outcomes", {})
    return known[row.id] if row.id in known else referrals.outcomes(place.session(), [row])[row.id]


def _outcome(row: Referral) -> str:
    day = _of(row).signed_on
    if day is None:
        return t("referral_outcome.open")
    return t("referral_outcome.on", day=faces.day(day, place.today()))


def _credit(row: Referral) -> str:
    """Whether the contract counts for whoever brought them; nothing to say before there is one."""
    found = _of(row)
    return t(f"referral_credit.{'yes' if found.credited else 'no'}") if found.signed_on else "—"


def _secret(row: QrCode) -> bool:
    """A binding code that still works is shown on its own page only, where it is masked from lists."""
    return row.code_id is not None
