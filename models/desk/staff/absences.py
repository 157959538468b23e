"""Absences 请假: entered with a substitute, ended early, called off. What was open goes to others (cover.py).

Nobody is away twice at once, and nobody stands in for whoever stands in for them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session, joinedload

from models.actors import By
from models.desk.staff import duty
from models.errors import IllegalMove, Missing
from models.roster import Absence
from models.staff import Staff

#: Those that lie further back do not stand in the list.
KEPT = dt.timedelta(days=60)
#: PostgreSQL advisory lock of whoever enters an absence; any constant that nothing else uses.
_LOCK = 0x6E75616E6162


@dataclass(frozen=True)
class Leave:
    """From when to when somebody is away, why, and who does their work."""

    starts: dt.datetime
    ends: dt.datetime
    reason: str = ""
    substitute: Staff | None = None


def enter(session: Session, staff: Staff, leave: Leave, *, by: By, now: dt.datetime) -> Absence:
    """`staff` is away from then to then, and the substitute answers for what is theirs.

    Refused when it ends before it begins or is over already, when they are away then anyhow, and for a substitute who
    may not stand in: themselves, somebody who left, of another role, or for whom `staff` stands in at that time.
    """
    if leave.ends <= leave.starts:
        raise Missing("errors.ends_before", field="ends")
    if leave.ends <= now:
        raise Missing("errors.past_time", field="ends")
    other = leave.substitute
    _in_turn(session)
    if not staff.active or _during(session, staff.id, leave):
        raise IllegalMove("errors.away_already", name=staff.name)
    if other is not None:
        if other.id == staff.id or not may_stand_in(other, staff):
            raise IllegalMove("errors.no_substitute", name=other.name)
        if _leads_back(session, staff.id, other.id, leave):
            raise IllegalMove("errors.substitutes_in_a_circle", name=other.name)
    row = Absence(
        staff=staff, starts_at=leave.starts, ends_at=leave.ends, reason=leave.reason.strip()[:200], substitute=other,
        entered_by_id=by.id if by.kind == "staff" else None, entered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _in_turn(session: Session) -> None:
    """Absences are entered one after the other: a circle may run through people that this one does not name.

    Whoever waited sees what was entered before. SQLite's transactions are writers from the start.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def may_stand_in(other: Staff, staff: Staff) -> bool:
    """Whether `other` could do the work of `staff`: of the same role, or of one that stands in for it.

    The administrator stands in for administrators only: by default they may not read cases.
    """
    fit, role = {staff.role.name}, staff.role.name
    while role in duty.FALLBACK:
        role = duty.FALLBACK[role]
        fit.add(role)
    return other.active and (other.role.name == staff.role.name or other.role.name in fit - {"admin"})


def _during(session: Session, staff_id: int, leave: Leave) -> Sequence[Absence]:
    query = select(Absence).where(
        Absence.staff_id == staff_id, Absence.dropped_at.is_(None),
        Absence.starts_at < leave.ends, Absence.ends_at > leave.starts,
    )  # fmt: skip
    return session.scalars(query).all()


def _leads_back(session: Session, staff_id: int, substitute_id: int, leave: Leave) -> bool:
    """Whether asking the substitute, and theirs, and so on, ends with whoever is away."""
    seen: set[int] = set()
    ask = [substitute_id]
    while ask:
        current = ask.pop()
        if current == staff_id:
            return True
        if current not in seen:
            seen.add(current)
            ask += [row.substitute_id for row in _during(session, current, leave) if row.substitute_id is not None]
    return False


def end(session: Session, absence: Absence, *, now: dt.datetime) -> None:
    """Back before the time: the absence ends now; one that has not begun is called off. Refused once it is over."""
    state = absence.state(now)
    if state in ("over", "dropped"):
        raise IllegalMove("errors.absence_over")
    if state == "planned":
        absence.dropped_at = now
    else:
        # Entered and ended in the same moment still lasts longer than nothing.
        absence.ends_at = max(now, absence.starts_at + dt.timedelta(seconds=1))


def listed(session: Session, *, now: dt.datetime) -> list[Absence]:
    """Those of now and to come, the earliest first, then those of the last weeks."""
    query = (
        select(Absence)
        .where(or_(Absence.ends_at > now, Absence.ends_at > now - KEPT))
        .options(joinedload(Absence.staff), joinedload(Absence.substitute), joinedload(Absence.entered_by))
    )
    rows = session.scalars(query.order_by(Absence.starts_at, Absence.id)).all()
    ahead = [row for row in rows if row.state(now) in ("planned", "away")]
    return ahead + [row for row in reversed(rows) if row not in ahead]
