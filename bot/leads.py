"""What a turn knows of what we offer and of the person's wish for it: plain frozen values."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """A time at which a visit can be booked."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class VisitRef:
    """A visit that the person has booked."""

    id: int
    number: str
    #: measure or showroom.
    visit: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Offer:
    """A package that we offer; prices in 分 per square metre."""

    id: int
    name: str
    style: str
    low: int
    high: int
    #: Square metres that it suits; None: no bound.
    area_low: int | None = None
    area_high: int | None = None


@dataclass(frozen=True)
class Lead:
    """What the person's open enquiry knows already; empty where it knows nothing."""

    id: int
    area: int = 0
    style: str = ""
    #: Yuan.
    budget: int = 0
    keys: str = ""
    house: str = ""
    has_phone: bool = False
