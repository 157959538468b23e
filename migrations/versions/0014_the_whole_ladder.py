"""The whole ladder: consents to notices, reports of the platform, caps on touches, rows that ask for a call"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
ALONE = sa.text("matched_at IS NULL")
#: Never two touches a day, two a week, four in thirty days; managers change it in the panel.
CAPS = ((1, 1), (7, 2), (30, 4))


def upgrade() -> None:
    """The tables stand; the caps have their first numbers."""
    op.add_column("outgoing", sa.Column("or_call", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "notice_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("scene", sa.String(10), nullable=False),
        sa.Column("given_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.Column("outgoing_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('free', 'spent', 'void')", name=op.f("ck_notice_consent_known_state")),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_notice_consent_follower_id_follower")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_notice_consent_outgoing_id_outgoing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_consent")),
    )
    op.create_index("ix_notice_consent_of_follower", "notice_consent", ["follower_id", "template_id", "state", "id"])
    op.create_index("ix_notice_consent_outgoing_id", "notice_consent", ["outgoing_id"])
    op.create_table(
        "delivery_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(10), nullable=False),
        sa.Column("platform_id", sa.String(64), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(200), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("matched_at", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_report")),
        sa.UniqueConstraint("rung", "platform_id", name=op.f("uq_delivery_report_rung_platform_id")),
    )
    op.create_index("ix_delivery_report_alone", "delivery_report", ["id"], sqlite_where=ALONE, postgresql_where=ALONE)
    caps = op.create_table(
        "touch_cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("days > 0 AND most > 0", name=op.f("ck_touch_cap_some_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_cap")),
        sa.UniqueConstraint("days", name=op.f("uq_touch_cap_days")),
    )
    op.bulk_insert(caps, [{"days": days, "most": most} for days, most in CAPS])


def downgrade() -> None:
    """Consents, reports and caps are gone; messages stay."""
    for table in ("touch_cap", "delivery_report", "notice_consent"):
        op.drop_table(table)
    op.drop_column("outgoing", "or_call")
