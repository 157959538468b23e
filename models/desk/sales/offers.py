"""Packages shown to people: a card with a picture, once to each enquiry."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.desk.delivery import outbox
from models.desk.delivery.outbox import Letter
from models.outbound import Outgoing
from models.people import Follower
from models.sales import Enquiry, Package

#: A card that comes later than this answers nothing any more.
CARD_LIVES = dt.timedelta(minutes=30)


def show(
    session: Session, to: Follower, enquiry: Enquiry | None, ids: Sequence[int], *, area: int = 0, now: dt.datetime
) -> list[Outgoing]:
    """The packages are promised as cards; one that was shown on this enquiry before is not shown again."""
    posted = []
    for number in ids:
        package = session.get(Package, number)
        if package is None or not package.active:
            continue
        key = f"package:{enquiry.id if enquiry else f'f{to.id}'}:{package.id}"
        row = outbox.post(
            session, key, to=to, letter=Letter("package.card", facts_of(package, area)), now=now, kind="news",
            purpose="reply", urgent=True, ticket=enquiry, not_after=now + CARD_LIVES,
        )  # fmt: skip
        posted += [row] if row is not None else []
    return posted


def facts_of(package: Package, area: int = 0) -> dict[str, Any]:
    """The facts that a card names: title, picture and link for its frame, the rest for its words."""
    facts: dict[str, Any] = {
        "title": package.name,
        "style": package.style,
        "summary": package.summary,
        "low": package.price_low // 100,
        "high": package.price_high // 100,
        "area": area,
        "picture": package.picture,
        "link": package.link,
    }
    return {name: value for name, value in facts.items() if value}
