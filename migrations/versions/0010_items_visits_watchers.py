"""Repairs: faults one by one, each visit, who else watches, other times asked for; where estates lie"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Every repair has at least one fault; what stands done, or is over, has nothing open.
ITEMS = """
INSERT INTO repair_item (repair_id, position, category, place, problem, urgent, state, note)
SELECT r.id, 1, r.category, r.place, r.problem, r.urgent,
  CASE WHEN t.state IN ('done', 'closed') THEN 'done' ELSE 'open' END, ''
FROM repair r JOIN ticket t ON t.id = r.id
"""
#: What is known of the visit of the present round; earlier rounds were never written down.
VISITS = """
INSERT INTO visit (repair_id, round, crew_id, arrived_at, finished_at, outcome, note, materials)
SELECT r.id, r.round, r.crew_id, r.arrived_at, r.finished_at,
  CASE WHEN r.finished_at IS NOT NULL THEN 'done' WHEN t.state = 'on_site' THEN '' ELSE 'ended' END,
  r.finish_note, '[]'
FROM repair r JOIN ticket t ON t.id = r.id WHERE r.arrived_at IS NOT NULL AND r.crew_id IS NOT NULL
"""


def upgrade() -> None:
    """The tables stand; each repair there is has its one fault and the visit that is known of it."""
    _items_and_visits()
    _watchers_and_times()
    with op.batch_alter_table("estate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lat", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lon", sa.Float(), nullable=True))
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("late_reason", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("late_until", sa.Date(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_repair_earlier_id_repair"), "repair", ["earlier_id"], ["id"])
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.alter_column("late_reason", server_default=None)
    op.execute(ITEMS)
    op.execute(VISITS)


def _items_and_visits() -> None:
    op.create_table(
        "repair_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'left')", name=op.f("ck_repair_item_known_state")),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_repair_item_repair_id_repair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_item")),
        sa.UniqueConstraint("repair_id", "position", name=op.f("uq_repair_item_repair_id_position")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("crew_id", sa.Integer(), nullable=False),
        sa.Column("set_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("metres_off", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["crew_id"], ["crew.id"], name=op.f("fk_visit_crew_id_crew")),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_visit_repair_id_repair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_of_repair", "visit", ["repair_id", "id"])
    op.create_index(op.f("ix_visit_crew_id"), "visit", ["crew_id"])


def _watchers_and_times() -> None:
    op.create_table(
        "ticket_watcher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_ticket_watcher_follower_id_follower")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_watcher_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_watcher")),
        sa.UniqueConstraint("ticket_id", "follower_id", name=op.f("uq_ticket_watcher_ticket_id_follower_id")),
    )
    op.create_index(op.f("ix_ticket_watcher_follower_id"), "ticket_watcher", ["follower_id"])
    op.create_table(
        "postponement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("crew_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("when_text", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'refused', 'dropped')", name=op.f("ck_postponement_known_state")
        ),
        sa.ForeignKeyConstraint(["crew_id"], ["crew.id"], name=op.f("fk_postponement_crew_id_crew")),
        sa.ForeignKeyConstraint(["repair_id"], ["repair.id"], name=op.f("fk_postponement_repair_id_repair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postponement")),
    )
    op.create_index("ix_postponement_of_repair", "postponement", ["repair_id", "state"])


def downgrade() -> None:
    """Everything added here is gone with what it held."""
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_repair_earlier_id_repair"), type_="foreignkey")
        batch_op.drop_column("late_until")
        batch_op.drop_column("late_reason")
        batch_op.drop_column("earlier_id")
    with op.batch_alter_table("estate", schema=None) as batch_op:
        batch_op.drop_column("lon")
        batch_op.drop_column("lat")
    for table in ("postponement", "ticket_watcher", "visit", "repair_item"):
        op.drop_table(table)
