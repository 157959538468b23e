"""Packages, showrooms, times for visits, enquiries and appointments; designers and who may see and do what"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = (
    "reported", "assigned", "handed_back", "accepted", "on_the_way", "on_site", "done", "reopened", "closed",
    "cancelled", "registered", "upheld", "not_upheld", "explained", "proposed", "agreed", "carried_out", "withdrawn",
    "open", "answered",
)  # fmt: skip
EVERY = (*BEFORE, "new", "contacted", "visiting", "won", "lost", "booked", "missed")
DESK = ("enquiry.see", "enquiry.all", "enquiry.act", "offer.see")
GRANTED = {
    "admin": ("offer.see", "offer.edit"),
    "manager": (*DESK, "offer.edit"),
    "agent": DESK,
    "marketing": ("offer.see", "offer.edit"),
}
DESIGNER = ("enquiry.see", "enquiry.act", "offer.see", "customer.reveal")
VISIT = "visit IN ('measure', 'showroom')"


def upgrade() -> None:
    """The tables stand, empty; a house that is at work has the role of designers."""
    _states(EVERY)
    _offers()
    _leads()
    roles.grant(op.get_bind(), GRANTED)
    _designers()


def downgrade() -> None:
    """Leads and offers are gone, with the cases that they were; roles are as before, designers keep theirs."""
    leads = "SELECT id FROM ticket WHERE kind IN ('enquiry', 'appointment')"
    for table in ("appointment", "enquiry", "visit_plan", "showroom", "package"):
        op.drop_table(table)
    for table in ("promise", "escalation", "ticket_event"):
        op.execute(f"DELETE FROM {table} WHERE ticket_id IN ({leads})")  # noqa: S608 — names of our own
    for table in ("outgoing", "message", "attachment"):
        op.execute(f"UPDATE {table} SET ticket_id = NULL WHERE ticket_id IN ({leads})")  # noqa: S608
    op.execute("DELETE FROM ticket WHERE kind IN ('enquiry', 'appointment')")
    op.execute("DELETE FROM promise WHERE policy_id IN (SELECT id FROM policy WHERE name = 'enquiry.contact')")
    op.execute("DELETE FROM policy WHERE name = 'enquiry.contact'")
    _states(BEFORE)
    roles.revoke(op.get_bind(), GRANTED)
    roles.revoke(op.get_bind(), {"designer": DESIGNER})


def _offers() -> None:
    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("style", sa.String(length=20), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("price_low", sa.Integer(), nullable=False),
        sa.Column("price_high", sa.Integer(), nullable=False),
        sa.Column("area_low", sa.Integer(), nullable=True),
        sa.Column("area_high", sa.Integer(), nullable=True),
        sa.Column("picture", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_low > 0 AND price_high >= price_low", name=op.f("ck_package_price_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("name", name=op.f("uq_package_name")),
    )
    op.create_table(
        "showroom",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("shuts", sa.Time(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showroom")),
        sa.UniqueConstraint("name", name=op.f("uq_showroom_name")),
    )
    op.create_table(
        "visit_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=10), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("lead_hours", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(VISIT, name=op.f("ck_visit_plan_known_visit")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND minutes >= 10 AND seats >= 1 AND lead_hours >= 0",
            name=op.f("ck_visit_plan_sane"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_plan")),
    )


def _leads() -> None:
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=True),
        sa.Column("layout", sa.String(length=20), nullable=False),
        sa.Column("style", sa.String(length=20), nullable=False),
        sa.Column("budget_low", sa.Integer(), nullable=True),
        sa.Column("budget_high", sa.Integer(), nullable=True),
        sa.Column("keys_on", sa.Date(), nullable=True),
        sa.Column("keys_text", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("grade_cause", sa.String(length=200), nullable=False),
        sa.Column("rule_grade", sa.String(length=1), nullable=False),
        sa.Column("last_touch_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_enquiry_known_grade")),
        sa.ForeignKeyConstraint(["id"], ["ticket.id"], name=op.f("fk_enquiry_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
    )
    op.create_index("ix_enquiry_grade", "enquiry", ["grade", "id"])
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=10), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=False),
        sa.Column("showroom_id", sa.Integer(), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("seat_key", sa.String(length=60), nullable=True),
        sa.Column("holder_key", sa.String(length=30), nullable=True),
        sa.CheckConstraint(VISIT, name=op.f("ck_appointment_known_visit")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_appointment_enquiry_id_enquiry")),
        sa.ForeignKeyConstraint(["id"], ["ticket.id"], name=op.f("fk_appointment_id_ticket")),
        sa.ForeignKeyConstraint(["showroom_id"], ["showroom.id"], name=op.f("fk_appointment_showroom_id_showroom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("holder_key", name=op.f("uq_appointment_holder_key")),
        sa.UniqueConstraint("seat_key", name=op.f("uq_appointment_seat_key")),
    )
    op.create_index("ix_appointment_day", "appointment", ["start_at", "id"])
    op.create_index(op.f("ix_appointment_enquiry_id"), "appointment", ["enquiry_id"])
    op.create_index(op.f("ix_appointment_showroom_id"), "appointment", ["showroom_id"])


def _designers() -> None:
    connection = op.get_bind()
    names = set(connection.scalars(sa.select(roles.ROLES.c.name)))
    if names and "designer" not in names:
        table = sa.table("role", sa.column("name"), sa.column("title"), sa.column("permissions", sa.JSON))
        connection.execute(table.insert().values(name="designer", title="设计师", permissions=list(DESIGNER)))


def _states(names: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_ticket_known_state"), type_="check")
        batch_op.create_check_constraint("known_state", f"state IN ({listed})")
