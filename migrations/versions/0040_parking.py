"""Where cars stand at a showroom and what it costs"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has written it down yet."""
    with op.batch_alter_table("showroom", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parking", sa.String(120), nullable=False, server_default=""))
    with op.batch_alter_table("showroom", schema=None) as batch_op:
        batch_op.alter_column("parking", server_default=None)


def downgrade() -> None:
    """Whoever asks reads where the showroom is."""
    with op.batch_alter_table("showroom", schema=None) as batch_op:
        batch_op.drop_column("parking")
