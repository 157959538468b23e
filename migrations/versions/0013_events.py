"""Events, places at them, and their story"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GRANTED = {
    "manager": ("event.see", "event.edit"),
    "marketing": ("event.see", "event.edit"),
    "agent": ("event.see",),
}


def upgrade() -> None:
    """The tables stand, empty."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("sign_up_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'cancelled')", name=op.f("ck_event_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_table(
        "signup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'signed', 'cancelled')", name=op.f("ck_signup_known_state")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_signup_event_id_event")),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_signup_follower_id_follower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
        sa.UniqueConstraint("event_id", "follower_id", name=op.f("uq_signup_event_id_follower_id")),
    )
    op.create_table(
        "event_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=10), nullable=False),
        sa.Column("to_state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_step_event_id_event")),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name=op.f("fk_event_step_signup_id_signup")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_step")),
    )
    for table, column in (("event", "starts_at"), ("signup", "follower_id"), ("event_step", "event_id")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column])
    roles.grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """The events are gone, and who may see them."""
    roles.revoke(op.get_bind(), GRANTED)
    for table in ("event_step", "signup", "event"):
        op.drop_table(table)
