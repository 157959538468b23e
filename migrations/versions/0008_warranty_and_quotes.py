"""Warranty: its rules and what is said of each repair; quotes with their items; who may see and change them"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DESK = ("warranty.see", "quote.see", "quote.make")
ADDED = {
    "admin": ("warranty.see", "warranty.edit"),
    "manager": (*DESK, "warranty.edit", "warranty.decide"),
    "agent": DESK,
    "engineer": (*DESK, "warranty.decide"),
    "finance": ("quote.see",),
}
VERDICTS = "verdict IN ('in', 'out', 'excluded', 'unknown')"
STATES = "state IN ('draft', 'sent', 'haggled', 'agreed', 'refused', 'lapsed', 'superseded', 'withdrawn')"
LISTENING = sa.text("state IN ('sent', 'haggled', 'lapsed')")
WAITING = sa.text("state IN ('sent', 'haggled')")
AGREED = sa.text("state = 'agreed'")
WHEN = sa.DateTime(timezone=True)
#: What every company owes or usually gives; managers change it in the panel.
WET = ["厨房", "卫", "浴", "洗手间", "厕所", "外墙"]
TERMS = (
    ("", [], 24, "一般项目保2年", True),
    ("防水", WET, 60, "防水保5年", True),
    ("水", [], 60, "水路保5年", False),
    ("电", [], 60, "电路保5年", False),
    ("木作", [], 36, "木作保3年", False),
)


def upgrade() -> None:
    """The tables stand, with the company's rules in them."""
    term = op.create_table(
        "warranty_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("legal", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_warranty_term_some_time")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_warranty_term_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranty_term")),
    )
    op.create_index("ix_warranty_term_project_id", "warranty_term", ["project_id"])
    names = ("category", "places", "months", "rule", "legal")
    op.bulk_insert(term, [dict(zip(names, row, strict=True)) | {"active": True} for row in TERMS])
    op.create_table(
        "repair_warranty",
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=False),
        sa.Column("by_kind", sa.String(length=10), nullable=False),
        sa.Column("by_name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exclusion", sa.String(length=20), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("disputed_at", WHEN, nullable=True),
        sa.Column("dispute", sa.Text(), nullable=False),
        sa.CheckConstraint(VERDICTS, name=op.f("ck_repair_warranty_known_verdict")),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_repair_warranty_repair_id_repair")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_repair_warranty_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("repair_id", name=op.f("pk_repair_warranty")),
    )
    _quotes()
    roles.grant(op.get_bind(), ADDED)


def _quotes() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=10), nullable=False),
        sa.Column("made_by_name", sa.String(length=40), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("sent_at", WHEN, nullable=True),
        sa.Column("reminded_at", WHEN, nullable=True),
        sa.Column("lapses_at", WHEN, nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_way", sa.String(length=10), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=40), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_quote_known_state")),
        sa.ForeignKeyConstraint(["ticket_id"], ["repair.id"], name=op.f("fk_quote_ticket_id_repair")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["follower.id"], name=op.f("fk_quote_answered_by_id_follower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("ticket_id", "version", name=op.f("uq_quote_ticket_id_version")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_quote_number_version")),
    )
    for name, unique, where in (
        ("uq_quote_waiting", True, WAITING), ("uq_quote_agreed", True, AGREED),
        ("ix_quote_listening", False, LISTENING),
    ):  # fmt: skip
        op.create_index(name, "quote", ["ticket_id"], unique=unique, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_quote_state", "quote", ["state", "id"])
    op.create_table(
        "quote_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.CheckConstraint("hundredths > 0", name=op.f("ck_quote_item_some_quantity")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_quote_item_no_negative_price")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_item_quote_id_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_item")),
        sa.UniqueConstraint("quote_id", "position", name=op.f("uq_quote_item_quote_id_position")),
    )


def downgrade() -> None:
    """Rules, verdicts and quotes are gone; the cases and their events stay."""
    roles.revoke(op.get_bind(), ADDED)
    for table in ("quote_item", "quote", "repair_warranty", "warranty_term"):
        op.drop_table(table)
