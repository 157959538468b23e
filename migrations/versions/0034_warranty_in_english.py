"""Warranty rules have an English text"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

#: The house's own rules as they were planted, and what they say in English.
SAID = {
    "一般项目保2年": "2 years on general work",
    "防水保5年": "5 years on waterproofing in kitchens, bathrooms and outer walls",
    "水路保5年": "5 years on plumbing",
    "电路保5年": "5 years on wiring",
    "木作保3年": "3 years on woodwork",
}


def upgrade() -> None:
    """The rules that nobody reworded say the same in English, and so do the verdicts that quote them."""
    with op.batch_alter_table("warranty_term", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule_en", sa.String(length=80), nullable=True))
    with op.batch_alter_table("repair_warranty", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule_en", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("repair_warranty", schema=None) as batch_op:
        batch_op.alter_column("rule_en", server_default=None)
    for name, own in (("warranty_term", sa.text("project_id IS NULL")), ("repair_warranty", sa.true())):
        table = sa.table(name, sa.column("rule"), sa.column("rule_en"))
        for rule, english in SAID.items():
            op.execute(table.update().where(table.c.rule == rule, own).values(rule_en=english))


def downgrade() -> None:
    """The English texts are gone."""
    with op.batch_alter_table("repair_warranty", schema=None) as batch_op:
        batch_op.drop_column("rule_en")
    with op.batch_alter_table("warranty_term", schema=None) as batch_op:
        batch_op.drop_column("rule_en")
