"""Events have a campaign that invites to them"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was invited yet to the events that there are."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("invited_for", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_event_campaign_id_campaign"), "campaign", ["campaign_id"], ["id"])
        batch_op.create_unique_constraint(batch_op.f("uq_event_campaign_id"), ["campaign_id"])


def downgrade() -> None:
    """The campaigns stay, for no event."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_event_campaign_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_event_campaign_id_campaign"), type_="foreignkey")
        batch_op.drop_column("invited_for")
        batch_op.drop_column("campaign_id")
