"""The dispatch board: crews by today and tomorrow, what nobody has at the side, and who gets what by form, key or drag.

A card moves between crews only. Its time is the household's, so it is moved on the case with the customer's own words.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_admin import expose
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from admin import base, board, place
from admin.words import lazy
from models import Crew, Project, Promise, Repair
from models.desk.repair import clashes
from models.desk.repair.visits import ON_THE_LIST
from models.work import OPEN_STATES
from models.worktime import SHANGHAI, local_day

#: The lanes of a crew, in order.
LANES = ("today", "tomorrow", "later")
#: Parts of a day: the first hour of each.
PARTS = ((0, "morning"), (12, "afternoon"), (18, "evening"))
#: Cards that one look at the board takes; a house with more is asked for by crew.
MOST = 400


@dataclass
class Card:
    """One job on the board."""

    repair: Repair
    promise: Promise | None
    at: dt.datetime | None
    part: str
    clash: bool = False


@dataclass
class Lane:
    """A crew with its jobs by day."""

    crew: Crew
    days: dict[str, list[Card]] = field(default_factory=lambda: {name: [] for name in LANES})

    @property
    def load(self) -> int:
        """How many jobs the crew has in hand."""
        return sum(map(len, self.days.values()))


@dataclass
class Board:
    """What the dispatcher sees."""

    lanes: list[Lane]
    waiting: list[Card]


class DispatchView(base.Guarded):
    """The board; giving a job to a crew is the repair's own step."""

    see = "repair.assign"

    @classmethod
    def build(cls, _sessions: Any) -> "DispatchView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.dispatch"), endpoint="dispatch", url="dispatch")

    @expose("/")
    def index_view(self) -> str:
        """Crews by today and tomorrow; what waits for a crew at the side."""
        return self.render(
            "admin/dispatch.html", board=gathered(place.now()), lanes=LANES, parts=[name for _, name in PARTS]
        )


def gathered(now: dt.datetime) -> Board:
    """The board at `now`, in a fixed number of queries."""
    session = place.session()
    crews = session.scalars(select(Crew).where(Crew.active).order_by(Crew.name)).all()
    jobs = session.scalars(_open_jobs()).all()
    owed = board.next_promises(session, [job.id for job in jobs])
    lanes, waiting = {crew.id: Lane(crew) for crew in crews}, []
    for card in sorted((_card(job, owed.get(job.id)) for job in jobs), key=_order):
        lane = lanes.get(card.repair.crew_id or 0)
        if lane is None:
            waiting.append(card)
        else:
            lane.days[_day(card, now)].append(card)
    for lane in lanes.values():
        _mark_clashes([card for cards in lane.days.values() for card in cards])
    return Board(list(lanes.values()), waiting)


def _open_jobs() -> Any:
    nobody = Repair.crew_id.is_(None) & Repair.state.in_(sorted(OPEN_STATES))
    return (
        select(Repair)
        .where(or_(Repair.state.in_(ON_THE_LIST), nobody))
        .options(joinedload(Repair.project).joinedload(Project.estate), joinedload(Repair.customer))
        .order_by(Repair.next_due_at.is_(None), Repair.next_due_at, Repair.id)
        .limit(MOST)
    )


def _card(job: Repair, promise: Promise | None) -> Card:
    at = job.when_start or job.next_due_at
    hour = at.astimezone(SHANGHAI).hour if at else 0
    return Card(job, promise, at, [name for first, name in PARTS if hour >= first][-1])


def _order(card: Card) -> tuple[bool, bool, str, int]:
    return not card.repair.urgent, card.at is None, card.at.isoformat() if card.at else "", card.repair.id


def _day(card: Card, now: dt.datetime) -> str:
    """Which lane: what is under way or late is today's; without a time it waits for one."""
    if card.repair.state in ("on_site", "on_the_way"):
        return "today"
    if card.at is None:
        return "later"
    days = (local_day(card.at) - local_day(now)).days
    return "today" if days <= 0 else "tomorrow" if days == 1 else "later"


def _mark_clashes(cards: Sequence[Card]) -> None:
    for card in cards:
        others = [other.repair for other in cards if other is not card and other.repair.state in clashes.TAKEN]
        card.clash = bool(clashes.between(card.repair, others))
