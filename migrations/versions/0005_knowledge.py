"""Articles, questions that nobody has answered yet, and the house's own words"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant, revoke

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GRANTED = {
    "admin": ("knowledge.see",),
    "manager": ("knowledge.see", "knowledge.edit"),
    "agent": ("knowledge.see", "knowledge.edit"),
    "marketing": ("knowledge.see", "knowledge.edit"),
    "engineer": ("knowledge.see",),
}


def upgrade() -> None:
    """The tables stand, empty; who looks after questions may write answers."""
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("variants", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_table(
        "domain_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_word")),
        sa.UniqueConstraint("word", name=op.f("uq_domain_word_word")),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_unanswered_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sa.UniqueConstraint("key", name=op.f("uq_unanswered_key")),
    )
    op.create_index("ix_unanswered_open", "unanswered", ["state", "times", "id"])
    op.create_index(op.f("ix_unanswered_article_id"), "unanswered", ["article_id"])
    grant(op.get_bind(), GRANTED)


def downgrade() -> None:
    """The tables are gone, and what one could do with them."""
    revoke(op.get_bind(), GRANTED)
    op.drop_table("unanswered")
    op.drop_table("domain_word")
    op.drop_table("article")
