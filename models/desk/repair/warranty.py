"""Warranty on the desk: the company's rules, what they say of a repair, and what people say instead.

A repair is judged when it is recorded, and again when its house, place or kind is corrected; a person's verdict stays.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.actors import SYSTEM, By
from models.desk import escalations
from models.errors import DomainError, Missing
from models.houses import Project
from models.talk import Attachment
from models.warranty import (
    EXCLUSIONS,
    VERDICTS,
    Judged,
    RepairWarranty,
    Term,
    WarrantyTerm,
    judge,
    months_after,
    readings,
    said_plainly,
)  # fmt: skip
from models.work import Repair
from models.worktime import local_day

#: Words of places that have waterproofing by law: kitchen, bathroom, outer wall.
WET = ["厨房", "卫", "浴", "洗手间", "厕所", "外墙"]
#: category, places, months, words, legal floor.
DEFAULTS: tuple[tuple[str, list[str], int, str, bool], ...] = (
    ("", [], 24, "一般项目保2年", True),
    ("防水", WET, 60, "防水保5年", True),
    ("水", [], 60, "水路保5年", False),
    ("电", [], 60, "电路保5年", False),
    ("木作", [], 36, "木作保3年", False),
)
#: The words of a default rule that say more in English than its work and time do.
ENGLISH = {"防水": "5 years on waterproofing in kitchens, bathrooms and outer walls"}


class BelowTheLaw(DomainError):
    """A rule that gives less than the law asks for; `rule` names the law's."""

    key = "errors.below_the_law"


@dataclass(frozen=True)
class Ruling:
    """A person's verdict with its reason; excluded needs the exclusion and evidence, a photo of the case or words."""

    verdict: str
    reason: str
    exclusion: str = ""
    evidence: str = ""
    attachment: Attachment | None = None


def plant(session: Session) -> None:
    """The company has its rules; those that it has already stay as they are."""
    if session.scalar(select(WarrantyTerm.id).where(WarrantyTerm.project_id.is_(None)).limit(1)) is not None:
        return
    for category, places, months, rule, legal in DEFAULTS:
        own = ENGLISH.get(category) or said_plainly(category, months)
        session.add(WarrantyTerm(category=category, places=places, months=months, rule=rule, rule_en=own, legal=legal))
    session.flush()


def terms_of(session: Session, project: Project | None) -> list[Term]:
    """The rules in force for a house: its contract's and the company's. Without a house the company's alone."""
    plant(session)
    mine = WarrantyTerm.project_id == project.id if project is not None else False
    query = select(WarrantyTerm).where(WarrantyTerm.active, or_(WarrantyTerm.project_id.is_(None), mine))
    return [
        Term(row.category, row.months, row.rule, tuple(row.places), row.legal, row.project_id is not None, row.english)
        for row in session.scalars(query.order_by(WarrantyTerm.id))
    ]


def check_term(session: Session, term: WarrantyTerm) -> None:
    """BelowTheLaw for a rule of the company or a contract that is shorter than the law's for the same work.

    The law's own rules may be lengthened and reworded, not shortened, narrowed, put on other work or switched off
    (errors.legal_term).
    """
    if term.legal and not _keeps_the_law(term):
        raise DomainError("errors.legal_term")
    others = (row for row in session.scalars(select(WarrantyTerm).where(WarrantyTerm.legal)) if row is not term)
    same = (
        row for row in others if row.category in ("", term.category) and (not row.places or row.places == term.places)
    )
    for floor in same:
        if term.months < floor.months:
            raise BelowTheLaw(rule=floor.rule, rule_en=floor.english)


def _keeps_the_law(term: WarrantyTerm) -> bool:
    law = next((row for row in DEFAULTS if row[4] and row[0] == term.category), None)
    if law is None or not term.active or term.project is not None:
        return False
    return term.months >= law[2] and set(law[1]) <= set(term.places)


def of(session: Session, repair: Repair) -> RepairWarranty | None:
    """What stands about this repair's warranty; None for a house that no contract is known of."""
    return session.get(RepairWarranty, repair.id)


def judge_repair(session: Session, repair: Repair, *, now: dt.datetime) -> RepairWarranty | None:
    """The rules' verdict stands on the case; a person's is left alone. None without a contract."""
    known = of(session, repair)
    if repair.project is None or (known is not None and known.by_kind == "staff"):
        return known
    terms = terms_of(session, repair.project)
    said = f"{repair.place}{repair.problem}"
    where = said if repair.place or any(term.places and term.names_place(said) for term in terms) else ""
    found = judge(terms, repair.category, where, repair.project.completed_on, local_day(repair.opened_at))
    if known is not None and _same(known, found):
        return known
    return _write(session, repair, found, by=SYSTEM, now=now)


