"""Texts as staff edited them, with their history, and the counters behind the numbers people read."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
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
