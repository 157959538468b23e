"""Control points, acceptances and the rhythm of care; calls that hang on a phase"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: position, name, hours until the household was asked, hours of notice before, whether the house is finished with it.
KINDS = (
    (1, "签约", None, None, False), (2, "开工交底", 24, None, False), (3, "水电验收", 24, 48, False),
    (4, "材料进场", 24, None, False), (5, "中期验收", 24, 48, False), (6, "竣工验收", 24, 48, True),
    (7, "质保", None, None, False),
)  # fmt: skip
#: kind, number, years, label.
RULES = (
    ("building", 30, 2, "施工满意度"), ("repair", 7, 2, "维修进行中"),
    ("month", 1, 2, "入住一个月"), ("month", 2, 2, "入住两个月"), ("month", 3, 2, "入住三个月"),
    ("season", 3, 2, "回南天前"), ("season", 6, 2, "雨季"), ("season", 11, 2, "入冬前"),
)  # fmt: skip


def upgrade() -> None:
    """The rhythm has its first numbers; calls that there are hang on no phase."""
    kinds = op.create_table(
        "phase_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("call_hours", sa.Integer(), nullable=True),
        sa.Column("notice_hours", sa.Integer(), nullable=True),
        sa.Column("completes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_phase_kind_name")),
    )
    columns = ("position", "name", "call_hours", "notice_hours", "completes")
    op.bulk_insert(kinds, [dict(zip(columns, row, strict=True)) for row in KINDS])
    rules = op.create_table(
        "care_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('building', 'repair', 'month', 'season')", name=op.f("ck_care_rule_known_kind")),
        sa.CheckConstraint("number > 0 AND years > 0", name=op.f("ck_care_rule_some_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_rule")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_care_rule_kind_number")),
    )
    columns = ("kind", "number", "years", "label")
    op.bulk_insert(rules, [dict(zip(columns, row, strict=True)) | {"active": True} for row in RULES])
    op.create_index("ix_phase_actual_on", "phase", ["actual_on"])
    op.create_index("ix_phase_planned_on", "phase", ["planned_on", "actual_on"])
    op.create_index("ix_project_completed_on", "project", ["completed_on"])
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phase_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hangs_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_callback_phase_id_phase"), "phase", ["phase_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_callback_phase_id"), ["phase_id"])


def downgrade() -> None:
    """Calls stay, but nobody knows which phase they ask about."""
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_phase_id"))
        batch_op.drop_constraint(batch_op.f("fk_callback_phase_id_phase"), type_="foreignkey")
        batch_op.drop_column("hangs_on")
        batch_op.drop_column("phase_id")
    op.drop_index("ix_project_completed_on", "project")
    op.drop_index("ix_phase_planned_on", "phase")
    op.drop_index("ix_phase_actual_on", "phase")
    for table in ("care_rule", "phase_kind"):
        op.drop_table(table)
