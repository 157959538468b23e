"""Shifts, the roster, absences; hand-over notes, announcements, and the review of overdue repairs"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_EVERYBODY = ("admin", "manager", "agent", "engineer", "designer", "marketing", "finance")
_MORE = {
    "admin": ("roster.edit", "announcement.make"),
    "manager": ("handover.write", "roster.edit", "announcement.make", "review.hold"),
    "agent": ("handover.write",),
    "engineer": ("handover.write", "review.hold"),
}
GRANTED = {name: ("roster.see", *_MORE.get(name, ())) for name in _EVERYBODY}
TABLES = (
    "review", "review_day", "confirmation", "announcement", "handover_note", "absence", "roster_entry", "shift",
)  # fmt: skip


def upgrade() -> None:
    """The tables stand, empty: while nobody is on the roster everybody is on duty, as before."""
    _rota()
    _team()
    _reviews()
    roles.grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """Who worked when, what they left to one another and what was reviewed is forgotten."""
    roles.revoke(op.get_bind(), GRANTED)
    for table in TABLES:
        op.drop_table(table)


def _rota() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("name", name=op.f("uq_shift_name")),
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_roster_entry_shift_id_shift")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_roster_entry_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint("day", "staff_id", name=op.f("uq_roster_entry_day_staff_id")),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_entry_staff_id"), ["staff_id"])
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("covered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_ends_later")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["staff.id"], name=op.f("fk_absence_entered_by_id_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id_staff")),
        sa.ForeignKeyConstraint(["substitute_id"], ["staff.id"], name=op.f("fk_absence_substitute_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_ends_at"), ["ends_at"])
        batch_op.create_index(batch_op.f("ix_absence_staff_id"), ["staff_id"])


def _team() -> None:
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_handover_note_author_id_staff")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_handover_note_shift_id_shift")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["staff.id"], name=op.f("fk_handover_note_signed_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_note")),
    )
    with op.batch_alter_table("handover_note", schema=None) as batch_op:
        batch_op.create_index("ix_handover_note_unsigned", ["signed_at", "id"])
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_announcement_author_id_staff")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_announcement_role_id_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_last_day"), ["last_day"])
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_confirmation_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_confirmation_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("announcement_id", "staff_id", name=op.f("uq_confirmation_announcement_id_staff_id")),
    )


def _reviews() -> None:
    op.create_table(
        "review_day",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_review_day_reviewer_id_staff")),
        sa.PrimaryKeyConstraint("weekday", name=op.f("pk_review_day")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_review_repair_id_repair")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_review_reviewer_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("day", "repair_id", name=op.f("uq_review_day_repair_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_repair_id"), ["repair_id"])
