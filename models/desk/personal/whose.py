"""Whose it is: all WeChats and the file of one person, and the work that still goes on for them.

What belongs to somebody else of the household, to a crew or to a colleague is never part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from models import states
from models.callbacks import Slip
from models.people import Customer, Follower, ProjectMember
from models.work import Ticket

#: A case in one of these states is nobody's work any more.
OVER = states.FINAL


@dataclass(frozen=True)
class Whose:
    """One person: their file, if there is one, and every WeChat of theirs."""

    customer: int | None
    followers: tuple[int, ...] = ()
    openids: tuple[str, ...] = ()
    #: Files that their WeChats had before they were bound to this one, and that are nobody's now.
    left: tuple[int, ...] = ()

    @property
    def files(self) -> tuple[int, ...]:
        """Every file about the person."""
        return (*(() if self.customer is None else (self.customer,)), *self.left)

    @property
    def cases(self) -> ColumnElement[bool]:
        """Cases that the person reported; of those that came by phone the ones on their file."""
        by_phone = and_(of(Ticket.customer_id, self.files), Ticket.follower_id.is_(None))
        return or_(of(Ticket.follower_id, self.followers), by_phone)

    def to_json(self) -> dict[str, Any]:
        """As a request keeps it: once the WeChats are forgotten nobody could find them again."""
        lists = {"followers": self.followers, "openids": self.openids, "left": self.left}
        return {"customer": self.customer} | {name: list(value) for name, value in lists.items()}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Whose":
        """What `to_json` kept."""
        # A request that began before files were left behind knows of none.
        return cls(plain["customer"], tuple(plain["followers"]), tuple(plain["openids"]), tuple(plain.get("left", ())))


def of(column: Any, value: Any) -> ColumnElement[bool]:
    """Rows of one id or of several; none where there is nobody."""
    if value in (None, ()):
        return false()
    return column.in_(value) if isinstance(value, tuple) else column == value


def person(session: Session, follower: Follower | None, customer: Customer | None) -> Whose:
    """The person behind a WeChat or a file; WeChats that serve a crew or a colleague are not theirs."""
    customer = customer or (follower.customer if follower is not None else None)
    known = [follower] if follower is not None else []
    if customer is not None:
        query = select(Follower).where(Follower.customer_id == customer.id).order_by(Follower.id)
        known = [*session.scalars(query), *(one for one in known if one.customer_id != customer.id)]
    own = [one for one in known if one.crew_id is None and one.staff_id is None]
    file, followers = customer.id if customer is not None else None, tuple(one.id for one in own)
    return Whose(file, followers, tuple(one.openid for one in own), _left_behind(session, file, followers))


def _left_behind(session: Session, file: int | None, followers: tuple[int, ...]) -> tuple[int, ...]:
    """Whoever chats before they are bound has a file that their first case made; the contract's own takes its place.

    It stays behind with the name and phone that they gave, and only the case still says whose it was.
    """
    query = (
        select(Ticket.customer_id)
        .where(of(Ticket.follower_id, followers), Ticket.customer_id.is_not(None))
        .where(Ticket.customer_id.is_distinct_from(file))
        .where(~exists().where(Follower.customer_id == Ticket.customer_id))
        .where(~exists().where(ProjectMember.customer_id == Ticket.customer_id))
    )
    return tuple(session.scalars(query.distinct().order_by(Ticket.customer_id)))


def open_cases(session: Session, who: Whose, *, but: int | None = None) -> Sequence[Ticket]:
    """The cases that go on for the person, oldest first; `but` is one that does not count."""
    query = select(Ticket).where(who.cases, Ticket.state.not_in(OVER), Ticket.id != (but or 0))
    return session.scalars(query.order_by(Ticket.id)).all()


def open_slips(session: Session, who: Whose) -> Sequence[Slip]:
    """The slips on which somebody still owes the person an answer."""
    mine = or_(of(Slip.follower_id, who.followers), of(Slip.customer_id, who.files))
    return session.scalars(select(Slip).where(mine, Slip.state != "closed").order_by(Slip.id)).all()


def lets_go() -> ColumnElement[bool]:
    """Followers for whose person nothing goes on: no contract, no open case or slip, no WeChat that follows."""
    own = aliased(Follower)
    same = or_(own.id == Follower.id, own.customer_id == Follower.customer_id)
    mine = select(own.id).where(same, own.crew_id.is_(None), own.staff_id.is_(None)).correlate(Follower)
    filed = and_(Ticket.customer_id == Follower.customer_id, Ticket.follower_id.is_(None))
    held = (
        exists().where(ProjectMember.customer_id == Follower.customer_id),
        exists().where(or_(Ticket.follower_id.in_(mine), filed), Ticket.state.not_in(OVER)),
        exists().where(
            or_(Slip.follower_id.in_(mine), Slip.customer_id == Follower.customer_id), Slip.state != "closed"
        ),
        mine.where(own.subscribed).exists(),
    )
    return ~or_(*held)


def follows(session: Session, who: Whose) -> bool:
    """Whether any WeChat of the person follows us."""
    return (
        session.scalar(select(Follower.id).where(of(Follower.id, who.followers), Follower.subscribed).limit(1))
        is not None
    )


def contracts(session: Session, who: Whose) -> Sequence[int]:
    """The houses that a contract ties the person to."""
    query = select(ProjectMember.project_id).where(of(ProjectMember.customer_id, who.customer))
    return session.scalars(query.order_by(ProjectMember.project_id)).all()
