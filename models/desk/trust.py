"""The audit log: rows are only added, and each carries the digest of the one before.

The database refuses to change or remove one. Whoever takes its triggers away breaks the chain at that place, and
`verify` names it; whoever cuts off the newest rows is found by the anchors that each night and each backup keep.
(Somebody who can rewrite every later row and every anchor can still forge it; a backup's manifest lies elsewhere.)
"""

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.staff import Staff
from models.trust import AuditAnchor, AuditEntry, Disclosure
from models.upkeep import Backup

#: What stands before the first row.
GENESIS = "0" * 64
#: Rows that `verify` reads at a time.
BATCH = 500
#: PostgreSQL advisory lock of whoever appends; any constant that nothing else uses.
_LOCK = 0x6E75616E6A75


@dataclass(frozen=True)
class Deed:
    """What was done to which record: facts before and after, already masked by the caller."""

    action: str
    record_type: str = ""
    record_id: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


#: Sentences of people. They stand in the record's own story, from where they can be erased; the chain is for ever.
WORDS = frozenset({"words", "reason", "search", "q"})


def _unspoken(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without sentences: that there was one is all that is told."""
    return {
        name: _unspoken(value) if isinstance(value, dict) else "•••" if name in WORDS and value else value
        for name, value in facts.items()
    }


def record(session: Session, staff: Staff | None, deed: Deed, *, origin: str, now: dt.datetime) -> AuditEntry:
    """The deed stands at the end of the chain once the caller commits.

    Writers take turns: SQLite's transactions are writers from the start, on PostgreSQL an advisory lock is held
    until the end of the transaction. The unique `previous` would refuse a fork even without them.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=now,
        staff_id=staff.id if staff else None,
        actor_name=staff.name if staff else "",
        action=deed.action,
        record_type=deed.record_type,
        record_id=str(deed.record_id),
        before=_unspoken(deed.before or {}),
        after=_unspoken(deed.after or {}),
        origin=origin,
        previous=last or GENESIS,
    )
    entry.digest = digest(entry)
    session.add(entry)
    session.flush()
    return entry


@dataclass(frozen=True)
class Fact:
    """A fact that is masked until somebody asks for it: which field of which record."""

    record_type: str
    record_id: int
    field: str


def disclose(session: Session, staff: Staff, fact: Fact, *, origin: str, now: dt.datetime) -> Disclosure:
    """It stands on record that `staff` saw this fact in clear, in the list of disclosures and in the audit log."""
    row = Disclosure(
        at=now,
        staff_id=staff.id,
        record_type=fact.record_type,
        record_id=fact.record_id,
        field=fact.field,
        origin=origin,
    )
    session.add(row)
    deed = Deed("reveal", fact.record_type, str(fact.record_id), after={"field": fact.field})
    record(session, staff, deed, origin=origin, now=now)
    return row


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the row's facts and the digest before it, in one spelling on every database."""
    facts = [
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        entry.staff_id,
        entry.actor_name,
        entry.action,
        entry.record_type,
        entry.record_id,
        entry.before,
        entry.after,
        entry.origin,
        entry.previous,
    ]
    spelled = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """Where the chain breaks: the first row that does not fit; when the newest rows are gone, the last one left."""

    id: int
    cut: bool = False


def verify(session: Session) -> Break | None:
    """Where the log is not what it was, or None when it is whole.

    Each row must fit the one before, and the log must still hold what stood at every anchor: a cut tail shows.
    """
    return _walk(session, _Place())


def verify_new(session: Session) -> Break | None:
    """The same of what came after the newest anchor of a night; of what stood before it only that no row is missing.

    An anchor is kept of a log that was found whole, so what stood before it has been looked at. What
    does not fit an anchor any more is looked at from the beginning.
    """
    kept = session.scalars(
        select(AuditAnchor).order_by(AuditAnchor.rows.desc(), AuditAnchor.id.desc()).limit(1)
    ).first()
    row = session.scalar(select(AuditEntry.id).where(AuditEntry.digest == kept.digest)) if kept is not None else None
    if kept is None or row is None:
        return verify(session)
    before = session.scalar(select(func.count()).where(AuditEntry.id <= row)) or 0
    return _walk(session, _Place(row, before, kept.digest)) if before == kept.rows else verify(session)


@dataclass(frozen=True)
class _Place:
    """A row of the log: its id, how many stand up to it, and its digest; before the first by default."""

    id: int = 0
    rows: int = 0
    digest: str = GENESIS


def _walk(session: Session, start: _Place) -> Break | None:
    """The first place after `start` that does not fit, or None."""
    last, count, previous = start.id, start.rows, start.digest
    anchors = {rows: told for rows, told in _anchors(session).items() if rows > count}
    while True:
        query = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(BATCH)
        entries = session.scalars(query).all()
        for entry in entries:
            count += 1
            told = (digest(entry), *anchors.pop(count, ()))
            if entry.previous != previous or not all(hmac.compare_digest(entry.digest, one) for one in told):
                return Break(entry.id)
            previous, last = entry.digest, entry.id
        if len(entries) < BATCH:
            return Break(last, cut=True) if anchors else None
        session.expunge_all()  # a log of millions must not stay in memory


def standing(session: Session) -> tuple[int, str]:
    """How many rows the log has, and the digest of the newest; (0, "") for an empty one."""
    newest = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1).scalar_subquery()
    rows, last = session.execute(select(func.count(AuditEntry.id), newest)).one()
    return rows, last or ""


def anchor(session: Session, *, now: dt.datetime) -> None:
    """How far the log has got is on record; nothing new is no new anchor. For a log that was just found whole."""
    rows, last = standing(session)
    known = select(AuditAnchor.id).where(AuditAnchor.rows == rows, AuditAnchor.digest == last)
    if rows and session.scalar(known.limit(1)) is None:
        session.add(AuditAnchor(at=now, rows=rows, digest=last))


def _anchors(session: Session) -> dict[int, set[str]]:
    """Number of rows -> digests that the newest of them had, as nights and backups have it."""
    found: dict[int, set[str]] = {}
    kept = session.execute(select(AuditAnchor.rows, AuditAnchor.digest)).all()
    backups = session.execute(select(Backup.audit_rows, Backup.audit_digest).where(Backup.audit_rows > 0)).all()
    for rows, last in (*kept, *backups):
        found.setdefault(rows, set()).add(last)
    return found
