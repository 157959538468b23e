"""What the nightly checks found, when each looked, backups; who may see how the house is"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant, revoke

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
STANDING = sa.text("resolved_at IS NULL")
ADDED = {"admin": ("system.see", "system.act"), "manager": ("system.see", "system.act")}


def upgrade() -> None:
    """The tables stand, empty: the first night fills them."""
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("record_type", sa.String(40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", WHEN, nullable=False),
        sa.Column("last_seen_at", WHEN, nullable=False),
        sa.Column("resolved_at", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(
        "uq_finding_standing", "finding", ["rule", "record_id"], unique=True,
        sqlite_where=STANDING, postgresql_where=STANDING,
    )  # fmt: skip
    op.create_index("ix_finding_resolved", "finding", ["resolved_at", "id"])
    op.create_table(
        "check_run",
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("ran_at", WHEN, nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_check_run")),
    )
    op.create_table(
        "backup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=False),
        sa.CheckConstraint("kind IN ('backup', 'rehearsal')", name=op.f("ck_backup_known_kind")),
        sa.CheckConstraint("state IN ('done', 'failed')", name=op.f("ck_backup_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )
    op.create_index("ix_backup_last", "backup", ["kind", "state", "ended_at"])
    grant(op.get_bind(), ADDED)


def downgrade() -> None:
    """Nothing is known of findings and backups any more; the backups themselves stay where they are."""
    revoke(op.get_bind(), ADDED)
    for table in ("backup", "check_run", "finding"):
        op.drop_table(table)
