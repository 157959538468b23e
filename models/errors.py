"""Refusals that a person is told. Each carries the key of its text and the facts that the text names."""

from typing import Any


class DomainError(Exception):
    """The desk says no. `key` names the text in templates/chat/*/errors.toml, `facts` fill it."""

    key = "errors.refused"

    def __init__(self, key: str | None = None, **facts: Any) -> None:
        """Remember the text's key (the class's own unless given) and the facts it may name."""
        self.key = key or type(self).key
        self.facts = facts
        super().__init__(self.key, facts)


class IllegalMove(DomainError):
    """The record is in a state from which this step is not allowed."""

    key = "errors.illegal_move"


class NotYours(DomainError):
    """The record belongs to somebody else; the refusal never says to whom."""

    key = "errors.not_yours"


class OfferOver(DomainError):
    """The button stood under an offer of a job that counts no more: it was given to others, or offered anew."""

    key = "errors.offer_over"


class NotFound(DomainError):
    """There is no such record, or it is not visible to the person who asks: the two are not told apart."""

    key = "errors.not_found"


class Missing(DomainError):
    """A fact that the step needs was not given; `field` names it."""

    key = "errors.missing"


class TakenAlready(DomainError):
    """A colleague has taken it since this person looked; `name` says who, and nothing was changed."""

    key = "errors.taken_already"


class Stale(DomainError):
    """Somebody else changed the record since this person looked at it; nothing was overwritten."""

    key = "errors.stale"


class WrongCode(DomainError):
    """The binding code is unknown, used or expired; `tries_left` says how often one may still try today."""

    key = "errors.wrong_code"


class TooManyTries(DomainError):
    """The limit of tries is used up; nothing is checked any more until it has passed."""

    key = "errors.too_many_tries"
