"""Who calls customers back, answers and closes slips, and changes survey forms"""

from alembic import op

from migrations import roles

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_DESK = ("callback.see", "callback.call", "slip.see", "slip.answer")
ADDED = {
    "manager": (*_DESK, "slip.close", "form.edit"),
    "agent": _DESK,
    "engineer": ("callback.see", "slip.see", "slip.answer"),
}


def upgrade() -> None:
    """The roles that exist may do what a new house's roles may."""
    roles.grant(op.get_bind(), ADDED)


def downgrade() -> None:
    """Nobody may: there are no such pages."""
    roles.revoke(op.get_bind(), ADDED)
