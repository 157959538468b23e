"""Contracts as they were signed, with their first payment; who sees and records them"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

GRANTED = {
    "manager": ("signing.see", "signing.make"),
    "finance": ("signing.see", "signing.make"),
    "agent": ("signing.see",),
    "engineer": ("signing.see",),
}


def upgrade() -> None:
    """The table stands, empty: contracts from before it are houses only."""
    op.create_table(
        "signing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("first_payment", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.Column("introducer_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_payment > 0 AND amount >= first_payment", name=op.f("ck_signing_some_money")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_signing_project_id_project")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_signing_customer_id_customer")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_signing_enquiry_id_enquiry")),
        sa.ForeignKeyConstraint(["introducer_id"], ["follower.id"], name=op.f("fk_signing_introducer_id_follower")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signing_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing")),
        sa.UniqueConstraint("project_id", name=op.f("uq_signing_project_id")),
        sa.UniqueConstraint("enquiry_id", name=op.f("uq_signing_enquiry_id")),
    )
    op.create_index("ix_signing_customer_id", "signing", ["customer_id"])
    op.create_index("ix_signing_introducer_id", "signing", ["introducer_id"])
    roles.grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """The signings are gone, and who may see them; the houses stay."""
    roles.revoke(op.get_bind(), GRANTED)
    op.drop_table("signing")
