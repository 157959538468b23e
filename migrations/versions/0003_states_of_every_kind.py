"""A case may be of other kinds than repairs: its state is one of any machine"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REPAIR = (
    "reported", "assigned", "handed_back", "accepted", "on_the_way", "on_site", "done", "reopened", "closed",
    "cancelled",
)  # fmt: skip
EVERY = (
    *REPAIR, "registered", "upheld", "not_upheld", "explained", "proposed", "agreed", "carried_out", "withdrawn",
    "open", "answered",
)  # fmt: skip


def upgrade() -> None:
    """The constraint knows the states of every kind."""
    _states(EVERY)


def downgrade() -> None:
    """Only repairs' states are known; cases of other kinds, which nothing would read, must be gone."""
    op.execute("DELETE FROM ticket WHERE kind <> 'repair'")
    _states(REPAIR)


def _states(names: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_ticket_known_state"), type_="check")
        batch_op.create_check_constraint("known_state", f"state IN ({listed})")
