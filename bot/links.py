"""Signed links to phone pages: one purpose, one case, three days. The link is the log-in.

Nothing personal is in a link: purpose, record ids and the moment it ends. A link proves only that we made it; whether
the case is still that crew's is asked of the records each time the page is opened.
"""

import datetime as dt
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

#: A crew may get an offer on Friday evening and open it on Monday morning.
LIVES = dt.timedelta(days=3)
#: Longer than any token of ours; what is longer was not made here.
LONGEST = 400
PURPOSES = ("crew", "repair", "quote", "house", "copy")
#: A quote waits for two working days, which a National Day makes longer; its page says itself when it counts no more.
LIVES_OF = {"quote": dt.timedelta(days=21), "copy": dt.timedelta(days=7)}


class DeadLink(Exception):
    """The link opens nothing; `.why` is `expired`, or `broken` for everything that we did not sign for this page."""

    def __init__(self, why: str) -> None:
        """Keep the reason; nothing of the token itself is kept."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Ticket:
    """What a link admits to: one case, for crew pages the one crew, for a quote the one WeChat that answers by it.

    Of a quote's link `ticket_id` is the quote; of a house's link the house, for the one WeChat that asked. A repair's
    link says whom it was sent to, so that the page is in their language; whoever has it may look.
    """

    purpose: str
    ticket_id: int
    crew_id: int = 0
    reader_id: int = 0


def sign(secret: str, ticket: Ticket, *, now: dt.datetime) -> str:
    """A token that opens `ticket` until LIVES (or LIVES_OF) after `now`; ValueError for a purpose without a page."""
    if ticket.purpose not in PURPOSES:
        raise ValueError(f"no page for {ticket.purpose!r}")
    ends = int((now + LIVES_OF.get(ticket.purpose, LIVES)).timestamp())
    holder = ticket.reader_id or ticket.crew_id
    return _serializer(secret, ticket.purpose).dumps([ticket.ticket_id, holder, ends])


def read(secret: str, purpose: str, token: str, *, now: dt.datetime) -> Ticket:
    """What the token admits to, or DeadLink: tampered with, made for another page, or too old at `now`."""
    if purpose not in PURPOSES or len(token) > LONGEST:
        raise DeadLink("broken")
    try:
        ticket_id, holder, ends = map(int, _serializer(secret, purpose).loads(token))
    except (BadData, TypeError, ValueError):
        raise DeadLink("broken") from None
    if now.timestamp() > ends:
        raise DeadLink("expired")
    return Ticket(purpose, ticket_id, holder) if purpose == "crew" else Ticket(purpose, ticket_id, reader_id=holder)


def address(public_url: str, secret: str, ticket: Ticket, *, now: dt.datetime) -> str:
    """The whole address to put into a message."""
    return f"{public_url.rstrip('/')}/p/{ticket.purpose}/{sign(secret, ticket, now=now)}"


def seal_view(secret: str, seen: tuple[int, int, str, int]) -> str:
    """A form's own token: which case, crew, state and round the person saw when the form was shown."""
    return _serializer(secret, "view").dumps(list(seen))


def read_view(secret: str, token: str) -> tuple[int, int, str, int]:
    """What the form showed; DeadLink when it is not one of ours. It does not expire: the link around it does."""
    try:
        ticket_id, crew_id, state, number = _serializer(secret, "view").loads(token[:LONGEST])
    except (BadData, TypeError, ValueError):
        raise DeadLink("broken") from None
    return int(ticket_id), int(crew_id), str(state), int(number)


def _serializer(secret: str, purpose: str) -> URLSafeSerializer:
    # The purpose is in the salt: a token of one page is just a wrong signature to another.
    return URLSafeSerializer(secret, salt=f"nuanju.page.{purpose}", signer_kwargs={"key_derivation": "hmac"})
