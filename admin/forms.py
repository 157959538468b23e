"""Survey forms: what each occasion asks, in versions. What was begun keeps the version it had."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from admin import base, place
from admin.callbacks import question_words
from admin.words import lang, lazy, t
from models import Survey, SurveyForm
from models.desk.callback import forms
from models.desk.trust import Deed
from models.questions import KINDS, Question

#: Empty lines offered for new questions.
SPARE = 2


class FormsView(base.Guarded):
    """The forms and their editor."""

    see = "survey.see"
    needs = {"edit": "form.edit", "save": "form.edit"}

    @classmethod
    def build(cls, _sessions: Any) -> "FormsView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.forms"), endpoint="forms", url="forms")

    @expose("/")
    def index_view(self) -> str:
        """The form of every occasion, as it is asked now."""
        query = select(SurveyForm).where(SurveyForm.active).options(joinedload(SurveyForm.staff))
        rows = place.session().scalars(query.order_by(SurveyForm.name)).all()
        counts = select(Survey.form_id, func.count()).where(Survey.state == "answered").group_by(Survey.form_id)
        return self.render(
            "admin/forms.html", rows=rows, answered=dict(place.session().execute(counts).all()), asked=_asked,
        )  # fmt: skip

    @expose("/<occasion>")
    def edit(self, occasion: str) -> str:
        """The questions with their words, how they look in chat, and the versions before."""
        form = base.found(forms.current(place.session(), occasion, now=place.now()))
        older = select(SurveyForm).where(SurveyForm.name == occasion).options(joinedload(SurveyForm.staff))
        lines = [*form.asked, *(Question("") for _ in range(SPARE))]
        return self.render(
            "admin/form_edit.html", form=form, lines=lines, kinds=KINDS, asked=_asked(form),
            versions=place.session().scalars(older.order_by(SurveyForm.version.desc())).all(),
            house={one.key: _house_words(form.name, one.key) for one in form.asked},
        )  # fmt: skip

    @expose("/<occasion>/save", methods=("POST",))
    def save(self, occasion: str) -> Any:
        """A new version is asked from now on."""
        form = base.found(forms.current(place.session(), occasion, now=place.now()))
        questions = questions_of(request.form)
        in_chat = request.form.get("in_chat") == "1"
        newer = forms.revise(place.session(), form, questions, in_chat=in_chat, by=place.by(), now=place.now())
        before, after = ({"version": one.version, "questions": one.questions} for one in (form, newer))
        base.commit(Deed("form.save", "survey_form", occasion, before, after), t("forms.done.save", n=newer.version))
        return redirect(self.get_url(".edit", occasion=occasion))


def questions_of(told: Mapping[str, str]) -> list[Question]:
    """The questions as the editor sends them, line by line; lines without a key are left out."""
    found, line = [], 0
    while f"key_{line}" in told:
        field = {name: told.get(f"{name}_{line}", "").strip()[:200] for name in _FIELDS}
        if field["key"]:
            least = int(field["at_most"]) if field["at_most"] in ("1", "2", "3", "4") else 0
            found.append(
                Question(
                    field["key"],
                    field["kind"],
                    _both(field, "name"),
                    _both(field, "text"),
                    field["after"],
                    least,
                )  # fmt: skip
            )
        line += 1
    return found


_FIELDS = ("key", "kind", "name_zh", "name_en", "text_zh", "text_en", "after", "at_most")


def _both(field: Mapping[str, str], name: str) -> dict[str, str]:
    return {one: field[f"{name}_{one}"] for one in ("zh", "en") if field[f"{name}_{one}"]}


def _house_words(form: str, key: str) -> str:
    texts, name = place.desk().texts, f"question.{form}_{key}"
    return texts.render(name, {}, lang()) if name in texts.known else ""


def _asked(form: SurveyForm) -> list[str]:
    """The questions as a customer reads them."""
    known = [one for one in form.asked if one.text.get(lang()) or _house_words(form.name, one.key)]
    return [question_words(one, form.name) for one in known]
