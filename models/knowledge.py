"""What the house knows: texts as staff edited them, answers to questions, words of its customers, number series."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import Staff


class TextVersion(Base):
    """A staff's wording of one chat text. The newest active version of a key and language is used."""

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("key", "lang", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[dt.datetime]

    staff: Mapped[Staff | None] = relationship()


class NumberSeries(Base):
    """The last number given out of one series on one local day."""

    __tablename__ = "number_series"

    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Article(Base):
    """An answer of the house to one question. One store: the bot says it, staff find it while they write."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: design, price, process, material, showroom, warranty, repair, activity or other.
    category: Mapped[str] = mapped_column(String(20), default="other")
    #: The question as the house would put it.
    question: Mapped[str] = mapped_column(String(120))
    #: Other ways to ask it, one a line.
    variants: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text)
    #: The same for those who write in English; empty: they read the Chinese one.
    answer_en: Mapped[str] = mapped_column(Text, default="")
    #: First and last day on which it is true, in Shanghai; null is open.
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    active: Mapped[bool] = mapped_column(default=True)
    #: How often the bot said it, and what people replied when asked whether it helped.
    shown: Mapped[int] = mapped_column(default=0)
    helped: Mapped[int] = mapped_column(default=0)
    unhelpful: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[dt.datetime]

    def asked_as(self) -> list[str]:
        """Every way to ask it, the house's own first."""
        return [self.question, *filter(None, (line.strip() for line in self.variants.splitlines()))]

    def __str__(self) -> str:
        return self.question


class Unanswered(Base):
    """A question that no article answers, once however often it is asked; phone numbers are taken out of it."""

    __tablename__ = "unanswered"
    __table_args__ = (Index("ix_unanswered_open", "state", "times", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The question in one spelling, so that the same one counts up.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    words: Mapped[str] = mapped_column(String(200))
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    #: open, answered (an article knows it now) or dropped.
    state: Mapped[str] = mapped_column(String(10), default="open")
    article_id: Mapped[int | None] = mapped_column(ForeignKey(Article.id), index=True)

    article: Mapped[Article | None] = relationship()

    def __str__(self) -> str:
        return self.words


class Misfit(Base):
    """A question to which an article was said and did not help, once however often; phone numbers are taken out."""

    __tablename__ = "misfit"
    __table_args__ = (UniqueConstraint("article_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id, ondelete="CASCADE"))
    #: The question in one spelling, so that the same one counts up.
    key: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(String(200))
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[dt.datetime]


class DomainWord(Base):
    """A word of our customers that the understanding does not know, and the word it knows for it."""

    __tablename__ = "domain_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As customers write it: 龙头鼻子.
    word: Mapped[str] = mapped_column(String(20), unique=True)
    #: What is heard instead: 水龙头.
    means: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[dt.datetime]

    def __str__(self) -> str:
        return f"{self.word} → {self.means}"
