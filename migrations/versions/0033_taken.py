"""A conversation knows since when its agent has it"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever has one now took it when they last wrote: taking it counted as writing until today."""
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Who wrote when stays."""
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("taken_at")
