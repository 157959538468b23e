"""The menu version by version, and tags on followers"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ALL = ("menu.see", "menu.edit", "tag.see", "tag.edit")
GRANTED = {"manager": ALL, "marketing": ALL, "admin": ("menu.see", "menu.edit"), "agent": ("tag.see", "tag.edit")}
WAITING = sa.text("state IN ('wanted', 'unwanted')")


def upgrade() -> None:
    """The tables stand, empty; what phones show stays what it is."""
    op.create_table(
        "menu_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'wanted', 'failed', 'published', 'retired')", name=op.f("ck_menu_version_known_state")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_menu_version_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_version")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'failed', 'made')", name=op.f("ck_tag_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name", name=op.f("uq_tag_name")),
    )
    op.create_table(
        "tagging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('wanted', 'put', 'unwanted', 'off', 'failed')", name=op.f("ck_tagging_known_state")
        ),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_tagging_follower_id_follower")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tagging_tag_id_tag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tagging")),
        sa.UniqueConstraint("tag_id", "follower_id", name=op.f("uq_tagging_tag_id_follower_id")),
    )
    with op.batch_alter_table("tagging", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tagging_follower_id"), ["follower_id"])
        batch_op.create_index(
            "ix_tagging_waiting", ["next_try_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING
        )
    roles.grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """Versions and tags are forgotten here; the platform keeps what it has."""
    roles.revoke(op.get_bind(), GRANTED)
    for table in ("tagging", "tag", "menu_version"):
        op.drop_table(table)
