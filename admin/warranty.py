"""Warranty: the company's rules, and the verdict on a repair that a person changes with a reason and evidence."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import joinedload
from wtforms import SelectField
from wtforms.validators import NumberRange

from admin import base, faces, place
from admin.crews import TRADES
from admin.fields import ListField, named
from admin.tables import DeskView
from admin.tell import sentence
from admin.words import LANGS, t
from models import Attachment, Project, Repair, WarrantyTerm
from models.desk.repair import warranty
from models.desk.repair.warranty import Ruling
from models.desk.trust import Deed
from models.errors import DomainError
from models.warranty import months_after

MOST_MONTHS = 600
MONTHS = {"validators": [NumberRange(min=1, max=MOST_MONTHS)]}


class WarrantiesView(DeskView):
    """保修条款: whose, for what work, how long, in which words. The law's rules stay."""

    record = WarrantyTerm
    see = "warranty.see"
    add = change = remove = "warranty.edit"
    needs = {"decide": "warranty.decide", "preview": "warranty.edit"}
    column_list = ("rule", "category", "places", "months", "project", "legal", "active")
    column_details_list = ("rule", "rule_en", *column_list[1:])
    form_columns = ("rule", "rule_en", "category", "places", "months", "project", "active")
    edit_template = create_template = "admin/warranty_form.html"
    column_default_sort = "id"
    finds = (WarrantyTerm.rule,)
    loads = (joinedload(WarrantyTerm.project).joinedload(Project.estate),)
    form_overrides = {"places": ListField, "category": SelectField}
    form_args = {"months": MONTHS, "category": {"choices": named("category", ("", *TRADES))}}
    column_formatters = column_formatters_detail = {
        "rule": lambda _v, _c, row, _n: faces.titled(row),
        "category": lambda _v, _c, row, _n: faces.own(row.category) or t("warranty.everything"),
        "places": lambda _v, _c, row, _n: faces.listed(row.places) or t("warranty.everywhere"),
        "months": lambda _v, _c, row, _n: faces.months(row.months),
        "project": lambda _v, _c, row, _n: row.project.number if row.project else t("warranty.company"),
    }

    def prepare(self, form: Any, model: WarrantyTerm, created: bool) -> None:
        """Nothing is shorter than the law asks for, and the law's own rules are not switched off."""
        model.places, model.legal = model.places or [], bool(model.legal)
        model.rule_en = (model.rule_en or "").strip() or None
        warranty.check_term(place.session(), model)

    def delete_model(self, model: WarrantyTerm) -> bool:
        """The rule is gone; refused for one of the law's."""
        if model.legal:
            flash(sentence(DomainError("errors.legal_term")), "error")
            return False
        return super().delete_model(model)

    @expose("/preview", methods=("POST",))
    def preview(self) -> Any:
        """How a customer of a house finished two years ago would hear the rule, in both languages; nothing is kept."""
        term = WarrantyTerm(
            rule=base.words("rule", limit=60), rule_en=base.words("rule_en", limit=80, needed=False),
            category=request.form.get("category", ""), months=base.number("months") or 0,
        )  # fmt: skip
        if not 0 < term.months <= MOST_MONTHS:
            return {"problem": t("warranty.preview.months")}
        return {"words": "\n\n".join(_heard(term, lang) for lang in LANGS)}

    @expose("/decide/<int:ticket_id>", methods=("POST",))
    def decide(self, ticket_id: int) -> Any:
        """The verdict of a person on a repair: the reason stands beside it, an exclusion with its evidence."""
        session = place.session()
        repair = base.found(session.get(Repair, ticket_id))
        before = warranty.of(session, repair)
        was = {"verdict": before.verdict if before else ""}
        ruling = Ruling(
            request.form.get("verdict", ""),
            base.words("reason", limit=300),
            request.form.get("exclusion", ""),
            base.words("evidence", limit=500, needed=False),
            _photo(base.number("photo")),
        )
        row = warranty.decide(session, repair, ruling, by=place.by(), now=place.now())
        deed = Deed("repair.warranty", "repair", repair.number, was, {"verdict": row.verdict, "reason": row.reason})
        base.commit(deed, t("warranty.done.decide"), sends=True)
        return redirect(url_for("repairs.case", number=repair.number))


def _heard(term: WarrantyTerm, lang: str) -> str:
    """The answer to a question about the warranty, with this rule alone."""
    today = place.today()
    done = months_after(today, -24)
    until = months_after(done, term.months)
    line = {"rule": term.rule, "rule_en": term.english, "until": until, "covered": today <= until}
    texts, key = place.desk().texts, "warranty.answer"
    example = texts.example(key)
    return texts.render(key, {**example, "completed": done, "lines": [line], "paid": today > until}, lang)


def _photo(number: int | None) -> Attachment | None:
    return place.session().get(Attachment, number) if number else None
