"""The platform's pictures of binding codes, indexes for what staff look at, and who sees what nobody could read"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: States in which messages stay; the panel counts and lists them by state.
LYING = sa.text("state IN ('held', 'refused', 'expired', 'unknown', 'cancelled')")
UNREADABLE = sa.text("state = 'unreadable'")
ASKED = sa.text("qr_asked_at IS NOT NULL")
ROLES = sa.table("role", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("permissions", sa.JSON))
#: Those who look after the panel also see pushes that nobody could read.
GRANTED, TO = "inbound.see", ("admin", "manager")


def upgrade() -> None:
    """The columns stand, empty for every code there is; the indexes are built."""
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("qr_url", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("qr_asked_at", sa.DateTime(timezone=True), nullable=True))
    # Rows from now on get their value from the application, like every other column's.
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.alter_column("qr_url", existing_type=sa.String(length=200), server_default=None)
        batch_op.create_index("ix_binding_code_asked", ["id"], sqlite_where=ASKED, postgresql_where=ASKED)
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_lying", ["state", "id"], sqlite_where=LYING, postgresql_where=LYING)
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_unreadable", ["id"], sqlite_where=UNREADABLE, postgresql_where=UNREADABLE)
    _permissions(lambda names: [*names, GRANTED])


def downgrade() -> None:
    """The indexes and columns are gone; codes keep their digits."""
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_unreadable")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_lying")
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_index("ix_binding_code_asked")
        batch_op.drop_column("qr_asked_at")
        batch_op.drop_column("qr_url")
    _permissions(lambda names: names)


def _permissions(change: Callable[[list[str]], list[str]]) -> None:
    """Rewrite what the two roles may do; GRANTED is taken out first, so that it never stands there twice."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(ROLES.c.id, ROLES.c.permissions).where(ROLES.c.name.in_(TO))).all()
    for role_id, names in rows:
        changed = change([name for name in names if name != GRANTED])
        connection.execute(ROLES.update().where(ROLES.c.id == role_id).values(permissions=changed))
