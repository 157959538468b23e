"""Gifts, applications for them, and who may ask, let go and see; what a role may give"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

GRANTED = {
    "manager": ("gift.see", "gift.ask", "gift.approve", "gift.edit"),
    "agent": ("gift.see", "gift.ask"),
    "marketing": ("gift.see", "gift.ask", "gift.edit"),
    "finance": ("gift.see",),
}
#: Role -> what one may give without asking anybody, and the team's budget of a month; in 分.
FIRST = {"manager": (200_000, 500_000), "agent": (5_000, 100_000), "marketing": (5_000, 300_000)}
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The cupboard stands, empty; roles have their first limits and budgets."""
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gift_limit", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("gift_budget", sa.Integer(), nullable=True))
    role = sa.table("role", sa.column("name"), sa.column("gift_limit"), sa.column("gift_budget"))
    for name, (limit, budget) in FIRST.items():
        op.execute(role.update().where(role.c.name == name).values(gift_limit=limit, gift_budget=budget))
    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("stock >= 0 AND value > 0", name=op.f("ck_gift_some_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("name", name=op.f("uq_gift_name")),
    )
    _applications()
    op.create_table(
        "gift_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["gift_application.id"], name=op.f("fk_gift_step_application_id_gift_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_step")),
    )
    op.create_index("ix_gift_step_application_id", "gift_step", ["application_id"])
    roles.grant(op.get_bind(), GRANTED)


def _applications() -> None:
    to = {"gift_id": "gift", "customer_id": "customer", "project_id": "project", "staff_id": "staff",
          "decided_by_id": "staff", "handed_by_id": "staff", "photo_id": "attachment"}  # fmt: skip
    needed = ("customer_id", "staff_id")
    op.create_table(
        "gift_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=name not in needed) for name in to),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("holds", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("received_by", sa.String(length=40), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'cancelled', 'handed')",
            name=op.f("ck_gift_application_known_state"),
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_gift_application_some_value")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_gift_application_{name}_{table}"))
            for name, table in to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_application")),
        sa.UniqueConstraint("number", name=op.f("uq_gift_application_number")),
        sa.UniqueConstraint("holds", name=op.f("uq_gift_application_holds")),
    )
    op.create_index("ix_gift_application_queue", "gift_application", ["state", "id"])
    op.create_index("ix_gift_application_month", "gift_application", ["month", "staff_id"])
    for name in ("customer_id", "project_id", "staff_id"):
        op.create_index(f"ix_gift_application_{name}", "gift_application", [name])


def downgrade() -> None:
    """The gifts are gone, with everything about them."""
    roles.revoke(op.get_bind(), GRANTED)
    for table in ("gift_step", "gift_application", "gift"):
        op.drop_table(table)
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_column("gift_budget")
        batch_op.drop_column("gift_limit")
