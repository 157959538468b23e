"""A push and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Parcel:
    """One push: `openid` is whose phone it concerns ("" = nobody's), `fields` its XML."""

    openid: str
    fields: dict
    #: Whether a reply has already been shown; a repeated push shows nothing twice.
    shown: bool = False


@dataclass
class Delivery:
    """What came of a parcel. status: ok | invalid | failed; `reply` the verified fields or None."""

    status: str
    tries: int
    reply: dict | None = None
    reason: str = ""
    answers: list[str] = field(default_factory=list)
