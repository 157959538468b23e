"""Privacy requests: a case of its own kind, with its states, its promise and who may see to it"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ALL = ("privacy.see", "privacy.handle", "privacy.approve", "privacy.locked")
GRANTED = {"manager": ALL, "admin": ALL[:3]}
BEFORE = (
    "reported", "assigned", "handed_back", "accepted", "on_the_way", "on_site", "done", "reopened", "closed",
    "cancelled", "registered", "upheld", "not_upheld", "explained", "proposed", "agreed", "carried_out", "withdrawn",
    "open", "answered", "new", "contacted", "visiting", "won", "lost", "booked", "missed",
)  # fmt: skip
ADDED = ("checked", "approved", "refused", "running")


def upgrade() -> None:
    """The table stands, empty; managers and administrators may see to it."""
    _states((*BEFORE, *ADDED))
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=6), nullable=False),
        sa.Column("proof", sa.String(length=6), nullable=False),
        sa.Column("cause", sa.String(length=6), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wish IN ('delete', 'export')", name=op.f("ck_privacy_request_known_wish")),
        sa.CheckConstraint("proof IN ('bound', 'wechat', 'papers')", name=op.f("ck_privacy_request_known_proof")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff.id"], name=op.f("fk_privacy_request_approved_by_id_staff")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["staff.id"], name=op.f("fk_privacy_request_checked_by_id_staff")),
        sa.ForeignKeyConstraint(["id"], ["ticket.id"], name=op.f("fk_privacy_request_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
    roles.grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """Requests are gone with their promises and stories; what they erased stays erased."""
    connection = op.get_bind()
    roles.revoke(connection, GRANTED)
    mine = "(SELECT id FROM ticket WHERE kind = 'privacy')"
    for table in ("message", "outgoing"):
        op.execute(f"UPDATE {table} SET ticket_id = NULL WHERE ticket_id IN {mine}")  # noqa: S608 — no input
    for table in ("promise", "escalation", "ticket_event"):
        op.execute(f"DELETE FROM {table} WHERE ticket_id IN {mine}")  # noqa: S608 — no input
    op.drop_table("privacy_request")
    op.execute("DELETE FROM ticket WHERE kind = 'privacy'")
    op.execute("DELETE FROM promise WHERE policy_id IN (SELECT id FROM policy WHERE name = 'privacy.answer')")
    op.execute("DELETE FROM policy WHERE name = 'privacy.answer'")
    _states(BEFORE)


def _states(names: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_ticket_known_state"), type_="check")
        batch_op.create_check_constraint("known_state", f"state IN ({listed})")
