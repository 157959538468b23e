"""Wrong tries to log in are counted from the audit log; an administrator's pardon is a moment"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was forgiven yet; what was counted on the row is on record anyway."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("failed_logins")


def downgrade() -> None:
    """The old count begins at nothing."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed_logins", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_column("forgiven_at")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.alter_column("failed_logins", server_default=None)
