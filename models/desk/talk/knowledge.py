"""What the house knows: answers that are valid today, how they did, and questions that nobody has answered yet."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.db import insert_into
from models.errors import DomainError, Missing
from models.knowledge import Article, DomainWord, Misfit, Unanswered

#: A question in so few letters says nothing that an article could be written about.
SHORTEST = 3
#: Fewer replies than this say nothing about an article; from this share on it does not help, in percent.
LEAST, LOW = 3, 30


def valid(session: Session, today: dt.date) -> list[Article]:
    """The articles that may be said today, in the order in which they were written."""
    query = select(Article).where(
        Article.active,
        or_(Article.valid_from.is_(None), Article.valid_from <= today),
        or_(Article.valid_to.is_(None), Article.valid_to >= today),
    )
    return list(session.scalars(query.order_by(Article.id)))


def said(session: Session, article_id: int) -> None:
    """The bot has given this answer once more; one that is gone meanwhile counts nothing."""
    _count(session, article_id, "shown")


def rated(session: Session, article_id: int, helped: bool) -> None:
    """The person said whether the answer helped."""
    _count(session, article_id, "helped" if helped else "unhelpful")


def unfit(session: Session, article_id: int, key: str, words: str, *, now: dt.datetime) -> None:
    """The question after which the article did not help is on its list, the same one counted up.

    The caller has taken phone numbers out of `words`. Too short a question is not kept, nor one of an article that is
    gone meanwhile.
    """
    if len(key) < SHORTEST or session.get(Article, article_id) is None:
        return
    row = {"article_id": article_id, "key": key[:200], "words": words[:200], "times": 1, "last_at": now}
    again, keys = {"times": Misfit.times + 1, "last_at": now}, ["article_id", "key"]
    session.execute(insert_into(session, Misfit).values(row).on_conflict_do_update(index_elements=keys, set_=again))


def unhelpful(session: Session, limit: int) -> list[Article]:
    """Articles in use that enough people answered about and too many found of no help, the worst first."""
    replies = Article.helped + Article.unhelpful
    share = Article.unhelpful * 100 // replies
    query = select(Article).where(Article.active, replies >= LEAST, Article.unhelpful * 100 >= replies * LOW)
    return list(session.scalars(query.order_by(share.desc(), Article.unhelpful.desc(), Article.id).limit(limit)))


def misfits(session: Session, articles: Sequence[Article], each: int) -> dict[int, list[Misfit]]:
    """The questions after which these articles did not help, for each the most frequent ones."""
    query = select(Misfit).where(Misfit.article_id.in_([row.id for row in articles]))
    found: dict[int, list[Misfit]] = {}
    for row in session.scalars(query.order_by(Misfit.times.desc(), Misfit.last_at.desc(), Misfit.id)):
        if len(kept := found.setdefault(row.article_id, [])) < each:
            kept.append(row)
    return found


def _count(session: Session, article_id: int, what: str) -> None:
    column = getattr(Article, what)
    one_more = update(Article).where(Article.id == article_id).values({what: column + 1})
    session.execute(one_more.execution_options(synchronize_session=False))


def missed(session: Session, key: str, words: str, *, now: dt.datetime) -> None:
    """A question without an answer is on the list, the same one counted up; a dropped one stays dropped.

    The caller has taken phone numbers out of `words`. Too short a question is not kept.
    """
    if len(key) < SHORTEST:
        return
    row = {"key": key[:200], "words": words[:200], "times": 1, "first_at": now, "last_at": now, "state": "open"}
    again = {"times": Unanswered.times + 1, "last_at": now}
    session.execute(
        insert_into(session, Unanswered).values(row).on_conflict_do_update(index_elements=["key"], set_=again)
    )


def answered_by(session: Session, question: Unanswered, article: Article, *, now: dt.datetime) -> None:
    """The article knows this question from now on, as one more way to ask it; refused for one that is not open."""
    if question.state != "open":
        raise DomainError("errors.question_not_open")
    if question.words not in article.asked_as():
        article.variants = "\n".join([*filter(None, (article.variants.strip(),)), question.words])
    article.updated_at = now
    session.flush()
    question.state, question.article_id = "answered", article.id


def drop(question: Unanswered) -> None:
    """Nobody needs to answer it; refused for one that is not open."""
    if question.state != "open":
        raise DomainError("errors.question_not_open")
    question.state = "dropped"


def check(article: Article) -> None:
    """Refuse an article that cannot be found or says nothing, and days in the wrong order."""
    if not article.question.strip():
        raise Missing(field="question")
    if not article.answer.strip():
        raise Missing(field="answer")
    if article.valid_from and article.valid_to and article.valid_to < article.valid_from:
        raise DomainError("errors.days_backwards")


def words(session: Session) -> Sequence[DomainWord]:
    """The house's own words that are in use."""
    return session.scalars(select(DomainWord).where(DomainWord.active).order_by(DomainWord.id)).all()


def check_word(word: DomainWord) -> None:
    """Refuse a word of one letter, which would stand inside half of all texts, and one that means itself."""
    word.word, word.means = word.word.strip(), word.means.strip()
    if len(word.word) < 2 or not word.means or word.word in word.means:
        raise DomainError("errors.word_refused")
