"""Looking for rows in impossible states, once a night and when a person asks; what was found is a record.

Looking and writing down are two steps: a check may read for seconds, and nobody's message waits for it meanwhile.
Killed between two checks, the next run goes on with those that have not looked yet.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.db import insert_into
from models.desk import check_clock, check_rows, trust
from models.trust import AuditEntry
from models.upkeep import STANDING, CheckRun, Finding
from models.worktime import SHANGHAI

#: The check that is no condition on a row: the chain of the audit log.
CHAIN = "audit_broken"
BY_NAME = {check.name: check for check in (*check_rows.CHECKS, *check_clock.CHECKS)}
#: Every check by name, in the order in which they look.
NAMES = (*BY_NAME, CHAIN)
#: Local hour from which a night's checks are due: before the first person comes, after the last greeting went.
HOUR = 3
#: The weekday of the night that looks at the whole audit log, Monday is 0; other nights go on from the last anchor.
WHOLE_ON = 6
#: Findings of one check that stand at once; a mistake that made a million of them does not make a million rows.
MOST = 200


@dataclass(frozen=True)
class Seen:
    """What one look found: rows that were known, rows that are new, and of which table they are."""

    table: str
    still: Sequence[int]
    new: Sequence[int]


def due(session: Session, *, now: dt.datetime) -> list[str]:
    """The checks that have not looked since the last night's hour."""
    ran = {row.rule: row.ran_at for row in session.scalars(select(CheckRun))}
    since = last_hour(now)
    return [name for name in NAMES if name not in ran or ran[name] < since]


def last_hour(now: dt.datetime) -> dt.datetime:
    """When the last night's checks were due."""
    local = now.astimezone(SHANGHAI)
    hour = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return hour if hour <= local else hour - dt.timedelta(days=1)


def look(session: Session, name: str, *, now: dt.datetime) -> Seen:
    """What this check finds now; nothing is written. KeyError for a name that is none of `NAMES`."""
    known = [row.record_id for row in _standing(session, name)]
    if name == CHAIN:
        broken = trust.verify(session) if known or _whole_again(session, now) else trust.verify_new(session)
        found = [broken.id] if broken is not None else []
        return Seen(AuditEntry.__tablename__, *_parted(found, known))
    check = BY_NAME[name]
    rows = select(check.key).where(check.wrong(now)).order_by(check.key)
    still = session.scalars(rows.where(check.key.in_(known))).all() if known else ()
    room = max(0, MOST - len(still))
    new = session.scalars(rows.where(check.key.not_in(known)).limit(room)).all()
    return Seen(check.table.__tablename__, still, new)


def _whole_again(session: Session, now: dt.datetime) -> bool:
    """Whether the whole audit log is to be looked at: once a week, and when somebody asked for the checks."""
    ran = session.get(CheckRun, CHAIN)
    night = last_hour(now)
    sunday = night - dt.timedelta(days=(night.astimezone(SHANGHAI).weekday() - WHOLE_ON) % 7)
    return ran is None or ran.ran_at < sunday


def keep(session: Session, name: str, seen: Seen, *, now: dt.datetime) -> int:
    """What was seen stands as findings, what was not is resolved. Returns how many stand. Twice is once.

    An audit log that was found whole has a new anchor.
    """
    for row in _standing(session, name):
        if row.record_id in seen.still:
            row.last_seen_at = now
        elif row.record_id not in seen.new:
            row.resolved_at = now
    if name == CHAIN and not (seen.still or seen.new):
        trust.anchor(session, now=now)
    for record_id in seen.new:
        row = {
            "rule": name, "record_type": seen.table, "record_id": record_id, "first_seen_at": now, "last_seen_at": now,
        }  # fmt: skip
        once = insert_into(session, Finding).values(row)
        session.execute(once.on_conflict_do_nothing(index_elements=["rule", "record_id"], index_where=STANDING))
    found = len(seen.still) + len(seen.new)
    ran = insert_into(session, CheckRun).values(rule=name, ran_at=now, found=found)
    session.execute(ran.on_conflict_do_update(index_elements=["rule"], set_={"ran_at": now, "found": found}))
    return found


def _standing(session: Session, name: str) -> Sequence[Finding]:
    query = select(Finding).where(Finding.rule == name, Finding.resolved_at.is_(None))
    return session.scalars(query.order_by(Finding.record_id)).all()


def _parted(found: Sequence[int], known: Sequence[int]) -> tuple[list[int], list[int]]:
    return [one for one in found if one in known], [one for one in found if one not in known]


def again(session: Session) -> None:
    """Every check is due now; findings stay until it has looked."""
    session.execute(delete(CheckRun))