def _same(known: RepairWarranty, found: Judged) -> bool:
    return (known.verdict, known.rule, known.until) == (found.verdict, found.rule, found.until)


def _write(
    session: Session, repair: Repair, found: Judged, *, by: By, now: dt.datetime, reason: str = ""
) -> RepairWarranty:
    known = of(session, repair)
    row = known or RepairWarranty(repair_id=repair.id)
    row.verdict, row.rule, row.months, row.until = found.verdict, found.rule, found.months, found.until
    row.rule_en = found.english
    row.completed_on = repair.project.completed_on if repair.project else None
    row.decided_at, row.by_kind, row.by_name, row.reason = now, by.kind, by.name, reason
    row.exclusion = row.evidence = row.dispute = ""
    row.attachment_id = row.disputed_at = None
    session.add(row)
    session.flush()
    if known is not None or found.verdict != "unknown":
        # That nothing is known yet is no step of the story.
        repair.tell("warranty", by=by, now=now, reason=reason or found.rule, verdict=found.verdict)
    return row


def decide(session: Session, repair: Repair, ruling: Ruling, *, by: By, now: dt.datetime) -> RepairWarranty:
    """A person's verdict stands, with the reason, and a dispute about the one before has its answer.

    Missing without a reason. `excluded` also needs one of EXCLUSIONS and evidence: a photo of this case, or a note.
    """
    if ruling.verdict not in VERDICTS:
        raise Missing(field="verdict")
    if not ruling.reason.strip():
        raise Missing(field="reason")
    photo = ruling.attachment
    if ruling.verdict == "excluded":
        if ruling.exclusion not in EXCLUSIONS:
            raise Missing("errors.exclusion_needed")
        if not ruling.evidence.strip() and (photo is None or photo.ticket_id != repair.id):
            raise Missing("errors.evidence_needed")
    before = of(session, repair)
    rule = Judged(ruling.verdict)
    if before is not None:
        rule = Judged(ruling.verdict, before.rule, before.months, before.until, before.english)
    row = _write(session, repair, rule, by=by, now=now, reason=ruling.reason.strip())
    if ruling.verdict == "excluded":
        row.exclusion, row.evidence = ruling.exclusion, ruling.evidence.strip()
        row.attachment_id = photo.id if photo is not None and photo.ticket_id == repair.id else None
    escalations.settle(session, repair, "warranty_disputed", words=ruling.reason.strip(), by=by, now=now)
    return row


def dispute(session: Session, repair: Repair, words: str, *, by: By, now: dt.datetime) -> bool:
    """The customer does not accept that they should pay: the manager has it, once per verdict. False: they need not."""
    row = of(session, repair)
    if row is None or not row.is_paid:
        return False
    if row.disputed_at is None:
        row.disputed_at, row.dispute = now, words.strip()
    repair.tell("disputed", by=by, now=now, reason=words.strip())
    mark = row.decided_at.strftime("%Y%m%d%H%M%S")
    escalations.raise_(session, "warranty_disputed", repair, words=words.strip() or row.rule, now=now, cause=mark)
    return True


def facts_of(row: RepairWarranty | None) -> dict[str, Any]:
    """What texts may say of a verdict: nothing while it is unknown."""
    if row is None or row.verdict == "unknown":
        return {}
    facts = {
        "warranty": row.verdict,
        "rule": row.rule,
        "rule_en": row.english,
        "months": row.months,
        "until": row.until.isoformat() if row.until else "",
        "completed": row.completed_on.isoformat() if row.completed_on else "",
        "exclusion": EXCLUSIONS.get(row.exclusion, ""),
    }
    return {name: value for name, value in facts.items() if value}


@dataclass(frozen=True)
class Line:
    """One rule of a house with its last day."""

    rule: str
    until: dt.date
    english: str


def lines_of(session: Session, project: Project, categories: Sequence[str], where: str) -> list[Line]:
    """Every rule that may be meant by these kinds of work at this place, the longest first; all of them for no kind.

    Nothing is written. A house that is not finished has none.
    """
    if project.completed_on is None:
        return []
    terms = terms_of(session, project)
    kinds = list(categories) or [""]
    found = {term.rule: term for kind in kinds for term in readings(terms, kind, where)}
    lines = [Line(term.rule, months_after(project.completed_on, term.months), term.english) for term in found.values()]
    return sorted(lines, key=lambda line: line.until, reverse=True)


def general(session: Session, category: str = "", where: str = "") -> Sequence[Term]:
    """The company's rules as anybody may hear them, the longest first: for this work, or all of them."""
    return sorted(readings(terms_of(session, None), category, where), key=lambda term: (-term.months, term.rule))
