"""The page of a house: its phases, how far it is, and the newest photos. Nothing here changes a record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response
from sqlalchemy.orm import Session

from bot.links import DeadLink, Ticket
from bot.pages import frame
from bot.pages.frame import blueprint
from models.desk.account import hearing, household
from models.desk.house import phases, site
from models.houses import Project
from models.people import Follower
from models.talk import Attachment
from models.worktime import local_day

#: Photos on one page, the newest first.
MOST_SHOWN = 12


@dataclass(frozen=True)
class Step:
    """One phase: when it was planned and finished, and by how many days it is late."""

    name: str
    planned_on: dt.date | None
    actual_on: dt.date | None
    late: int = 0


@dataclass(frozen=True)
class HouseView:
    """The facts that the page needs."""

    house: str
    steps: Sequence[Step]
    #: How many phases are done.
    done: int
    photos: Sequence[Attachment]


def admitted(session: Session, ticket: Ticket) -> Project:
    """The link's house; DeadLink when its WeChat does not belong to it (any more), whatever the reason."""
    project, follower = session.get(Project, ticket.ticket_id), session.get(Follower, ticket.reader_id)
    if project is None or follower is None or household.member_of(session, project, follower.customer) is None:
        raise DeadLink("broken")
    if hearing.left(session, follower, project.id):
        raise DeadLink("broken")
    frame.speak_to(follower)
    return project


def view(session: Session, project: Project, *, now: dt.datetime) -> HouseView:
    """How far the house is at `now`."""
    rows = phases.of(session, project)
    at = phases.standing(rows, local_day(now))
    steps = [Step(row.name, row.planned_on, row.actual_on, at.late if row is at.upcoming else 0) for row in rows]
    return HouseView(project.label, steps, sum(step.actual_on is not None for step in steps), shown(session, project))


def shown(session: Session, project: Project) -> Sequence[Attachment]:
    """The photos that the page shows, and that its link admits to."""
    return site.latest(session, project.id, most=MOST_SHOWN)


@blueprint.get("/house/<token>")
def house(token: str) -> str:
    """How far a house is, for the WeChat that the link was made for, while it belongs to the house."""
    ticket = frame.ticket_of("house", token)
    with frame.readers()() as session:
        found = view(session, admitted(session, ticket), now=frame.door().clock())
    return frame.page("house", view=found, token=token)


@blueprint.get("/house/<token>/photos/<int:photo_id>")
def house_photo(token: str, photo_id: int) -> Response:
    """A picture of the link's own house; DeadLink for every other."""
    ticket = frame.ticket_of("house", token)
    with frame.readers()() as session:
        project = admitted(session, ticket)
        row = next((one for one in shown(session, project) if one.id == photo_id), None)
    return frame.picture(row)
