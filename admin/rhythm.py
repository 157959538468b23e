"""The rhythm of care as managers set it: what phases mean, and how often a household is called besides."""

from typing import Any

from flask import request
from wtforms import SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from admin.fields import named
from admin.tables import DeskView
from admin.words import name_of
from models import CareRule, PhaseKind
from models.rhythm import RULES

_HOURS = {"validators": [Optional(), NumberRange(min=1, max=240)]}


class PhaseKindsView(DeskView):
    """What a phase of a name means; phases that are finished or planned from then on go by it."""

    record = PhaseKind
    see = "project.see"
    add = change = "policy.edit"
    column_list = column_details_list = form_columns = (
        "position", "name", "call_hours", "notice_hours", "completes",
    )  # fmt: skip
    column_default_sort = "position"
    form_args: dict[str, Any] = {
        "name": {"validators": [InputRequired()]},
        "position": {"validators": [NumberRange(min=1, max=99)]},
        "call_hours": _HOURS,
        "notice_hours": _HOURS,
    }


class CareRulesView(DeskView):
    """How often a household is called besides; what is switched off calls nobody from then on."""

    record = CareRule
    see = "project.see"
    add = change = "policy.edit"
    column_list = column_details_list = ("kind", "number", "years", "label", "active")
    form_columns = ("kind", "number", "years", "label", "active")
    column_default_sort = [("kind", False), ("number", False)]
    facets = {"kind": ("care_rule", RULES)}
    column_formatters = column_formatters_detail = {
        "kind": lambda _v, _c, row, _n: name_of("care_rule", row.kind),
        "number": lambda _v, _c, row, _n: name_of("care_number", row.kind).format(n=row.number),
        "years": lambda _v, _c, row, _n: row.years if row.kind == "season" else None,
    }
    form_overrides = {"kind": SelectField}
    form_args: dict[str, Any] = {
        "kind": {"choices": named("care_rule", RULES)},
        "number": {"validators": [NumberRange(min=1, max=366)]},
        "years": {"validators": [NumberRange(min=1, max=10)]},
    }

    def create_form(self, obj: Any = None) -> Any:
        """The form, for two years as the legal warranty runs."""
        form = super().create_form(obj)
        if request.method == "GET":
            form.years.data = 2
            form.active.data = True
        return form
