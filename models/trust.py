"""Trust: the audit log, chained so that a removed row shows, its anchors, and every revealed phone number."""

import datetime as dt
from typing import Any

from sqlalchemy import DDL, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import Staff


class AuditEntry(Base):
    """Who did what to which record, before and after, from where. Rows are only added: the database refuses the rest.

    `digest` covers the row and the digest before it: a changed or removed row breaks the chain.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    #: Null for what the system itself did, and for failed log-ins.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    actor_name: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(40))
    record_type: Mapped[str] = mapped_column(String(40), default="")
    record_id: Mapped[str] = mapped_column(String(40), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The address the request came from.
    origin: Mapped[str] = mapped_column(String(64), default="")
    #: Null is not allowed twice: two writers cannot both follow the same row.
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    staff: Mapped[Staff | None] = relationship()


class AuditAnchor(Base):
    """How far the audit log had got when it was last found whole: without it, nobody would miss the newest rows."""

    __tablename__ = "audit_anchor"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    #: How many rows stood, and the digest of the newest.
    rows: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


#: Tables of which no row is ever changed or removed, by anybody.
KEPT = ("audit_entry", "audit_anchor")


def guards(dialect: str) -> tuple[list[str], list[str]]:
    """The SQL that puts the triggers on the kept tables, and the SQL that takes them off, for migrations and tests.

    SQLite forgets a table's triggers when a migration rebuilds it: such a migration puts them on again.
    """
    if dialect == "postgresql":
        return _guards_of_postgresql()
    put, off = [], []
    for table in KEPT:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
        known = "id = NEW.id" + (" OR previous = NEW.previous OR digest = NEW.digest" if table == "audit_entry" else "")
        # INSERT OR REPLACE removes a row without any DELETE.
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {known})"
        for name, deed, when in (("changed", "UPDATE", ""), ("removed", "DELETE", ""), ("replaced", "INSERT", again)):
            put.append(f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} {when} {refuse}")
            off.append(f"DROP TRIGGER {table}_{name}")
    return put, off


def _guards_of_postgresql() -> tuple[list[str], list[str]]:
    made = (
        "CREATE OR REPLACE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " '% rows are only added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    put, off = [made], []
    for table in KEPT:
        refuse = "EXECUTE FUNCTION only_added()"
        put += [
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_full BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        ]
        off += [f"DROP TRIGGER {table}_kept ON {table}", f"DROP TRIGGER {table}_full ON {table}"]
    return put, [*off, "DROP FUNCTION only_added()"]


@event.listens_for(Base.metadata, "after_create")
def _keep(_metadata: Any, connection: Any, **made: Any) -> None:
    """Tables that stand without migrations have the triggers too."""
    if {table.name for table in made.get("tables") or ()} >= set(KEPT):
        for line in guards(connection.dialect.name)[0]:
            connection.execute(DDL(line.replace("%", "%%")))


class Disclosure(Base):
    """Somebody saw a masked fact in clear: who, whose, which field, when, from where."""

    __tablename__ = "disclosure"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(64), default="")

    staff: Mapped[Staff] = relationship()
