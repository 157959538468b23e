"""How a record goes from state to state, and what every step of its story holds: when, what, who, why.

A state has one writer, `move()`, guarded by the machine of the kind. Steps are never changed, never deleted.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from sqlalchemy import String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from models.actors import By
from models.errors import DomainError, IllegalMove
from models.states import Machine


class Step:
    """The columns that the steps of all stories share; whose story it is, the table says."""

    at: Mapped[dt.datetime]
    name: Mapped[str] = mapped_column(String(20))
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def told(cls, name: str, *, by: By, now: dt.datetime, reason: str = "", **more: Any) -> Self:
        """A step that somebody took now; it belongs to no story yet unless `more` says so."""
        return cls(
            name=name, at=now, actor_kind=by.kind, actor_id=by.id, actor_name=by.name, reason=reason, **more
        )  # fmt: skip


class Guarded:
    """A record that stands in one state of its machine. Kinds map `_state` and write it in `move` only, by `_turn`."""

    #: The machine of the kind: state -> the states that may follow.
    moves: ClassVar[Machine]
    #: What the states are called.
    names: ClassVar[Mapping[str, str]] = {}
    _state: Any

    @hybrid_property
    def state(self) -> str:
        """Where it stands; only `move` changes it."""
        return self._state

    def _turn(self, to: str) -> str:
        """It stands in `to`; the state before. Without such an arrow everything stays, and `_refusal` is raised."""
        before = self._state
        if to not in self.moves[before]:
            raise self._refusal(to)
        self._state = to
        return before

    def _refusal(self, to: str) -> DomainError:
        """What whoever tries an arrow that is none is told."""
        number = getattr(self, "number", "") or str(self)
        return IllegalMove(number=number, state=self.names[self._state], to=self.names[to])


class Storied(Guarded):
    """A guarded record with a story, of which every move is a step."""

    #: Writes a step and gives it back: tell(name, by=, now=, reason="").
    tell: ClassVar[Callable[..., Any]]

    def move(self, to: str, *, by: By, now: dt.datetime, reason: str = "", **more: Any) -> Any:
        """Change state and write the step; refused without such an arrow. The only writer of `state`."""
        before = self._turn(to)
        step = self.tell(to, by=by, now=now, reason=reason, **more)
        step.from_state, step.to_state = before, to
        return step
