"""Care by the calendar: rules and greetings, leap-month birthdays, wishes nobody wants, when a family moved in"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
KINDS = "'festival', 'birthday', 'anniversary', 'season'"


def upgrade() -> None:
    """The tables stand, empty; everybody may be greeted until they say otherwise."""
    _kinds("'campaign', 'greeting', 'warning'")
    _new_columns()
    op.create_table(
        "greeting_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("occasion", sa.String(20), nullable=False),
        sa.Column("title", sa.String(30), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("mass", sa.Boolean(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("send_at", sa.String(5), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("planned_to", sa.Date(), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'waiting', 'on')", name=op.f("ck_greeting_rule_known_state")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_greeting_rule_known_kind")),
        sa.CheckConstraint("lead_days BETWEEN 0 AND 60", name=op.f("ck_greeting_rule_some_days")),
        *(
            sa.ForeignKeyConstraint([column], ["staff.id"], name=op.f(f"fk_greeting_rule_{column}_staff"))
            for column in ("author_id", "changed_by_id", "approved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_rule")),
        sa.UniqueConstraint("key", name=op.f("uq_greeting_rule_key")),
    )
    _events()
    _greetings()


def _new_columns() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("birth_leap", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("wants_greetings", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("customer", schema=None) as batch_op:
        for name in ("birth_leap", "wants_greetings"):
            batch_op.alter_column(name, existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_in_on", sa.Date(), nullable=True))


def _events() -> None:
    op.create_table(
        "greeting_rule_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(8), nullable=False),
        sa.Column("to_state", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["greeting_rule.id"], name=op.f("fk_greeting_rule_event_rule_id_greeting_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_rule_event")),
    )
    op.create_index(op.f("ix_greeting_rule_event_rule_id"), "greeting_rule_event", ["rule_id"])


def _greetings() -> None:
    op.create_table(
        "greeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("occasion", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS}, 'weather')", name=op.f("ck_greeting_known_kind")),
        sa.ForeignKeyConstraint(["rule_id"], ["greeting_rule.id"], name=op.f("fk_greeting_rule_id_greeting_rule")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_greeting_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting")),
        sa.UniqueConstraint("key", name=op.f("uq_greeting_key")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_greeting_campaign_id")),
    )
    op.create_index("ix_greeting_day", "greeting", ["day"])
    op.create_index(op.f("ix_greeting_rule_id"), "greeting", ["rule_id"])


def downgrade() -> None:
    """Rules are forgotten; what was planned from them stays as campaigns, and warnings become greetings."""
    for table in ("greeting", "greeting_rule_event", "greeting_rule"):
        op.drop_table(table)
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("moved_in_on")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("wants_greetings")
        batch_op.drop_column("birth_leap")
    op.execute("UPDATE campaign SET kind = 'greeting' WHERE kind = 'warning'")
    op.execute("UPDATE outgoing SET purpose = 'greeting' WHERE purpose = 'warning'")
    _kinds("'campaign', 'greeting'")


def _kinds(listed: str) -> None:
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_campaign_known_kind"), type_="check")
        batch_op.create_check_constraint("known_kind", f"kind IN ({listed})")
