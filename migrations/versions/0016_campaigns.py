"""Campaigns with their people and mass sends; tags and birthdays of customers; who plans and who approves"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
ADDED = {
    "manager": ("campaign.see", "campaign.make", "campaign.approve"),
    "marketing": ("campaign.see", "campaign.make"),
}
STATES = "state IN ('draft', 'checked', 'approved', 'scheduled', 'running', 'paused', 'done', 'cancelled')"
MASS_STATES = "state IN ('forming', 'ready', 'sending', 'sent', 'refused', 'unknown')"
LINKS = {"campaign_id": ("campaign", "ix_outgoing_of_campaign"), "mass_id": ("mass_send", "ix_outgoing_of_mass")}


def upgrade() -> None:
    """The tables stand, empty; marketing plans and managers approve."""
    _campaigns()
    _people()
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        for column, (table, _) in LINKS.items():
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_outgoing_{column}_{table}"), table, [column], ["id"])
    for column, (_, index) in LINKS.items():
        some = sa.text(f"{column} IS NOT NULL")
        op.create_index(index, "outgoing", [column, "state", "id"], sqlite_where=some, postgresql_where=some)
    _recipients()
    roles.grant(op.get_bind(), ADDED)


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("link_title", sa.String(30), nullable=False),
        sa.Column("link_url", sa.String(300), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("mass", sa.Boolean(), nullable=False),
        sa.Column("starts_at", WHEN, nullable=True),
        sa.Column("ends_at", WHEN, nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("expanded_at", WHEN, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("started_at", WHEN, nullable=True),
        sa.Column("finished_at", WHEN, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_campaign_known_state")),
        sa.CheckConstraint("kind IN ('campaign', 'greeting')", name=op.f("ck_campaign_known_kind")),
        *(
            sa.ForeignKeyConstraint([column], ["staff.id"], name=op.f(f"fk_campaign_{column}_staff"))
            for column in ("author_id", "changed_by_id", "approved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_state", "campaign", ["state", "starts_at"])
    op.create_table(
        "campaign_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(10), nullable=False),
        sa.Column("to_state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_event_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_event")),
    )
    op.create_index("ix_campaign_event_campaign_id", "campaign_event", ["campaign_id"])
    op.create_table(
        "mass_send",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(5), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("next_try_at", WHEN, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(36), nullable=False),
        *(
            sa.Column(name, WHEN, nullable=True)
            for name in ("first_at", "claimed_at", "sent_at", "settled_at", "reported_at")
        ),
        sa.Column("msg_id", sa.String(64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("rid", sa.String(64), nullable=False),
        sa.CheckConstraint(MASS_STATES, name=op.f("ck_mass_send_known_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_mass_send_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_send")),
        sa.UniqueConstraint("key", name=op.f("uq_mass_send_key")),
    )
    op.create_index("ix_mass_send_state", "mass_send", ["state", "next_try_at"])
    op.create_index("ix_mass_send_campaign_id", "mass_send", ["campaign_id"])
    op.create_index("ix_mass_send_msg_id", "mass_send", ["msg_id"])


def _people() -> None:
    op.create_table(
        "mass_quota",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_mass_quota_follower_id_follower")),
        sa.PrimaryKeyConstraint("follower_id", "month", name=op.f("pk_mass_quota")),
    )
    op.create_table(
        "customer_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_tag_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tag")),
        sa.UniqueConstraint("customer_id", "word", name=op.f("uq_customer_tag_customer_id_word")),
    )
    op.create_index("ix_customer_tag_word", "customer_tag", ["word", "customer_id"])
    op.add_column("customer", sa.Column("birth_month", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("birth_day", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("birth_lunar", sa.Boolean(), nullable=False, server_default=sa.false()))


def _recipients() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("outgoing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_recipient_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_recipient_follower_id_follower")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_recipient_outgoing_id_outgoing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("campaign_id", "follower_id", name=op.f("uq_recipient_campaign_id_follower_id")),
    )
    op.create_index("ix_recipient_out", "recipient", ["campaign_id", "reason", "id"])
    op.create_index("ix_recipient_follower_id", "recipient", ["follower_id"])
    op.create_index("ix_recipient_outgoing_id", "recipient", ["outgoing_id"])


def downgrade() -> None:
    """Campaigns, tags and birthdays are gone; what was sent stays."""
    roles.revoke(op.get_bind(), ADDED)
    op.drop_table("recipient")
    for _, index in LINKS.values():
        op.drop_index(index, "outgoing")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        for column, (table, _) in LINKS.items():
            batch_op.drop_constraint(batch_op.f(f"fk_outgoing_{column}_{table}"), type_="foreignkey")
            batch_op.drop_column(column)
    for column in ("birth_lunar", "birth_day", "birth_month"):
        op.drop_column("customer", column)
    for table in ("customer_tag", "mass_quota", "mass_send", "campaign_event", "campaign"):
        op.drop_table(table)
