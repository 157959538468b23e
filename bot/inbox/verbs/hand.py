"""Who acts, and how a dialog's plain arguments become what the desk's verbs take."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.actors import By
from models.desk.account import people
from models.desk.repair import watchers
from models.errors import NotFound
from models.houses import Crew, Project
from models.people import Follower
from models.work import Repair

Args = Mapping[str, Any]
Results = dict[str, Any]


@dataclass(frozen=True)
class Hand:
    """Who acts and when, inside the turn's own transaction."""

    session: Session
    follower: Follower
    now: dt.datetime
    #: The language of this turn's answer.
    lang: str = "zh"

    @property
    def crew(self) -> Crew | None:
        """The crew that this WeChat is served as; None for homeowners, and once it works for us no more."""
        crew = self.follower.crew
        return crew if crew is not None and crew.active else None

    @property
    def by(self) -> By:
        """The actor as event rows name it."""
        follower, crew = self.follower, self.crew
        if crew is not None:
            return By("crew", crew.id, crew.name)
        return By("customer", follower.id, follower.customer.call if follower.customer else "")


#: Carries out one wish of a dialog: its facts for the texts that follow.
Verb = Callable[[Hand, Args], Results]


def moment(value: Any) -> dt.datetime | None:
    """The moment that a draft stored as ISO text; None for none."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) and value else value or None


def own_house(hand: Hand, project_id: Any) -> Project | None:
    """One of the person's own houses; anybody else's is as if it were not there."""
    if not project_id:
        return None
    return next((p for p in people.houses_of(hand.session, hand.follower.customer) if p.id == project_id), None)


def own_repair(hand: Hand, ticket_id: Any) -> Repair:
    """The person's own repair; NotFound for anybody else's, existing or not."""
    repair = hand.session.get(Repair, ticket_id)
    if repair is None or repair.follower_id != hand.follower.id:
        raise NotFound
    return repair


def family_repair(hand: Hand, ticket_id: Any) -> Repair:
    """A repair of the person or their household; NotFound for anybody else's, existing or not."""
    repair = hand.session.get(Repair, ticket_id)
    if repair is None or not watchers.belongs(hand.session, repair, hand.follower):
        raise NotFound
    return repair
