"""The rhythm of care as it is set: which phases are control points, and the first numbers of a new house."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.db import insert_into
from models.rhythm import CareRule, PhaseKind

#: position, name, hours until the household was asked, hours of notice before, whether the house is finished with it.
#: With these a house is asked five times before its completion is over.
KINDS = (
    (1, "签约", None, None, False), (2, "开工交底", 24, None, False), (3, "水电验收", 24, 48, False),
    (4, "材料进场", 24, None, False), (5, "中期验收", 24, 48, False), (6, "竣工验收", 24, 48, True),
    (7, "质保", None, None, False),
)  # fmt: skip
#: kind, number, label.
FIRST_RULES = (
    ("building", 30, "施工满意度"), ("repair", 7, "维修进行中"), ("month", 1, "入住一个月"), ("month", 2, "入住两个月"),
    ("month", 3, "入住三个月"), ("season", 3, "回南天前"), ("season", 6, "雨季"), ("season", 11, "入冬前"),
)  # fmt: skip


def ensure(session: Session) -> None:
    """The kinds of phases and the rules stand; what managers made of them stays. Safe for two at once."""
    session.flush()
    if session.scalar(select(PhaseKind.id).limit(1)) is None:
        columns = ("position", "name", "call_hours", "notice_hours", "completes")
        _add(session, PhaseKind, [dict(zip(columns, row, strict=True)) for row in KINDS], ["name"])
    if session.scalar(select(CareRule.id).limit(1)) is None:
        rules = [{"kind": kind, "number": number, "label": label} for kind, number, label in FIRST_RULES]
        _add(session, CareRule, rules, ["kind", "number"])


def _add(session: Session, table: type[PhaseKind | CareRule], rows: list[dict[str, Any]], key: list[str]) -> None:
    session.execute(insert_into(session, table).values(rows).on_conflict_do_nothing(index_elements=key))


def kind_of(session: Session, name: str) -> PhaseKind | None:
    """What a phase of this name means; None for one that the house only writes down."""
    return session.scalar(select(PhaseKind).where(PhaseKind.name == name))


def kinds(session: Session) -> Sequence[PhaseKind]:
    """Every kind of phase in the order of building."""
    return session.scalars(select(PhaseKind).order_by(PhaseKind.position, PhaseKind.id)).all()


def names(session: Session) -> list[str]:
    """What phases are called, in the order of building."""
    return [kind.name for kind in kinds(session)] or [row[1] for row in KINDS]


def rules(session: Session, kind: str) -> Sequence[CareRule]:
    """The rules of one kind that are in use, the smallest number first."""
    query = select(CareRule).where(CareRule.kind == kind, CareRule.active)
    return session.scalars(query.order_by(CareRule.number)).all()
