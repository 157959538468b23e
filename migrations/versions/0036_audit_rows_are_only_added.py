"""The database itself refuses to change or remove rows of the audit log; anchors say how far it had got"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEPT = ("audit_entry", "audit_anchor")


def upgrade() -> None:
    """The log as it is stands from now on; its first anchor comes with the next night or backup."""
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
    )
    with op.batch_alter_table("backup", schema=None) as batch_op:
        batch_op.add_column(sa.Column("audit_rows", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("audit_digest", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("backup", schema=None) as batch_op:
        batch_op.alter_column("audit_rows", server_default=None)
        batch_op.alter_column("audit_digest", server_default=None)
    (_put_on_postgresql if op.get_bind().dialect.name == "postgresql" else _put_on_sqlite)()


def _put_on_sqlite() -> None:
    for table in KEPT:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
        known = "id = NEW.id" + (" OR previous = NEW.previous OR digest = NEW.digest" if table == "audit_entry" else "")
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {known})"  # noqa: S608
        op.execute(f"CREATE TRIGGER {table}_changed BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_removed BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_replaced BEFORE INSERT ON {table} {again} {refuse}")


def _put_on_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " '% rows are only added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in KEPT:
        for name, deed in (
            ("kept", "UPDATE OR DELETE ON {} FOR EACH ROW"),
            ("full", "TRUNCATE ON {} FOR EACH STATEMENT"),
        ):
            op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {deed.format(table)} EXECUTE FUNCTION only_added()")


def downgrade() -> None:
    """Nobody is kept from changing the log; the anchors are gone."""
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP TRIGGER {table}_full ON {table}")
        op.execute("DROP FUNCTION only_added()")
    else:
        for table in KEPT:
            for name in ("changed", "removed", "replaced"):
                op.execute(f"DROP TRIGGER {table}_{name}")
    with op.batch_alter_table("backup", schema=None) as batch_op:
        batch_op.drop_column("audit_digest")
        batch_op.drop_column("audit_rows")
    op.drop_table("audit_anchor")
