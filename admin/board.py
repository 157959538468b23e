"""The board of repairs: which rows, in which order, with which promise; a fixed number of queries however long it is.

Rows with an open promise come first, the earliest first; those without follow, the newest first. Paging goes by key
(“after this row”), so page 400 costs what page 1 costs and nothing is shown twice when rows move.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from admin import base
from models import Customer, Estate, Policy, Project, Promise, Repair
from models.desk.repair import finishing
from models.work import MOVES, OPEN_STATES

SIZE = 30
#: The first columns of the board, in the order of their chips.
VIEWS = ("open", "late", "near", "overdue", "unassigned", "mine", "all")
NEAR = dt.timedelta(minutes=60)
UNASSIGNED = ("reported", "handed_back", "reopened")


@dataclass(frozen=True)
class Wish:
    """What the person wants to see."""

    view: str = "open"
    state: str = ""
    urgent: bool = False
    crew_id: int | None = None
    search: str = ""
    staff_id: int | None = None
    after: str = ""


@dataclass
class Page:
    """One page of the board. `more` is the key of the next page, empty on the last."""

    rows: Sequence[Repair]
    promises: dict[int, Promise]
    more: str = ""
    wish: Wish = field(default_factory=Wish)


def page(session: Session, wish: Wish, *, now: dt.datetime) -> Page:
    """The rows that `wish` asks for."""
    query = _narrowed(wish, now).options(
        joinedload(Repair.project).joinedload(Project.estate),
        joinedload(Repair.customer),
        joinedload(Repair.crew),
        joinedload(Repair.owner),
    )
    rows = _with_promise(session, query, wish) + _without_promise(session, query, wish)
    rows, more = rows[:SIZE], len(rows) > SIZE
    return Page(rows, next_promises(session, [row.id for row in rows]), _key(rows[-1]) if more else "", wish)


def next_promises(session: Session, ids: Sequence[int]) -> dict[int, Promise]:
    """The earliest promise that is still owed, by ticket; one query for all of them."""
    owed = select(Promise).where(Promise.ticket_id.in_(ids), Promise.met_at.is_(None), Promise.state != "dropped")
    found: dict[int, Promise] = {}
    query = owed.options(selectinload(Promise.policy)).order_by(Promise.due_at.desc())
    for promise in session.scalars(query):
        found[promise.ticket_id or 0] = promise
    return found


def _narrowed(wish: Wish, now: dt.datetime) -> Select[tuple[Repair]]:
    query = select(Repair).where(Repair.kind == "repair")
    if wish.view != "all" and not wish.state:
        query = query.where(Repair.state.in_(sorted(OPEN_STATES)))
    if wish.view == "late":
        query = query.where(Repair.next_due_at < now)
    elif wish.view == "overdue":
        query = query.where(Repair.id.in_(_overdue(now)))
    elif wish.view == "near":
        query = query.where(Repair.next_due_at.between(now, now + NEAR))
    elif wish.view == "unassigned":
        query = query.where(Repair.state.in_(UNASSIGNED))
    elif wish.view == "mine":
        query = query.where(Repair.owner_id == wish.staff_id)
    if wish.state in MOVES:
        query = query.where(Repair.state == wish.state)
    if wish.urgent:
        query = query.where(Repair.urgent)
    if wish.crew_id:
        query = query.where(Repair.crew_id == wish.crew_id)
    return query.where(matches(wish.search)) if wish.search else query


def _overdue(now: dt.datetime) -> Select[tuple[int | None]]:
    """The cases that were not finished in time: what the review twice a week looks at."""
    limit = Policy.name.in_(finishing.NAMES)
    return select(Promise.ticket_id).join(Policy).where(limit, *finishing.past(now))


def matches(text: str) -> ColumnElement[bool]:
    """Number, words, names and houses; a phone only as a whole or by its last four digits."""
    houses = (
        select(Project.id)
        .join(Estate)
        .where((Estate.name + Project.building + Project.room).icontains(text.replace(" ", ""), autoescape=True))
    )
    named = select(Customer.id).where(Customer.name.icontains(text, autoescape=True))
    found = [
        Repair.number.icontains(text, autoescape=True),
        Repair.project_id.in_(houses),
        Repair.customer_id.in_(named),
    ]
    if not text.isdigit():
        # Words of customers hold phones: digits are not looked for in them, or pieces could be guessed.
        spoken = (Repair.problem, Repair.house_text, Repair.contact_name)
        found += [column.icontains(text, autoescape=True) for column in spoken]
    elif len(text) in (4, 11):
        found.append(Repair.contact_phone.endswith(text, autoescape=True))
    return or_(*found)


def _with_promise(session: Session, query: Select[tuple[Repair]], wish: Wish) -> list[Repair]:
    kind, moment, number = _parsed(wish.after)
    if kind == "n":
        return []
    query = query.where(Repair.next_due_at.is_not(None))
    if kind == "d":
        later = Repair.next_due_at > moment
        query = query.where(or_(later, and_(Repair.next_due_at == moment, Repair.id > number)))
    return list(session.scalars(query.order_by(Repair.next_due_at, Repair.id).limit(SIZE + 1)))


def _without_promise(session: Session, query: Select[tuple[Repair]], wish: Wish) -> list[Repair]:
    kind, _, number = _parsed(wish.after)
    query = query.where(Repair.next_due_at.is_(None))
    if kind == "n":
        query = query.where(Repair.id < number)
    return list(session.scalars(query.order_by(Repair.id.desc()).limit(SIZE + 1)))


def _key(row: Repair) -> str:
    return f"d~{base.key_of(row.next_due_at, row.id)}" if row.next_due_at else f"n~~{row.id}"


def _parsed(after: str) -> tuple[str, dt.datetime | None, int]:
    """The key of the row before this page; nonsense is the first page."""
    kind, _, rest = after.partition("~")
    if kind == "d" and (key := base.key(rest)):
        return kind, *key
    number = base.number("n", {"n": rest.removeprefix("~")})
    return (kind, None, number) if kind == "n" and number else ("", None, 0)
