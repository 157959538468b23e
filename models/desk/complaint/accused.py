"""Whom a complaint is about: named by the customer's words, else by the records of the house."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.houses import Crew, Project
from models.people import Follower
from models.staff import Staff
from models.talk import Conversation, Message
from models.work import Repair

#: A name shorter than this occurs by chance in any sentence.
NAME_FROM = 2


def accused(
    session: Session, follower: Follower | None, project: Project | None, target: str, words: str
) -> tuple[Staff | None, Crew | None]:
    """The colleague and the crew that are meant; (None, None) when neither words nor records name anybody."""
    colleague = _named(session, words)
    crew = _named_crew(session, project, words)
    if colleague is None and target == "监理" and project is not None:
        colleague = project.supervisor
    if colleague is None and target == "客服" and follower is not None:
        colleague = _who_wrote(session, follower)
    if crew is None and target == "工队":
        crew = _at_work(session, follower, project)
    return colleague, crew


def _named(session: Session, words: str) -> Staff | None:
    rows = session.scalars(select(Staff).where(Staff.active).order_by(Staff.id))
    return next((row for row in rows if len(row.name) >= NAME_FROM and row.name in words), None)


def _named_crew(session: Session, project: Project | None, words: str) -> Crew | None:
    """A crew by its name; of several 王师傅 the one of the house."""
    found = [row for row in session.scalars(select(Crew).order_by(Crew.id)) if row.name and row.name in words]
    own = project.crew if project is not None else None
    return own if own in found else next(iter(found), None)


def _who_wrote(session: Session, follower: Follower) -> Staff | None:
    """The colleague who talks with this customer, or was the last to."""
    query = (
        select(Staff)
        .join(Message, Message.staff_id == Staff.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.follower_id == follower.id, Message.direction == "out")
    )
    return session.scalars(query.order_by(Message.id.desc()).limit(1)).first()


def _at_work(session: Session, follower: Follower | None, project: Project | None) -> Crew | None:
    """The crew that was last given a repair of this person or house, else the crew of the house."""
    whose = []
    if project is not None:
        whose.append(Repair.project_id == project.id)
    if follower is not None:
        whose.append(Repair.follower_id == follower.id)
    if whose:
        query = select(Repair).where(or_(*whose), Repair.crew_id.is_not(None)).order_by(Repair.id.desc()).limit(1)
        if (last := session.scalars(query).first()) is not None:
            return last.crew
    return project.crew if project is not None else None
