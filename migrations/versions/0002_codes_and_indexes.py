"""The platform's pictures of binding codes, and indexes for what staff look at"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: States in which messages stay; the panel counts and lists them by state.
LYING = sa.text("state IN ('held', 'refused', 'expired', 'unknown', 'cancelled')")
UNREADABLE = sa.text("state = 'unreadable'")
ASKED = sa.text("qr_asked_at IS NOT NULL")


def upgrade() -> None:
    """The columns stand, empty for every code there is; the indexes are built."""
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("qr_url", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("qr_asked_at", sa.DateTime(timezone=True), nullable=True))
    # Rows from now on get their value from the application, like every other column's.
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.alter_column("qr_url", existing_type=sa.String(length=200), server_default=None)
        batch_op.create_index("ix_binding_code_asked", ["id"], sqlite_where=ASKED, postgresql_where=ASKED)
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_lying", ["state", "id"], sqlite_where=LYING, postgresql_where=LYING)
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_unreadable", ["id"], sqlite_where=UNREADABLE, postgresql_where=UNREADABLE)


def downgrade() -> None:
    """The indexes and columns are gone; codes keep their digits."""
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_unreadable")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_lying")
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_index("ix_binding_code_asked")
        batch_op.drop_column("qr_asked_at")
        batch_op.drop_column("qr_url")
