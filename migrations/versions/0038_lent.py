"""What was given to others while somebody is away, so that it is theirs again when they are back"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Absences that run already have lent nothing that is known of."""
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lent", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.alter_column("lent", server_default=None)


def downgrade() -> None:
    """Who is back gets what is owed about their own cases only."""
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_column("lent")
