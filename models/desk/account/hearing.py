"""Who still hears of a house: nobody who left it, whatever case of theirs is still open."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.household import HouseEvent
from models.people import Follower


def left(session: Session, follower: Follower, project_id: int | None) -> bool:
    """Whether this WeChat left the house and did not come back; False for whoever never belonged to it."""
    if project_id is None:
        return False
    last = (
        select(HouseEvent.name)
        .where(
            HouseEvent.project_id == project_id,
            HouseEvent.follower_id == follower.id,
            HouseEvent.name.in_(("joined", "left")),
        )
        .order_by(HouseEvent.id.desc())
        .limit(1)
    )
    return session.scalar(last) == "left"
