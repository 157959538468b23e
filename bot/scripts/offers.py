"""What we offer, worked out from the tables: which packages match, and what a home of this size would cost, about."""

import re
from collections.abc import Iterable
from typing import Any

from bot.heard import Offer

#: So many packages are shown at once; more would bury the answer.
SHOWN = 2
#: A word that says nothing about the style itself.
_PLAIN = re.compile(r"风格?|的|感")


def in_style(offers: Iterable[Offer], style: str) -> list[Offer]:
    """The packages of a style, 现代 for 现代简约 as well; none for a style that we do not have."""
    wanted = _PLAIN.sub("", style)
    return [one for one in offers if wanted and (wanted in one.style or one.style in wanted)]


def matching(offers: Iterable[Offer], area: int, style: str) -> list[Offer]:
    """The packages for this size in this style; in any style where we have none of it, of any size likewise."""
    offers = list(offers)
    sized = [one for one in offers if area and _suits(one, area)] or offers
    return in_style(sized, style) or in_style(offers, style) or sized


def _suits(offer: Offer, area: int) -> bool:
    return (offer.area_low or 0) <= area <= (offer.area_high or 10_000)


def price(offers: Iterable[Offer], area: int) -> tuple[int, int]:
    """About what a home of this size costs in these packages, from and to, in yuan, rounded to thousands."""
    offers = list(offers)
    low = min(one.low for one in offers) * area // 100
    high = max(one.high for one in offers) * area // 100
    return _about(low), _about(high)


def _about(yuan: int) -> int:
    return max(1000, round(yuan, -3))


def facts_of(offers: Iterable[Offer], area: int, style: str) -> dict[str, Any]:
    """The facts of the answer to a price question; {} where we offer nothing."""
    found = matching(offers, area, style)
    if not found:
        return {}
    known: dict[str, Any] = {"names": [one.name for one in found[:SHOWN]]}
    if style:
        known |= {"style": _PLAIN.sub("", style), "in_style": bool(in_style(found, style))}
    if not area:
        return known | {"low": min(one.low for one in found) // 100, "high": max(one.high for one in found) // 100}
    low, high = price(found, area)
    return known | {"area": area, "low": low, "high": high}
