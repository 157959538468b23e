"""How long things are kept: numbers that managers change, and the batches that a job clears when the time is over."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.privacy import Retention

#: name -> days that a new house begins with.
DEFAULTS = {
    # What the platform pushed, as it came: the thread keeps the words.
    "inbound": 30,
    # Unfinished reports that nobody came back to.
    "drafts": 30,
    # Photos, voice and video after their case was closed.
    "media": 730,
    # What messages were made of, and what people read of them; the thread keeps the words.
    "sent": 180,
    # Binding codes that were used or ran out.
    "links": 90,
    # People who stopped following and whom no contract binds to us.
    "left": 30,
    # Copies of somebody's data that were made for them.
    "exports": 14,
    # What the law keeps: ten years.
    "locked": 3650,
}


def rule(session: Session, name: str) -> Retention:
    """The rule of this name; made with its default number when the table does not have it yet."""
    found = session.scalar(select(Retention).where(Retention.name == name))
    if found is None:
        found = Retention(name=name, days=DEFAULTS[name])
        session.add(found)
        session.flush()
    return found


def days(session: Session, name: str) -> int:
    """So many days are kept."""
    return rule(session, name).days


def ensure(session: Session) -> None:
    """Every rule stands; numbers that a manager changed stay."""
    for name in DEFAULTS:
        rule(session, name)
