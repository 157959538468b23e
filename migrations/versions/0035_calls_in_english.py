"""The first plans say in English too what whoever calls should ask"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

#: As the plans of a new house had them; what somebody wrote differently stays without English until they add it.
CALLS = (
    (
        "问问还在看哪几家、差什么资料，能不能约量房或到店。",
        "Ask which other firms they look at and what they still need; offer to measure or a showroom visit.",
    ),
    (
        "问问看完的想法，预算和工期上还有什么顾虑。",
        "Ask what they think after the visit, and what worries them about budget and time.",
    ),
    (
        "问问住进去以后水电、门窗、柜门用得怎么样，提醒质保怎么报修。",
        "Ask how water, power, doors and cupboards are doing since they moved in; say how the warranty works.",
    ),
)
STEP = sa.table("sequence_step", sa.column("channel"), sa.column("words"), sa.column("words_en"))


def upgrade() -> None:
    """Calls that nobody has rewritten have their English."""
    for words, english in CALLS:
        theirs = (STEP.c.channel == "call") & (STEP.c.words == words) & (STEP.c.words_en == "")
        op.execute(sa.update(STEP).where(theirs).values(words_en=english))


def downgrade() -> None:
    """What these calls said in English is gone."""
    for words, english in CALLS:
        theirs = (STEP.c.channel == "call") & (STEP.c.words == words) & (STEP.c.words_en == english)
        op.execute(sa.update(STEP).where(theirs).values(words_en=""))
