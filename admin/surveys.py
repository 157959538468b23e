"""Satisfaction: what was asked after which round, and what came back."""

from sqlalchemy.orm import joinedload

from admin import faces
from admin.tables import DeskView
from admin.words import t
from models import Follower, Survey
from models.work import Ticket


class SurveysView(DeskView):
    """The answers; nobody edits them."""

    record = Survey
    see = "survey.see"
    may_export = True
    column_list = ("ticket", "follower", "round", "state", "score", "words", "asked_at", "answered_at")
    column_details_list = ("ticket", "follower", "round", "state", "score", "words", "sentiment", "asked_at",
                           "answered_at")  # fmt: skip
    column_default_sort = ("id", True)
    facets = {"state": ("survey", ("planned", "asked", "answered", "phone", "dropped"))}
    finds = (Survey.words,)
    loads = (
        joinedload(Survey.ticket).joinedload(Ticket.project),
        joinedload(Survey.follower).joinedload(Follower.customer),
        joinedload(Survey.follower).joinedload(Follower.crew),
        joinedload(Survey.follower).joinedload(Follower.staff),
    )
    column_formatters = column_formatters_detail = column_formatters_export = {
        "state": lambda _v, _c, row, _n: faces.chip("survey", row.state),
        "score": lambda _v, _c, row, _n: t("survey_score", n=row.score) if row.score is not None else None,
    }
