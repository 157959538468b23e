"""Announcements 公告: shown from a day to a day, confirmed by each colleague once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.db import insert_into
from models.errors import Missing, NotFound
from models.staff import Role, Staff
from models.team import Announcement, Confirmation
from models.worktime import local_day

#: Announcements that one page shows.
MOST = 40


@dataclass(frozen=True)
class Notice:
    """Words for everybody, or for everybody of a role, from a day to a day."""

    words: str
    first: dt.date
    last: dt.date
    role: Role | None = None


def make(session: Session, notice: Notice, *, staff: Staff, now: dt.datetime) -> Announcement:
    """It is shown on those days. Refused without words, when it ends before it begins, and when that is past."""
    if not notice.words.strip():
        raise Missing(field="words")
    if notice.last < notice.first:
        raise Missing("errors.ends_before", field="last")
    if notice.last < local_day(now):
        raise Missing("errors.past_time", field="last")
    row = Announcement(
        words=notice.words.strip(), first_day=notice.first, last_day=notice.last, role=notice.role, author=staff,
        made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def withdraw(row: Announcement, *, now: dt.datetime) -> None:
    """Nobody is shown it any more; who confirmed it stays on record."""
    row.last_day = min(row.last_day, local_day(now) - dt.timedelta(days=1))


def shown(row: Announcement, *, now: dt.datetime) -> bool:
    """Whether it is one of today's."""
    return row.first_day <= local_day(now) <= row.last_day


def waiting(session: Session, staff: Staff, *, now: dt.datetime) -> Sequence[Announcement]:
    """What `staff` has yet to confirm, oldest first."""
    today = local_day(now)
    query = select(Announcement).where(
        Announcement.last_day >= today, Announcement.first_day <= today,
        or_(Announcement.role_id.is_(None), Announcement.role_id == staff.role_id),
        ~exists().where(Confirmation.announcement_id == Announcement.id, Confirmation.staff_id == staff.id),
    )  # fmt: skip
    return session.scalars(query.options(joinedload(Announcement.author)).order_by(Announcement.id)).all()


def confirm(session: Session, row: Announcement, staff: Staff, *, now: dt.datetime) -> None:
    """`staff` has read it; a second time changes nothing. NotFound for what is not shown to them."""
    if not shown(row, now=now) or row.role_id not in (None, staff.role_id):
        raise NotFound
    values = {"announcement_id": row.id, "staff_id": staff.id, "at": now}
    session.execute(insert_into(session, Confirmation).values(values).on_conflict_do_nothing())


def listed(session: Session) -> Sequence[Announcement]:
    """The latest, newest first, with who confirmed them."""
    people = selectinload(Announcement.confirmations).joinedload(Confirmation.staff)
    query = select(Announcement).options(joinedload(Announcement.author), joinedload(Announcement.role), people)
    return session.scalars(query.order_by(Announcement.id.desc()).limit(MOST)).all()


def missing(row: Announcement, colleagues: Sequence[Staff]) -> list[Staff]:
    """Of these colleagues those whom it is for and who have not confirmed it."""
    done = {one.staff_id for one in row.confirmations}
    return [one for one in colleagues if row.role_id in (None, one.role_id) and one.id not in done]
