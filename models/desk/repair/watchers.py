"""Who else of a household hears of a repair: somebody who reports the same fault joins the open case.

Only people whom the records tie to the house may: a stranger never learns that a case, or a house, exists.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.errors import NotFound
from models.people import Follower, ProjectMember
from models.visits import TicketWatcher
from models.work import Repair


def belongs(session: Session, repair: Repair, follower: Follower) -> bool:
    """Whether this WeChat reported the repair, watches it, or is bound to its house."""
    if repair.follower_id == follower.id or any(one.follower_id == follower.id for one in repair.watchers):
        return True
    if repair.project_id is None or follower.customer_id is None:
        return False
    member = select(ProjectMember.id).where(
        ProjectMember.project_id == repair.project_id, ProjectMember.customer_id == follower.customer_id
    )
    return session.scalar(member) is not None


def join(
    session: Session, repair: Repair, follower: Follower, *, words: str, by: By, now: dt.datetime
) -> TicketWatcher | None:
    """`follower` is told of every step of the repair from now on, and what they said of it stands on the case.

    None for whoever reported it themselves; the same person twice is one watcher. NotFound for anybody outside the
    household, as if there were no such repair.
    """
    if not belongs(session, repair, follower):
        raise NotFound
    if repair.follower_id == follower.id:
        return None
    repair.tell("joined", by=by, now=now, reason=words)
    known = next((one for one in repair.watchers if one.follower_id == follower.id), None)
    if known is not None:
        return known
    watcher = TicketWatcher(follower=follower, since=now, words=words)
    repair.watchers.append(watcher)
    session.flush()
    return watcher
