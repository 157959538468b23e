"""The story of a house, codes that owners ask for, and how often a contract was tried"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables stand, empty; every code there is was given out by staff."""
    op.create_table(
        "bind_try",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "digest", name=op.f("pk_bind_try")),
    )
    op.create_table(
        "house_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("follower_id", sa.Integer(), nullable=True),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_house_event_customer_id_customer")),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_house_event_follower_id_follower")),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["phase.id"], name=op.f("fk_house_event_phase_id_phase"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_house_event_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_event")),
    )
    with op.batch_alter_table("house_event", schema=None) as batch_op:
        batch_op.create_index("ix_house_event_of_follower", ["project_id", "follower_id", "id"])
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("label", sa.String(length=20), nullable=False, server_default=""))
        batch_op.create_foreign_key(
            batch_op.f("fk_binding_code_issued_by_id_follower"), "follower", ["issued_by_id"], ["id"]
        )
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.alter_column("label", existing_type=sa.String(length=20), server_default=None)


def downgrade() -> None:
    """The story is gone; who belongs to which house stays."""
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_binding_code_issued_by_id_follower"), type_="foreignkey")
        batch_op.drop_column("label")
        batch_op.drop_column("issued_by_id")
    op.drop_table("house_event")
    op.drop_table("bind_try")
