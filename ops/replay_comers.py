"""How the people of a replay came to us: who brought whom, and to which events they signed up. Read only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import Signup
from models.qrcodes import Referral

Row = dict[str, Any]


def families(session: Session, who: Mapping[int, str]) -> dict[str, list[Row]]:
    """Referrals among the file's people and their sign-ups, by their names in the file."""
    rows = session.scalars(select(Referral).where(Referral.newcomer_id.in_(list(who))).order_by(Referral.id))
    return {
        "referrals": [{"introducer": who.get(row.introducer_id), "newcomer": who[row.newcomer_id]} for row in rows],
        "signups": [
            {"who": who[row.follower_id], "title": row.event.title, "people": row.people, "state": row.state}
            for row in session.scalars(select(Signup).where(Signup.follower_id.in_(list(who))).order_by(Signup.id))
        ],
    }
