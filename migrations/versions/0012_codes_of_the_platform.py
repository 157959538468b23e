"""One table for every code that the platform makes, and who brought whom"""

import sqlalchemy as sa
from alembic import op

from migrations import roles

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GRANTED = {
    "manager": ("qr.see", "qr.make", "referral.see"),
    "marketing": ("qr.see", "qr.make", "referral.see"),
    "agent": ("qr.see", "referral.see"),
    "admin": ("qr.see", "qr.make"),
}
STATES = "state IN ('wanted', 'failed', 'made', 'dropped')"
WANTED = sa.text("state = 'wanted'")
ASKED = sa.text("qr_asked_at IS NOT NULL")
CODE = sa.table(
    "binding_code", sa.column("id"), sa.column("code"), sa.column("project_id"), sa.column("crew_id"),
    sa.column("expires_at", sa.DateTime(timezone=True)), sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("qr_url"), sa.column("qr_asked_at", sa.DateTime(timezone=True)),
)  # fmt: skip


def upgrade() -> None:
    """The codes of binding codes go on as rows of the new table; nothing that was made is made again."""
    qr = op.create_table(
        "qr_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("follower_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_qr_code_known_state")),
        sa.ForeignKeyConstraint(["code_id"], ["binding_code.id"], name=op.f("fk_qr_code_code_id_binding_code")),
        sa.ForeignKeyConstraint(["follower_id"], ["follower.id"], name=op.f("fk_qr_code_follower_id_follower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qr_code")),
        sa.UniqueConstraint("scene", name=op.f("uq_qr_code_scene")),
        sa.UniqueConstraint("code_id", name=op.f("uq_qr_code_code_id")),
        sa.UniqueConstraint("follower_id", name=op.f("uq_qr_code_follower_id")),
    )
    with op.batch_alter_table("qr_code", schema=None) as batch_op:
        batch_op.create_index("ix_qr_code_wanted", ["next_try_at", "id"], sqlite_where=WANTED, postgresql_where=WANTED)
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introducer_id", sa.Integer(), nullable=False),
        sa.Column("newcomer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["introducer_id"], ["follower.id"], name=op.f("fk_referral_introducer_id_follower")),
        sa.ForeignKeyConstraint(["newcomer_id"], ["follower.id"], name=op.f("fk_referral_newcomer_id_follower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("newcomer_id", name=op.f("uq_referral_newcomer_id")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_introducer_id"), ["introducer_id"])
        batch_op.create_index(batch_op.f("ix_referral_at"), ["at"])
    _take_over(op.get_bind(), qr)
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_index("ix_binding_code_asked")
        batch_op.drop_column("qr_asked_at")
        batch_op.drop_column("qr_url")
    roles.grant(op.get_bind(), GRANTED)


def _take_over(connection: sa.Connection, qr: sa.Table) -> None:
    rows = connection.execute(sa.select(CODE).where(sa.or_(CODE.c.qr_url != "", CODE.c.qr_asked_at.is_not(None))))
    taken = [
        {
            "kind": "project" if row.project_id else "crew" if row.crew_id else "staff",
            "scene": f"bind_{row.code}", "title": "", "code_id": row.id, "state": "made" if row.qr_url else "wanted",
            "reason": "", "next_try_at": row.qr_asked_at or row.created_at, "expires_at": row.expires_at,
            "ticket": "", "url": row.qr_url, "path": "", "scans": 0, "created_at": row.created_at,
            "made_at": row.created_at if row.qr_url else None,
        }
        for row in rows
    ]  # fmt: skip
    if taken:
        connection.execute(qr.insert(), taken)


def downgrade() -> None:
    """Codes of binding codes are columns again; the others, and who brought whom, are gone."""
    roles.revoke(op.get_bind(), GRANTED)
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("qr_url", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("qr_asked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.alter_column("qr_url", existing_type=sa.String(length=200), server_default=None)
        batch_op.create_index("ix_binding_code_asked", ["id"], sqlite_where=ASKED, postgresql_where=ASKED)
    for column, wanted in (("qr_url", "url"), ("qr_asked_at", "next_try_at")):
        found = f"(SELECT q.{wanted} FROM qr_code q WHERE q.code_id = binding_code.id AND q.state = :state)"
        state = "made" if column == "qr_url" else "wanted"
        op.get_bind().execute(
            sa.text(f"UPDATE binding_code SET {column} = {found} WHERE {found} IS NOT NULL"),  # noqa: S608
            {"state": state},
        )
    op.drop_table("referral")
    op.drop_table("qr_code")
