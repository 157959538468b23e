"""What the law keeps is locked away, and how long everything else is kept stands in a table"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

#: name, days: the numbers that a house begins with.
KEPT = (
    ("inbound", 30), ("drafts", 30), ("media", 730), ("sent", 180), ("links", 90), ("left", 30), ("exports", 14),
    ("locked", 3650),
)  # fmt: skip


def upgrade() -> None:
    """Nothing is locked yet; the numbers stand."""
    for table in ("project", "quote"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "locked_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('contract', 'quote')", name=op.f("ck_locked_record_known_kind")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["privacy_request.id"], name=op.f("fk_locked_record_request_id_privacy_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locked_record")),
        sa.UniqueConstraint("request_id", "kind", "number", name=op.f("uq_locked_record_request_id_kind_number")),
    )
    with op.batch_alter_table("locked_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_locked_record_until"), ["until"])
    retention = op.create_table(
        "retention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("rested_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("days > 0", name=op.f("ck_retention_some_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention")),
        sa.UniqueConstraint("name", name=op.f("uq_retention_name")),
    )
    op.bulk_insert(retention, [{"name": name, "days": days, "cursor": 0, "cleared": 0} for name, days in KEPT])


def downgrade() -> None:
    """What was locked is gone with its table: take a backup before."""
    for table in ("retention", "locked_record"):
        op.drop_table(table)
    for table in ("quote", "project"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("locked_at")
