"""Tags on followers, within the platform's limits; what is wanted here is put there by a job."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.errors import DomainError, Missing
from models.menus import Tag, Tagging
from models.people import Follower

#: The platform keeps so many tags, so many on one follower, and takes so many people a call.
MOST, PER_PERSON, BATCH, NAME = 100, 20, 50, 30
#: Taggings that take one of a follower's places.
HELD = ("wanted", "put", "unwanted")


class TooMany(DomainError):
    """The platform keeps no more tags, or no more on one person."""

    key = "errors.tags_many"


class Taken(DomainError):
    """There is a tag of this name."""

    key = "errors.tag_taken"


def make(session: Session, name: str, *, now: dt.datetime) -> Tag:
    """A new tag is wanted. Refused without a name, for one that exists, and beyond a hundred."""
    name = name.strip()
    if not name:
        raise Missing(field="name")
    if len(name) > NAME:
        raise DomainError("errors.too_long", limit=NAME)
    if session.scalar(select(Tag.id).where(Tag.name == name)) is not None:
        raise Taken
    if (session.scalar(select(func.count(Tag.id))) or 0) >= MOST:
        raise TooMany
    tag = Tag(name=name, _state="wanted", next_try_at=now, created_at=now)
    session.add(tag)
    session.flush()
    return tag


def put(session: Session, tag: Tag, people: Iterable[Follower], *, now: dt.datetime) -> int:
    """These followers are to have the tag; returns how many did not yet. Refused when one of them has twenty."""
    added = 0
    for person in people:
        found = _of(session, tag, person)
        if found is not None and found.state in HELD and found.state != "unwanted":
            continue
        count = select(func.count(Tagging.id)).where(Tagging.follower_id == person.id, Tagging.state.in_(HELD))
        if found is None and (session.scalar(count) or 0) >= PER_PERSON:
            raise TooMany
        if found is None:
            session.add(Tagging(tag=tag, follower=person, _state="wanted", next_try_at=now))
        else:
            found.move("put" if found.state == "unwanted" else "wanted", now=now)
        session.flush()
        added += 1
    return added


def take_off(session: Session, tagging: Tagging, *, now: dt.datetime) -> None:
    """The tag is to come off; one that never reached the platform is off at once."""
    tagging.move("unwanted" if tagging.state == "put" else "off", now=now)


def _of(session: Session, tag: Tag, person: Follower) -> Tagging | None:
    query = select(Tagging).where(Tagging.tag_id == tag.id, Tagging.follower_id == person.id)
    return session.scalars(query).one_or_none()
