"""Satisfaction: what was asked after which round, and what came back."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload

from admin import faces, hidden
from admin.tables import DeskView
from admin.words import name_of, t
from models import Follower, Survey
from models.work import Ticket


class SurveysView(DeskView):
    """The answers; nobody edits them."""

    record = Survey
    see = "survey.see"
    may_export = True
    column_list = ("ticket", "label", "follower", "round", "state", "score", "words", "asked_at", "answered_at")
    column_details_list = ("ticket", "label", "follower", "round", "state", "score", "words", "sentiment", "asked_at",
                           "answered_at", "callback", "answers")  # fmt: skip
    column_default_sort = ("id", True)
    facets = {"state": ("survey", ("planned", "asked", "answered", "phone", "dropped"))}
    finds = (Survey.words,)
    loads = (
        joinedload(Survey.callback),
        selectinload(Survey.answers),
        joinedload(Survey.ticket).joinedload(Ticket.project),
        joinedload(Survey.follower).joinedload(Follower.customer),
        joinedload(Survey.follower).joinedload(Follower.crew),
        joinedload(Survey.follower).joinedload(Follower.staff),
    )
    column_formatters = column_formatters_detail = column_formatters_export = {
        "ticket": lambda _v, _c, row, _n: row.number,
        "state": lambda _v, _c, row, _n: faces.chip("survey", row.state),
        "answers": lambda _v, _c, row, _n: answers_of(row),
        "score": lambda _v, _c, row, _n: t("survey_score", n=row.score) if row.score is not None else None,
        "sentiment": lambda _v, _c, row, _n: name_of("sentiment", row.sentiment) or None,
    }

    def veil(self) -> ColumnElement[bool]:
        """No answers about hidden complaints, nor of somebody who complained about the person."""
        return hidden.surveys()


def answers_of(survey: Survey) -> str:
    """Every answer in one line: 工艺 5分；监理 2分（没来过）."""
    said = []
    for one in survey.answers:
        verdict = t("survey_score", n=one.score) if one.score is not None else ""
        words = faces.hidden(one.words)
        parts = [name_of("question", one.question), verdict, faces.aside(words).strip() if words and verdict else words]
        said.append(" ".join(part for part in parts if part))
    return faces.semicolon().join(said)
