"""Plans of follow-up with their steps, enrolments and touches; buildings with their handover; leads that cool"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
TABLES = ("touch", "enrolment_event", "enrolment", "sequence_step", "sequence", "building")


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer(), nullable=False)


def _keys(table: str, **links: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in links.items()
    ]


def upgrade() -> None:
    """The tables stand, empty; no lead has cooled yet."""
    op.create_table(
        "building",
        _id(),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("handover_on", sa.Date(), nullable=True),
        *_keys("building", estate_id="estate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("estate_id", "name", name=op.f("uq_building_estate_id_name")),
    )
    op.create_index("ix_building_handover", "building", ["handover_on"])
    _plans()
    _enrolments()
    _touches()
    op.add_column("enquiry", sa.Column("cooled_at", WHEN, nullable=True))


def _plans() -> None:
    op.create_table(
        "sequence",
        _id(),
        sa.Column("series", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("trigger", sa.String(10), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("active_since", WHEN, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint(
            "trigger IN ('enquiry', 'visit', 'handover', 'completed')", name=op.f("ck_sequence_known_trigger")
        ),
        *_keys("sequence", staff_id="staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence")),
        sa.UniqueConstraint("series", "version", name=op.f("uq_sequence_series_version")),
    )
    op.create_table(
        "sequence_step",
        _id(),
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("text_key", sa.String(60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_en", sa.Text(), nullable=False),
        sa.Column("condition", sa.String(10), nullable=False),
        sa.Column("or_call", sa.Boolean(), nullable=False),
        sa.CheckConstraint("channel IN ('text', 'words', 'call')", name=op.f("ck_sequence_step_known_channel")),
        sa.CheckConstraint(
            "condition IN ('always', 'unsigned', 'no_visit')", name=op.f("ck_sequence_step_known_condition")
        ),
        *_keys("sequence_step", sequence_id="sequence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_step")),
        sa.UniqueConstraint("sequence_id", "position", name=op.f("uq_sequence_step_sequence_id_position")),
    )


def _enrolments() -> None:
    whose = {
        "customer_id": "customer", "follower_id": "follower", "ticket_id": "ticket", "project_id": "project",
        "building_id": "building",
    }  # fmt: skip
    op.create_table(
        "enrolment",
        _id(),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in whose),
        sa.Column("anchor_at", WHEN, nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("joined_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished', 'stopped')", name=op.f("ck_enrolment_known_state")),
        *_keys("enrolment", sequence_id="sequence", **whose),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("key", name=op.f("uq_enrolment_key")),
    )
    op.create_index("ix_enrolment_state", "enrolment", ["state", "id"])
    for column in ("sequence_id", *whose):
        op.create_index(f"ix_enrolment_{column}", "enrolment", [column])
    op.create_table(
        "enrolment_event",
        _id(),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(8), nullable=False),
        sa.Column("to_state", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_keys("enrolment_event", enrolment_id="enrolment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_event")),
    )
    op.create_index("ix_enrolment_event_enrolment_id", "enrolment_event", ["enrolment_id"])


def _touches() -> None:
    links = {"enrolment_id": "enrolment", "step_id": "sequence_step"}
    became = {"outgoing_id": "outgoing", "callback_id": "callback"}
    op.create_table(
        "touch",
        _id(),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in links),
        sa.Column("planned_for", WHEN, nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("useless_after", WHEN, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("done_at", WHEN, nullable=True),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in became),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'skipped', 'expired', 'stopped')", name=op.f("ck_touch_known_state")
        ),
        *_keys("touch", **links, **became),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
        sa.UniqueConstraint("enrolment_id", "step_id", name=op.f("uq_touch_enrolment_id_step_id")),
    )
    op.create_index("ix_touch_due", "touch", ["state", "due_at", "id"])
    for column in ("done_at", *became):
        op.create_index(f"ix_touch_{column}", "touch", [column])


def downgrade() -> None:
    """Nobody is followed up by plan any more; what was sent stays."""
    op.drop_column("enquiry", "cooled_at")
    for table in TABLES:
        op.drop_table(table)
