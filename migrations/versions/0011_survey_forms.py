"""Survey forms in versions, an answer per question; surveys about callbacks and sites, and of people without WeChat"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: Column -> the table it speaks of.
LINKS = {"project_id": "project", "callback_id": "callback", "form_id": "survey_form"}


def upgrade() -> None:
    """The tables stand; every score and word of before is the answer to the question that was asked then."""
    op.create_table(
        "survey_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("in_chat", sa.Boolean(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_survey_form_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_form")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_survey_form_name_version")),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(30), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sentiment", sa.String(10), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(8), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_answer_survey_id_survey")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_answer_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("survey_id", "question", name=op.f("uq_answer_survey_id_question")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.alter_column("ticket_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("follower_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("label", sa.String(120), nullable=False, server_default=""))
        for column, table in LINKS.items():
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_survey_{column}_{table}"), table, [column], ["id"])
        batch_op.create_index("ix_survey_project_id", ["project_id"])
        batch_op.create_unique_constraint(op.f("uq_survey_callback_id"), ["callback_id"])
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.alter_column("label", existing_type=sa.String(120), server_default=None)
    op.execute(
        "INSERT INTO answer (survey_id, question, score, words, sentiment, skipped, by, at)"
        " SELECT id, 'score', score, words, sentiment, false, 'chat', answered_at FROM survey"
        " WHERE answered_at IS NOT NULL"
    )


def downgrade() -> None:
    """Surveys are about cases of people on WeChat again; the others, and answers question by question, are gone."""
    op.execute(
        "UPDATE outgoing SET survey_id = NULL WHERE survey_id IN (SELECT id FROM survey WHERE ticket_id IS NULL)"
    )
    op.drop_table("answer")
    op.execute("DELETE FROM survey WHERE ticket_id IS NULL OR follower_id IS NULL")
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_survey_callback_id"), type_="unique")
        batch_op.drop_index("ix_survey_project_id")
        for column, table in LINKS.items():
            batch_op.drop_constraint(op.f(f"fk_survey_{column}_{table}"), type_="foreignkey")
            batch_op.drop_column(column)
        batch_op.drop_column("label")
        batch_op.alter_column("follower_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("ticket_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("survey_form")
