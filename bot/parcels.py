"""What goes to the platform and comes back from it, as plain frozen values."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """WeChat took the message; `platform_id` is its number where it gives one, for the delivery report to come."""

    platform_id: str | None = None


@dataclass(frozen=True, slots=True)
class Qr:
    """A code that the platform made: the address that its picture holds, and the platform's ticket for its own."""

    url: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """Fetched bytes, and what the platform says they are: neither type nor name may be trusted."""

    bytes: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class Article:
    """A card 图文: what stands on it, the page it opens, and the address of its picture ("" for none)."""

    title: str
    description: str
    url: str
    picture: str = ""
