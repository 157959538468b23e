"""What one turn is: whose it is, what it will do, what it answers, and that somebody else was faster."""

import datetime as dt
from dataclasses import dataclass

from bot.heard import Outcome
from bot.inbox.person import Person
from bot.push import Push


class Overtaken(Exception):
    """Somebody answered this follower, or this very push, since we read; nothing was written."""


@dataclass(frozen=True)
class Answer:
    """What to reply passively (None: `success`), and whether something may now wait in the outbox."""

    reply: str | None
    nudge: bool = False


@dataclass(frozen=True)
class Thought:
    """What the turn will do. `silent`: a person owns the conversation, or nobody is there to hear an answer."""

    outcome: Outcome
    silent: bool = False
    #: Whether the words ask anything of a person at all; a mere thank-you counts as read.
    asks: bool = True


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, what was pushed, and when it reached us."""

    person: Person
    push: Push
    now: dt.datetime
    asks: bool = True

    @property
    def unread(self) -> int:
        """By how much the words that a person must see become more."""
        return int(self.person.owner != "bot" and self.asks)
