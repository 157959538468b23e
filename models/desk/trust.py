"""The audit log: rows are only added, and each carries the digest of the one before.

Whoever changes or removes a row in the database breaks the chain at that place, and `verify` names it. (Somebody
who can rewrite every later row too can still forge it; against that, keep the newest digest elsewhere.)
"""

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.staff import Staff
from models.trust import AuditEntry, Disclosure

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


def verify(session: Session) -> AuditEntry | None:
    """The first row that does not fit what stands before it, or None when the chain is whole."""
    previous, last = GENESIS, 0
    while True:
        query = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(BATCH)
        entries = session.scalars(query).all()
        for entry in entries:
            if entry.previous != previous or not hmac.compare_digest(entry.digest, digest(entry)):
                return entry
            previous, last = entry.digest, entry.id
        if len(entries) < BATCH:
            return None
        session.expunge_all()  # a log of millions must not stay in memory
