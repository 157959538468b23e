"""Mass sends may go by a tag"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every mass send until now went by list."""
    with op.batch_alter_table("mass_send", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tag_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_mass_send_tag_id_tag"), "tag", ["tag_id"], ["id"])


def downgrade() -> None:
    """What went by a tag is a mass send like the others."""
    with op.batch_alter_table("mass_send", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mass_send_tag_id_tag"), type_="foreignkey")
        batch_op.drop_column("tag_id")
