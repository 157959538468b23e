"""Followers know when they last said that they follow"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier pushes nobody knows any more; the next one of each person begins."""
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follow_said_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Whether somebody follows stays."""
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.drop_column("follow_said_at")
