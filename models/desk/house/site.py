"""Photos of a building site: whose house they show, in which phase they were taken, and the latest ones."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actors import By
from models.desk.house import phases
from models.errors import NotFound
from models.files import IMAGES, Stored
from models.household import HouseEvent
from models.houses import Crew, Phase, Project
from models.people import Follower
from models.talk import Attachment
from models.worktime import local_day

STAGE = "site"


def of_crew(session: Session, crew: Crew) -> Sequence[Project]:
    """The houses that a crew builds now, the newest contract first."""
    query = select(Project).where(Project.crew_id == crew.id, Project.stage == "building")
    return session.scalars(query.order_by(Project.id.desc())).all()


def receive(
    session: Session, project: Project, media: Sequence[str], *, sender: Follower, by: By, now: dt.datetime
) -> int:
    """Photos that a crew has just sent show this house; NotFound for a house that the crew does not build."""
    if sender.crew is None or project not in of_crew(session, sender.crew):
        raise NotFound
    sent = select(Attachment).where(
        Attachment.media_id.in_(list(media)), Attachment.follower_id == sender.id,
        Attachment.ticket_id.is_(None), Attachment.project_id.is_(None),
    )  # fmt: skip
    found = session.scalars(sent).all()
    _belong(session, project, None, found, by=by, now=now)
    return len(found)


def upload(
    session: Session, project: Project, phase: Phase | None, kept: Sequence[Stored], *, by: By, now: dt.datetime
) -> list[Attachment]:
    """Photos stored by a colleague show this house in this phase, or in the one that it is in."""
    rows = [
        Attachment(
            kind="image", state="fetched", path=one.path, content_type=one.content_type, size=one.size,
            created_at=now, fetched_at=now,
        )
        for one in kept
    ]  # fmt: skip
    session.add_all(rows)
    _belong(session, project, phase, rows, by=by, now=now)
    return rows


def _belong(
    session: Session, project: Project, phase: Phase | None, rows: Sequence[Attachment], *, by: By, now: dt.datetime
) -> None:
    current = phase or phases.standing(phases.of(session, project), local_day(now)).upcoming
    for row in rows:
        row.project_id, row.phase_id, row.stage = project.id, current.id if current else None, STAGE
    if rows:
        data = {"count": len(rows)} | ({"phase": current.name} if current else {})
        where = {"project_id": project.id, "phase_id": current.id if current else None}
        session.add(HouseEvent.told("photo", by=by, now=now, data=data, **where))
    session.flush()


def latest(session: Session, project_id: int, *, most: int = 12) -> Sequence[Attachment]:
    """The newest pictures of the site that can be shown, the newest first."""
    query = select(Attachment).where(
        Attachment.project_id == project_id, Attachment.state == "fetched", Attachment.content_type.in_(IMAGES)
    )
    return session.scalars(query.order_by(Attachment.id.desc()).limit(most)).all()
