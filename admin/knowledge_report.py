"""Reports on the knowledge base: articles that do not help, with the questions after which they did not, and what
nobody has answered.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from admin import place
from models import Article, Misfit, Unanswered
from models.desk.talk import knowledge

#: Rows of each report, and questions beside an article.
ROWS, QUESTIONS = 20, 5


@dataclass(frozen=True)
class Poor:
    """An article that too often did not help: so many of so many replies, and after which questions."""

    article: Article
    percent: int
    replies: int
    questions: list[Misfit]


def facts() -> dict[str, Any]:
    """What the page of the reports shows."""
    session = place.session()
    articles = knowledge.unhelpful(session, ROWS)
    asked = knowledge.misfits(session, articles, QUESTIONS)
    open_ = Unanswered.state == "open"
    missed = session.scalars(
        select(Unanswered).where(open_).order_by(Unanswered.times.desc(), Unanswered.id).limit(ROWS)
    )
    count, times = session.execute(
        select(func.count(), func.coalesce(func.sum(Unanswered.times), 0)).where(open_)
    ).one()
    shown = session.scalar(select(func.coalesce(func.sum(Article.shown), 0)))
    return {
        "poor": [_poor(row, asked.get(row.id, [])) for row in articles], "missed": missed.all(), "count": count,
        "times": times, "shown": shown, "least": knowledge.LEAST, "low": knowledge.LOW,
    }  # fmt: skip


def _poor(article: Article, questions: list[Misfit]) -> Poor:
    replies = article.helped + article.unhelpful
    return Poor(article, round(article.unhelpful * 100 / replies), replies, questions)
