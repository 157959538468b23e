"""Who did it: every event row names its actor, whether person or machine."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["customer", "crew", "staff", "system"]


@dataclass(frozen=True)
class By:
    """An actor. `id` is the row of a Follower, Crew or Staff by `kind`; the system has none."""

    kind: ActorKind
    id: int | None = None
    name: str = ""


#: The clock, a worker or a rule of the house.
SYSTEM = By("system", None, "系统")
