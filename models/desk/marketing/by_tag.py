"""By tag: one call that names a tag in place of a list, when the tag's people are the list's people to the last.

A tag knows nothing of opt-outs, complaints or caps. So it is used only for a list that our rules have made, that is
whole, and that equals the tag, by our records here and by the platform's own in jobs/masses.py; else the list goes.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from models.campaigns import Campaign
from models.desk.marketing import audience
from models.menus import Tag, Tagging
from models.people import Follower

#: What the platform names in one look at a tag, and what a list may hold: larger tags go by lists.
MOST = 10_000


def named(session: Session, campaign: Campaign) -> Tag | None:
    """The platform's tag that the audience consists of; None where it asks for anything else or no such tag is made."""
    name = audience.only_tag(campaign.audience)
    query = select(Tag).where(Tag.name == name, Tag.state == "made", Tag.platform_id.is_not(None))
    return session.scalars(query).one_or_none() if name else None


def of_exactly(session: Session, campaign: Campaign, openids: Collection[str]) -> Tag | None:
    """The tag by which these people can be named; None when anybody has it who is not one of them, or lacks it.

    The tag is locked: nobody is given it while the send is under way (jobs/tags.py).
    """
    tag = named(session, campaign)
    if tag is None:
        return None
    session.refresh(tag, with_for_update=True)
    if _moving(session, tag):
        return None
    return tag if set(session.scalars(_holders(tag, Follower.openid))) == set(openids) else None


def foreseen(session: Session, campaign: Campaign, people: int) -> str:
    """The tag by which a mass send to all these people would go at this moment; empty when it would go by list.

    `people` is how many of the audience would get it with others: all that are meant, or the tag is not asked for.
    """
    tag = named(session, campaign)
    if tag is None or not 2 <= people <= MOST or _moving(session, tag):
        return ""
    rows = session.execute(_holders(tag, Follower.lang, func.count()).group_by(Follower.lang))
    langs = Counter({lang: count for lang, count in rows})
    together = not campaign.body_en or langs["en"] in (0, people)
    return tag.name if together and langs.total() == people else ""


def _moving(session: Session, tag: Tag) -> bool:
    """Whether somebody is about to get the tag or to lose it."""
    waits = select(Tagging.id).where(Tagging.tag_id == tag.id, Tagging.state.in_(("wanted", "unwanted")))
    return bool(session.scalar(select(exists(waits))))


def _holders(tag: Tag, *columns: Any) -> Select[Any]:
    """Who has the tag and follows."""
    query = select(*columns).select_from(Tagging).join(Follower, Follower.id == Tagging.follower_id)
    return query.where(Tagging.tag_id == tag.id, Tagging.state == "put", Follower.subscribed)
