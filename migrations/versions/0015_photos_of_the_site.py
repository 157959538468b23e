"""Photos may show a house being built, in one of its phases; a wish about messages may come by phone"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Photos that there are show no site; the wishes that there are were said in chat."""
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_consent_staff_id_staff"), "staff", ["staff_id"], ["id"])
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("phase_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_attachment_project_id_project"), "project", ["project_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_attachment_phase_id_phase"), "phase", ["phase_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_attachment_project_id"), ["project_id"])


def downgrade() -> None:
    """Photos stay, but nobody knows which site they show."""
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_project_id"))
        batch_op.drop_constraint(batch_op.f("fk_attachment_phase_id_phase"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_attachment_project_id_project"), type_="foreignkey")
        batch_op.drop_column("phase_id")
        batch_op.drop_column("project_id")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_consent_staff_id_staff"), type_="foreignkey")
        batch_op.drop_column("staff_id")
