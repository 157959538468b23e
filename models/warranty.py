"""Warranty: which work is covered for how long, and the verdict that a repair carries.

The judgement is pure: terms, the fault, the day of completion and the day of the report say `in`, `out` or `unknown`.
`excluded` is never a rule's word: only a person says it, with evidence.
"""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, known
from models.houses import Project
from models.talk import Attachment
from models.work import Repair

VERDICTS = {"in": "在保", "out": "过保", "excluded": "不在保修范围", "unknown": "待查"}
#: The work is paid by the customer, after their consent.
PAID = frozenset({"out", "excluded"})
#: Why a warranty does not cover what is inside its time. Code -> what staff and customers read.
EXCLUSIONS = {
    "misuse": "使用不当",
    "altered": "自行改动或他人施工",
    "own_material": "客户自购材料",
    "moved": "搬动、磕碰",
    "disaster": "火灾、水淹、雷击、水电异常",
    "no_record": "没有施工记录",
}
#: The work that a rule is about, for rules that nobody put into English.
WORK = {
    "": "general work", "水": "plumbing", "电": "wiring", "防水": "waterproofing", "墙面": "walls", "木作": "woodwork",
    "门窗": "doors and windows", "瓷砖": "tiles", "洁具": "bathroom fittings", "地板": "floors", "五金": "hardware",
}  # fmt: skip
#: A fault that nobody could put into a category may be under any rule.
UNSORTED = "其他"


class WarrantyTerm(Base):
    """One rule: what is covered for how many months from 竣工验收 on. Of a contract, or the company's own."""

    __tablename__ = "warranty_term"
    __table_args__ = (CheckConstraint("months > 0", name="some_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 防水, 水, 木作 … as repairs name it; empty: everything that has no rule of its own.
    category: Mapped[str] = mapped_column(String(10), default="")
    #: The rule counts only where one of these words names the place (厨房, 卫, 外墙); empty: everywhere.
    places: Mapped[list[Any]] = mapped_column(default=list)
    months: Mapped[int]
    #: The contract that promises it; null: every house of the company.
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id), index=True)
    #: As customers hear it: 防水保5年.
    rule: Mapped[str] = mapped_column(String(60))
    #: As customers who are served in English hear it; null: said from the work and the time.
    rule_en: Mapped[str | None] = mapped_column(String(80))
    #: The law asks for at least this (住宅室内装饰装修管理办法): no other rule may give less.
    legal: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    project: Mapped[Project | None] = relationship()

    @property
    def english(self) -> str:
        """The rule in English: as somebody wrote it, else a plain sentence that is true of it."""
        return (self.rule_en or "").strip() or said_plainly(self.category, self.months)

    def __str__(self) -> str:
        return self.rule


class RepairWarranty(Base):
    """What is said about the warranty of one repair, by a rule or a person. The case's events keep the past."""

    __tablename__ = "repair_warranty"
    __table_args__ = (known("verdict", VERDICTS),)

    repair_id: Mapped[int] = mapped_column(ForeignKey(Repair.id), primary_key=True)
    #: in, out, excluded or unknown.
    verdict: Mapped[str] = mapped_column(String(8))
    #: The rule in its own words and in English, its length, the last day covered; empty where no rule could be applied.
    rule: Mapped[str] = mapped_column(String(60), default="")
    rule_en: Mapped[str] = mapped_column(String(80), default="")
    months: Mapped[int | None]
    until: Mapped[dt.date | None]
    #: The day that the warranty was counted from.
    completed_on: Mapped[dt.date | None]
    decided_at: Mapped[dt.datetime]
    #: system (a rule) or staff.
    by_kind: Mapped[str] = mapped_column(String(10))
    by_name: Mapped[str] = mapped_column(String(40), default="")
    #: Why a person judged so, and which of EXCLUSIONS applies.
    reason: Mapped[str] = mapped_column(Text, default="")
    exclusion: Mapped[str] = mapped_column(String(20), default="")
    #: The photo that shows it; the evidence may be words instead.
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey(Attachment.id))
    evidence: Mapped[str] = mapped_column(Text, default="")
    #: Since when the customer does not accept it, and in which words; cleared by the next verdict.
    disputed_at: Mapped[dt.datetime | None]
    dispute: Mapped[str] = mapped_column(Text, default="")

    repair: Mapped[Repair] = relationship()
    attachment: Mapped[Attachment | None] = relationship()

    @property
    def english(self) -> str:
        """The rule behind it in English; "" when no rule could be applied."""
        return self.rule_en or (said_plainly(None, self.months) if self.rule and self.months else "")

    @property
    def is_paid(self) -> bool:
        """Whether the customer pays, so that nothing is finished without their consent."""
        return self.verdict in PAID


@dataclass(frozen=True)
class Term:
    """A rule as the judgement needs it."""

    category: str
    months: int
    rule: str
    places: tuple[str, ...] = ()
    legal: bool = False
    of_contract: bool = False
    english: str = ""

    def names_place(self, where: str) -> bool:
        """Whether the rule counts at this place."""
        return not self.places or any(place in where for place in self.places)


@dataclass(frozen=True)
class Judged:
    """The verdict of the rules: in, out or unknown, with the rule behind it and the last day it covers."""

    verdict: str
    rule: str = ""
    months: int | None = None
    until: dt.date | None = None
    english: str = ""


UNKNOWN = Judged("unknown")


def judge(terms: Sequence[Term], category: str, where: str, completed_on: dt.date | None, day: dt.date) -> Judged:
    """What the rules say of a fault reported on `day`. `where` is the place in any words, "" when nobody named one.

    A fault whose category or place is not known may be under several rules: where they disagree it is unknown, and a
    person looks. So is everything before completion.
    """
    if completed_on is None or day < completed_on:
        return UNKNOWN
    found = [
        Judged("in" if day <= until else "out", term.rule, term.months, until, term.english)
        for term in readings(terms, category, where)
        for until in (months_after(completed_on, term.months),)
    ]
    if len({one.verdict for one in found}) != 1:
        return UNKNOWN
    # Of several that agree the shorter one is said: it is sure.
    return min(found, key=lambda one: one.months or 0)


def readings(terms: Sequence[Term], category: str, where: str) -> list[Term]:
    """The rules that may be meant, each once: one for work and place that are known, several where they are not."""
    categories = {term.category for term in terms} if category in ("", UNSORTED) else {category}
    places = (
        [where] if where else ["", *{place for term in terms if term.category in categories for place in term.places}]
    )
    found = {term_for(terms, one, place) for one in categories or {""} for place in places}
    return [term for term in found if term is not None]


def term_for(terms: Sequence[Term], category: str, where: str) -> Term | None:
    """The rule for this work at this place: the one that says most about it, a contract's before the company's own.

    Never less than what the law asks for. None when no rule speaks of it.
    """
    fit = [term for term in terms if term.category in ("", category) and term.names_place(where)]
    if not fit:
        return None
    own = max(fit, key=lambda term: (bool(term.category), bool(term.places), term.of_contract, term.months))
    floor = max((term for term in fit if term.legal), key=lambda term: term.months, default=own)
    return floor if floor.months > own.months else own


def said_plainly(work: str | None, months: int) -> str:
    """What a rule gives, in English: 5 years on plumbing, 18 months on general work; None for work nobody knows.

    For work without an English name only the time is said: a warranty of 2 years.
    """
    count, span = (months // 12, "year") if months % 12 == 0 else (months, "month")
    time = f"{count} {span}{'' if count == 1 else 's'}"
    return f"{time} on {WORK[work]}" if work in WORK else f"a warranty of {time}"


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
