"""When the account may write to a person: 5 messages in 48 hours after a message, 3 in one minute after the rest.

Source: the platform's customer-message page, in force since 2023-06-12. Whether a second message of the person
renews the five is not stated; here it does (one window of a kind at a time), and never adds to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from .refusals import Refusal

#: kind of act -> (messages, seconds)
RULES = {"message": (5, 48 * 3600), "follow": (3, 60), "scan": (3, 60), "menu": (3, 60)}


@dataclass
class Window:
    """One right to write: so many messages until a moment (epoch seconds)."""

    kind: str
    until: float
    left: int


def opened(windows: list[Window], kind: str, at: float) -> list[Window]:
    """The windows after the person did `kind` at `at`: a fresh one of that kind, the others as they were."""
    count, seconds = RULES[kind]
    return [w for w in windows if w.kind != kind] + [Window(kind, at + seconds, count)]


def spend(windows: list[Window], now: float) -> Window:
    """Take one message from the window that closes first; 45015 when none is open, 45047 when all are used up."""
    open_ones = [w for w in windows if now < w.until]
    if not open_ones:
        raise Refusal(45015)
    filled = [w for w in open_ones if w.left > 0]
    if not filled:
        raise Refusal(45047)
    chosen = min(filled, key=lambda w: w.until)
    chosen.left -= 1
    return chosen
