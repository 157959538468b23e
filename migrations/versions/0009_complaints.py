"""Complaints and suggestions, who sees them, and how much compensation a role may offer"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DESK = ("complaint.see", "complaint.handle")
GRANTED = {
    "manager": (*DESK, "complaint.lead", "suggestion.see", "suggestion.answer"),
    "agent": (*DESK, "suggestion.see", "suggestion.answer"),
    "engineer": DESK,
}
#: 分.
LIMITS = {"manager": 1_000_000, "agent": 50_000, "engineer": 50_000}
ROLE = sa.table("role", sa.column("name", sa.String), sa.column("compensation_limit", sa.Integer))
MONEY = sa.Integer()


def upgrade() -> None:
    """The tables stand, empty; the desk's roles may see and handle complaints, each within its limit."""
    _complaints()
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["ticket.id"], name=op.f("fk_suggestion_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.add_column(sa.Column("compensation_limit", MONEY, nullable=False, server_default="0"))
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.alter_column("compensation_limit", existing_type=MONEY, server_default=None)
    connection = op.get_bind()
    for name, limit in LIMITS.items():
        connection.execute(ROLE.update().where(ROLE.c.name == name).values(compensation_limit=limit))
    roles.grant(connection, GRANTED)


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("about_staff_id", sa.Integer(), nullable=True),
        sa.Column("about_crew_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("severe_by", sa.JSON(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("compensation", MONEY, nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.CheckConstraint("severity IN ('ordinary', 'severe')", name=op.f("ck_complaint_known_severity")),
        sa.CheckConstraint("compensation >= 0", name=op.f("ck_complaint_compensation_not_negative")),
        sa.ForeignKeyConstraint(["about_crew_id"], ["crew.id"], name=op.f("fk_complaint_about_crew_id_crew")),
        sa.ForeignKeyConstraint(["about_staff_id"], ["staff.id"], name=op.f("fk_complaint_about_staff_id_staff")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff.id"], name=op.f("fk_complaint_approved_by_id_staff")),
        sa.ForeignKeyConstraint(["id"], ["ticket.id"], name=op.f("fk_complaint_id_ticket")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["staff.id"], name=op.f("fk_complaint_judged_by_id_staff")),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_complaint_repair_id_repair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_about_crew_id"), ["about_crew_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_about_staff_id"), ["about_staff_id"], unique=False)


def downgrade() -> None:
    """The tables are gone, and nobody has these permissions any more."""
    roles.revoke(op.get_bind(), GRANTED)
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_column("compensation_limit")
    op.drop_table("suggestion")
    op.drop_table("complaint")
