"""What a person may answer or take part in, as a turn knows it: plain frozen values."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class QuoteRef:
    """A quote that this person may answer."""

    id: int
    ticket_id: int
    number: str
    #: sent, haggled or lapsed.
    state: str
    #: What it is for.
    label: str
    #: 元.
    total: float
    #: Whether this version has reached this person's phone, or may have.
    told: bool = True
    #: Whether it is the last thing on this person's phone: only then is a bare “1” or “好的” meant for it.
    asked_last: bool = False


@dataclass(frozen=True)
class RatedRef:
    """What this person rated last, and how: for a while they may think better of it."""

    id: int
    number: str
    label: str
    #: 1 to 5 as felt; None when nothing followed from the words.
    felt: int | None
    at: dt.datetime


@dataclass(frozen=True)
class CallRef:
    """A call that this person asked for and that is still to come."""

    number: str
    asked_at: dt.datetime
    #: The moment that was promised.
    at: dt.datetime | None = None


@dataclass(frozen=True)
class EventRef:
    """An event that takes sign-ups at this moment."""

    id: int
    title: str
    starts_at: dt.datetime
    place: str = ""
    text: str = ""


@dataclass(frozen=True)
class PastRef:
    """A repair that was finished: what broke again goes on from it."""

    id: int
    number: str
    label: str
    place: str
    category: str
    finished_at: dt.datetime
