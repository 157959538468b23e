"""Callbacks with their attempts, slips with their rounds; promises and escalations may be about them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Tables that may now speak of a callback or a slip.
LINKED = ("promise", "escalation")
NEW = ("callback", "slip")


def upgrade() -> None:
    """The tables stand, empty."""
    op.create_table(
        "slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        *_links("slip", "ticket", "project", "customer", "follower"),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        *_links("slip", "owner", to="staff"),
        sa.Column("round", sa.Integer(), nullable=False),
        *_moments("opened_at"),
        *_moments("closed_at", nullable=True),
        sa.Column("close_reason", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'answered', 'called', 'closed')", name=op.f("ck_slip_known_state")),
        *_ends("slip", "number", "key"),
    )
    _indexes("slip", "ticket", "project", "customer", "follower")
    op.create_index("ix_slip_open", "slip", ["state", "id"])
    op.create_index("ix_slip_of_owner", "slip", ["owner_id", "state"])
    op.create_table(
        "callback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        *_links("callback", "ticket", "project", "conversation", "slip", "customer", "follower"),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("script", sa.String(60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *_moments("from_at", nullable=True),
        *_moments("due_at"),
        *_links("callback", "owner", to="staff"),
        *_moments("asked_at"),
        *_moments("closed_at", nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_callback_known_state")),
        *_ends("callback", "number", "key"),
    )
    _indexes("callback", "ticket", "project", "conversation", "slip", "customer", "follower")
    op.create_index("ix_callback_due", "callback", ["state", "due_at", "id"])
    op.create_index("ix_callback_of_owner", "callback", ["owner_id", "state"])
    _steps()
    for table in LINKED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in NEW:
                batch_op.add_column(sa.Column(f"{name}_id", sa.Integer(), nullable=True))
                batch_op.create_foreign_key(op.f(f"fk_{table}_{name}_id_{name}"), name, [f"{name}_id"], ["id"])
                batch_op.create_index(f"ix_{table}_{name}_id", [f"{name}_id"])


def _steps() -> None:
    op.create_table(
        "callback_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        *_links("callback_attempt", "callback", nullable=False),
        *_moments("at"),
        *_links("callback_attempt", "staff"),
        sa.Column("outcome", sa.String(12), nullable=False),
        *_moments("next_at", nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        *_ends("callback_attempt"),
    )
    _indexes("callback_attempt", "callback")
    op.create_table(
        "slip_round",
        sa.Column("id", sa.Integer(), nullable=False),
        *_links("slip_round", "slip", nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_moments("opened_at"),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        *_moments("promised_at", nullable=True),
        *_links("slip_round", "staff"),
        *_moments("answered_at", "called_at", nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        *_ends("slip_round"),
        sa.UniqueConstraint("slip_id", "number", name=op.f("uq_slip_round_slip_id_number")),
    )
    op.create_table(
        "care_event",
        sa.Column("id", sa.Integer(), nullable=False),
        *_links("care_event", "callback", "slip"),
        *_moments("at"),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(12), nullable=False),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_ends("care_event"),
    )
    _indexes("care_event", "callback", "slip")


def downgrade() -> None:
    """The tables are gone with all that was about them; promises and escalations speak of cases and conversations."""
    for table in LINKED:
        op.execute(f"DELETE FROM {table} WHERE callback_id IS NOT NULL OR slip_id IS NOT NULL")
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in NEW:
                batch_op.drop_index(f"ix_{table}_{name}_id")
                batch_op.drop_constraint(op.f(f"fk_{table}_{name}_id_{name}"), type_="foreignkey")
                batch_op.drop_column(f"{name}_id")
    for table in ("care_event", "slip_round", "callback_attempt", "callback", "slip"):
        op.drop_table(table)


def _links(table: str, *names: str, to: str = "", nullable: bool = True) -> list[sa.Column]:
    return [
        sa.Column(
            f"{name}_id",
            sa.Integer(),
            sa.ForeignKey(f"{to or name}.id", name=op.f(f"fk_{table}_{name}_id_{to or name}")),
            nullable=nullable,
        )
        for name in names
    ]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _ends(table: str, *unique: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_{table}_{name}")) for name in unique),
    ]


def _indexes(table: str, *names: str) -> None:
    for name in names:
        op.create_index(op.f(f"ix_{table}_{name}_id"), table, [f"{name}_id"])
