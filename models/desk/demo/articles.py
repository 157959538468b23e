"""What the demo company knows: the answers in articles.toml beside this."""

import datetime as dt
import tomllib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Article, Misfit, Unanswered

TOLD = Path(__file__).with_suffix(".toml")


#: What people asked in vain: the question of an article that did not help, or "" for none, and how often.
ASKED = (
    ("装修要多久", "90平旧房全部拆掉重做要几天", 3), ("装修要多久", "过年前能装完吗", 2),
    ("合同里会有增项吗", "后来加的插座怎么算钱", 2), ("", "电视墙能做岩板吗", 4), ("", "可以用公积金付吗", 2),
)  # fmt: skip
#: How often an article was said, helped and did not help.
REPLIES = {"装修要多久": (24, 4, 5), "合同里会有增项吗": (11, 3, 2), "付款方式是怎样的": (18, 9, 1)}


def plant(session: Session, now: dt.datetime) -> None:
    """The articles stand where there are none yet."""
    if session.scalar(select(Article.id).limit(1)) is not None:
        return
    for told in tomllib.loads(TOLD.read_text("utf-8"))["article"]:
        variants = "\n".join(told.pop("variants", ()))
        session.add(Article(**told, variants=variants, updated_at=now, active=True))


def in_vain(session: Session, now: dt.datetime) -> None:
    """Some answers did not help, and some questions have none; once."""
    if session.scalar(select(Misfit.id).limit(1)) is not None:
        return
    known = {row.question: row for row in session.scalars(select(Article))}
    for question, (shown, helped, unhelpful) in REPLIES.items():
        row = known[question]
        row.shown, row.helped, row.unhelpful = shown, helped, unhelpful
    session.flush()
    for question, words, times in ASKED:
        facts = {"key": words, "words": words, "times": times, "last_at": now}
        if question:
            session.add(Misfit(article_id=known[question].id, **facts))
        else:
            session.add(Unanswered(**facts, first_at=now))
