"""Who is in a campaign, who is out and why: before the start as it would be, afterwards as it is.

Whoever may not see complaints must not learn of one here either: such reasons read “for another reason”, and are
counted together with others that read the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin import base, faces, hidden, place
from admin.words import known, name_of, t
from models import Campaign, Follower, Outgoing, ProjectMember, Recipient
from models.desk.delivery import terms
from models.desk.marketing import reach
from models.desk.marketing.reach import Lot
from models.houses import Project

#: Rows on one page; people that a preview looks through for them.
PAGE, LOOKED = 40, 2000
FILTERS = {
    "all": None, "sent": ("sent",), "waiting": ("queued", "sending", "held"),
    "lost": ("refused", "expired", "unknown", "cancelled"), "out": (),
}  # fmt: skip


class Faces:
    """How reasons read to the person who asks."""

    def why(self, reason: str) -> str:
        """The reason in a few words."""
        if not hidden.tells(reason):
            return t("why.other")
        return t(f"why.{reason}") if known(f"why.{reason}") else t("why.other")

    def merged(self, counts: Mapping[str, int]) -> list[tuple[str, int]]:
        """Reasons as they read, the most frequent first; those that read the same are one."""
        told: Counter[str] = Counter()
        for reason, count in counts.items():
            told[self.why(reason)] += count
        return told.most_common()


@dataclass(frozen=True)
class Line:
    """One person on the page."""

    follower: Follower
    house: str
    state: str
    reason: str
    way: str
    at: Any = None


@dataclass(frozen=True)
class People:
    """One page of people; `more` is where the next begins, 0 on the last."""

    lines: Sequence[Line]
    shown: str
    more: int
    planned: bool


def page(session: Session, campaign: Campaign, house: terms.House) -> People:
    """The people whom the request asks for."""
    shown = request.args.get("people", "all")
    shown = shown if shown in FILTERS else "all"
    after = base.number("after", request.args) or 0
    if campaign.started_at is None:
        return _planned(session, campaign, house, shown)
    rows = session.scalars(_query(campaign, shown, after).limit(PAGE + 1)).all()
    more = rows[PAGE - 1].id if len(rows) > PAGE else 0
    return People(_lines(session, rows[:PAGE]), shown, more, planned=False)


def _planned(session: Session, campaign: Campaign, house: terms.House, shown: str) -> People:
    """The first of those who would be in or out."""
    if not campaign.audience:
        return People((), shown, 0, planned=True)
    lots: list[Lot] = []
    for _row, lot in reach.lots(session, campaign, house, now=place.now(), most=LOOKED):
        if shown == "all" or (shown == "out") == bool(lot.reason):
            lots.append(lot)
        if len(lots) >= PAGE:
            break
    people = _people(session, [lot.follower_id for lot in lots])
    houses = _houses(session, people.values())
    lines = []
    for lot in lots:
        person, where = people[lot.follower_id], "out" if lot.reason else "in"
        lines.append(Line(person, houses.get(person.customer_id, ""), where, lot.reason, "" if lot.reason else lot.way))
    return People(lines, shown, 0, planned=True)


def _query(campaign: Campaign, shown: str, after: int) -> Any:
    query = (
        select(Recipient)
        .where(Recipient.campaign_id == campaign.id, Recipient.id > after)
        .options(
            joinedload(Recipient.outgoing), joinedload(Recipient.follower).joinedload(Follower.customer),
            joinedload(Recipient.follower).joinedload(Follower.crew),
            joinedload(Recipient.follower).joinedload(Follower.staff),
        )
        .order_by(Recipient.id)
    )  # fmt: skip
    if shown == "out":
        return query.where(Recipient.reason != "")
    if states := FILTERS[shown]:
        return query.join(Outgoing, Outgoing.id == Recipient.outgoing_id).where(Outgoing.state.in_(states))
    return query


def _lines(session: Session, rows: Sequence[Recipient]) -> list[Line]:
    houses = _houses(session, [row.follower for row in rows])
    return [_line(row, houses.get(row.follower.customer_id, "")) for row in rows]


def _line(row: Recipient, house: str) -> Line:
    letter = row.outgoing
    if letter is None:
        return Line(row.follower, house, "out", row.reason, "")
    return Line(row.follower, house, letter.state, letter.reason, letter.rung, letter.settled_at)


def _people(session: Session, ids: Sequence[int]) -> dict[int, Follower]:
    query = select(Follower).where(Follower.id.in_(ids)).options(joinedload(Follower.customer))
    return {one.id: one for one in session.scalars(query)}


def _houses(session: Session, people: Any) -> dict[int | None, str]:
    """The first house of each of these people's, as people say it."""
    ids = {one.customer_id for one in people if one.customer_id}
    query = (
        select(ProjectMember.customer_id, Project)
        .join(Project, Project.id == ProjectMember.project_id)
        .where(ProjectMember.customer_id.in_(ids))
        .options(joinedload(Project.estate))
        .order_by(Project.id.desc())
    )
    return {customer_id: project.label for customer_id, project in session.execute(query)} if ids else {}


def table(session: Session, campaign: Campaign, told: Faces, most: int) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of everybody, for a spreadsheet."""
    heads = [t(f"campaign.head.{name}") for name in ("person", "house", "state", "why", "way", "at")]
    rows = session.scalars(_query(campaign, "all", 0).limit(most)).all()
    return heads, [
        [str(line.follower), line.house, name_of("recipient", line.state), told.why(line.reason) if line.reason else "",
         name_of("rung", line.way), faces.full(line.at) if line.at else ""]
        for line in _lines(session, rows)
    ]  # fmt: skip
