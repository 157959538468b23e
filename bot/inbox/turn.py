"""What one turn is: whose it is, what it will do, what it answers, and that somebody else was faster."""

import datetime as dt
from dataclasses import dataclass

from bot.heard import Outcome
from bot.inbox.person import Person
from bot.push import Push

#: What the platform says about following; every other push only shows that somebody is there.
FOLLOWING = frozenset({"subscribe", "unsubscribe"})


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

    @property
    def comes_late(self) -> bool:
        """Whether the person did since, by the platform's clock, what says whether they follow: pushes overtake."""
        done, known = self.push.created_at, self.person.follow_said_at
        return known is not None and (done < known or (done == known and self.push.event not in FOLLOWING))

    @property
    def follows(self) -> tuple[bool, dt.datetime | None]:
        """Whether they follow after this push, and when they did what says so."""
        if self.comes_late:
            return self.person.subscribed, self.person.follow_said_at
        return self.push.event != "unsubscribe", self.push.created_at
