"""Who sees, changes and stops following people up by plan"""

from alembic import op

from migrations import roles

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ADDED = {
    "manager": ("sequence.see", "sequence.edit", "sequence.stop"),
    "agent": ("sequence.see", "sequence.stop"),
    "marketing": ("sequence.see", "sequence.edit"),
}


def upgrade() -> None:
    """The roles that exist may do what a new house's roles may."""
    roles.grant(op.get_bind(), ADDED)


def downgrade() -> None:
    """Nobody may: there are no such pages."""
    roles.revoke(op.get_bind(), ADDED)
