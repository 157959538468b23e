"""Two jobs of one crew that cannot both be kept: said to the crew and its dispatcher at once, and nothing more.

A clash never blocks anything: an urgent job must be takeable by whoever is nearest.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.delivery.outbox import Letter
from models.desk.repair import notices
from models.houses import Crew
from models.work import Repair

#: The states in which a crew has promised to come.
TAKEN = ("accepted", "on_the_way", "on_site")
#: A window as long as this is “any time that day” and clashes with nothing.
LONG = dt.timedelta(hours=8)


@dataclass(frozen=True)
class Clash:
    """Another job of the same crew, and why both cannot be kept: time, or elsewhere (urgent while on site there)."""

    other: Repair
    kind: str


def of(session: Session, repair: Repair, crew: Crew) -> list[Clash]:
    """What the crew has taken already that stands in the way of this repair."""
    query = select(Repair).where(Repair.crew_id == crew.id, Repair.state.in_(TAKEN), Repair.id != repair.id)
    return between(repair, session.scalars(query.order_by(Repair.id)).all())


def between(repair: Repair, others: Sequence[Repair]) -> list[Clash]:
    """Those of the other jobs that stand in the way of this one."""
    found = []
    for other in others:
        if repair.urgent and other.state == "on_site" and other.house != repair.house:
            found.append(Clash(other, "elsewhere"))
        elif overlap(repair, other):
            found.append(Clash(other, "time"))
    return found


def overlap(one: Repair, other: Repair) -> bool:
    """Whether the times agreed with two households overlap; two jobs in one house are one way."""
    if one.house and one.house == other.house:
        return False
    if not (one.when_start and one.when_end and other.when_start and other.when_end):
        return False
    if max(one.when_end - one.when_start, other.when_end - other.when_start) > LONG:
        return False
    return one.when_start < other.when_end and other.when_start < one.when_end


def warn(session: Session, repair: Repair, *, now: dt.datetime) -> list[Clash]:
    """The crew of the repair and its dispatcher know of every clash, once for each pair of jobs and agreed time."""
    crew = repair.crew
    if crew is None:
        return []
    found = of(session, repair, crew)
    for clash in found:
        mark = f"{clash.other.id}:{clash.kind}:{_time(repair)}:{_time(clash.other)}:"
        facts = {"other": clash.other.number, "clash": clash.kind, "other_house": clash.other.house}
        notices.tell_crew(session, repair, "crew_clash", now=now, mark=mark, **facts)
        letter = Letter("staff.clash", {**notices.facts_of(repair), **facts})
        key = f"clash:{repair.id}:{mark}{crew.id}"
        notices.tell_staff(session, crew.lead or repair.owner, key, letter, now=now, ticket=repair)
    return found


def _time(repair: Repair) -> int:
    return int(repair.when_start.timestamp()) if repair.when_start else 0
