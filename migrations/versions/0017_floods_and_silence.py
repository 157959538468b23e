"""Messages are counted by the minute, and open drafts are found by their last touch"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("script <> ''")


def upgrade() -> None:
    """Nobody has been counted yet; drafts that are open have an index."""
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.add_column(sa.Column("flood_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("flood_count", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.alter_column("flood_count", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_dialog_open", "dialog", ["updated_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """The counters and the index are gone."""
    op.drop_index("ix_dialog_open", "dialog")
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.drop_column("flood_count")
        batch_op.drop_column("flood_since")
