"""Who answers for something now: by the roster, absences with their substitutes, and the fewest open matters.

Nobody is asked who is away or has left. Out of hours it is whoever is on duty next: a matter always has an owner.
"""

import datetime as dt
import itertools
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models.people import Follower
from models.roster import Absence, RosterEntry, Shift
from models.rota import Away, Rota, Turn, window
from models.staff import Role, Staff
from models.work import Escalation, Ticket

#: Who steps in when a role has nobody there.
FALLBACK = {"designer": "agent", "agent": "manager", "engineer": "manager", "marketing": "manager", "manager": "admin"}

#: The states of an enquiry in which it is work for somebody.
LEADS = ("new", "contacted", "visiting")
#: How far ahead the roster is read for who is on duty next.
AHEAD = dt.timedelta(days=14)


def pick(session: Session, role: str, *, now: dt.datetime, without: Collection[int] = ()) -> Staff | None:
    """The least loaded person on duty in `role`, else in the role that stands in; None in an empty house.

    `without` are the ids of those whom the matter must not reach. When everybody is away it is somebody all the same.
    """
    chain = [role]
    while chain[-1] in FALLBACK:
        chain.append(FALLBACK[chain[-1]])
    there = (on_duty(session, name, now=now, without=without) for name in chain)
    away = (_members(session, name, without) for name in chain)
    ids = next(filter(None, itertools.chain(there, away)), None)
    return _least_loaded(session, ids) if ids else None


def on_duty(session: Session, role: str, *, now: dt.datetime, without: Collection[int] = ()) -> set[int]:
    """The ids of those who look after what belongs to `role` at `now`; empty: the role that stands in does."""
    members = _members(session, role, ())
    return rota(session, members, now=now, without=without).on_duty(members, now) if members else set()


def rotas(session: Session, *, now: dt.datetime) -> dict[str, tuple[Rota, set[int]]]:
    """For every role that anybody has, the turns around `now` with everybody's absences, and who is of it."""
    members: dict[str, set[int]] = {}
    for name, one in session.execute(select(Role.name, Staff.id).join(Staff.role).where(Staff.active)):
        members.setdefault(name, set()).add(one)
    whole = rota(session, set().union(*members.values()), now=now)
    return {
        name: (Rota([turn for turn in whole.turns if turn.staff_id in ids], whole.aways, whole.fit), ids)
        for name, ids in members.items()
    }


def rota(session: Session, members: Collection[int], *, now: dt.datetime, without: Collection[int] = ()) -> Rota:
    """The turns of these people around `now`, and everybody's absences."""
    first = now.date() - dt.timedelta(days=1)
    query = (
        select(RosterEntry.staff_id, RosterEntry.day, Shift.starts, Shift.ends)
        .join(Shift)
        .where(RosterEntry.day.between(first, first + AHEAD), RosterEntry.staff_id.in_(members))
    )
    turns = [Turn(who, day, *window(day, starts, ends)) for who, day, starts, ends in session.execute(query)]
    return Rota(turns, _aways(session, now), _fit(session, without))


def everywhere(session: Session, *, now: dt.datetime) -> dict[str, list[Staff]]:
    """Who is on duty now in each role that anybody has, by the role's name; who stands in stands there."""
    people = {row.id: row for row in session.scalars(select(Staff).where(Staff.active).options(joinedload(Staff.role)))}
    whole = rota(session, people, now=now)
    found: dict[str, list[Staff]] = {}
    for name in dict.fromkeys(row.role.name for row in people.values()):
        members = {row.id for row in people.values() if row.role.name == name}
        own = Rota([turn for turn in whole.turns if turn.staff_id in members], whole.aways, whole.fit)
        found[name] = [people[one] for one in sorted(own.on_duty(members, now))]
    return found


def present(session: Session, staff: Staff | None, *, now: dt.datetime, without: Collection[int] = ()) -> Staff | None:
    """`staff`, while they are away whoever stands in for them; None when nobody does, or they have left."""
    if staff is None or not staff.active:
        return None
    aways = [one for one in _aways(session, now) if one.starts <= now]
    if not any(one.staff_id == staff.id for one in aways):
        return staff if staff.id not in without else None
    found = Rota((), aways, _fit(session, without)).stand_in(staff.id, now)
    return session.get(Staff, found) if found is not None else None


def answers(session: Session, staff: Staff | None, *, now: dt.datetime, without: Collection[int] = ()) -> Staff | None:
    """Who sees to what comes up about a matter of `staff`: themselves, while they are away whoever stands in.

    After their shift it is a colleague of the same role who is on one; while nobody is, it stays theirs.
    """
    there = present(session, staff, now=now, without=without)
    if there is None or there is not staff:
        return there
    members = _members(session, staff.role.name, ())
    shift = rota(session, members, now=now, without=without).on_shift(now)
    return there if not shift or there.id in shift else _least_loaded(session, shift)


def _aways(session: Session, now: dt.datetime) -> list[Away]:
    query = select(Absence.staff_id, Absence.starts_at, Absence.ends_at, Absence.substitute_id).where(
        Absence.ends_at > now, Absence.starts_at < now + AHEAD, Absence.dropped_at.is_(None)
    )
    return [Away(*row) for row in session.execute(query.order_by(Absence.id))]


def _members(session: Session, role: str, without: Collection[int]) -> set[int]:
    query = select(Staff.id).join(Role).where(Role.name == role, Staff.active, Staff.id.not_in(without))
    return set(session.scalars(query))


def _fit(session: Session, without: Collection[int]) -> set[int]:
    return set(session.scalars(select(Staff.id).where(Staff.active, Staff.id.not_in(without))))


def _least_loaded(session: Session, ids: Collection[int]) -> Staff | None:
    matters = select(func.count()).where(Escalation.owner_id == Staff.id, Escalation.state != "resolved")
    leads = select(func.count()).where(Ticket.owner_id == Staff.id, Ticket.kind == "enquiry", Ticket.state.in_(LEADS))
    load = matters.scalar_subquery() + leads.scalar_subquery()
    return session.scalar(select(Staff).where(Staff.id.in_(ids)).order_by(load, Staff.id).limit(1))


def pick_able(
    session: Session, role: str, permission: str, *, now: dt.datetime, without: Collection[int] = ()
) -> Staff | None:
    """The same as `pick`, but nobody who lacks `permission` while anybody has it; who is there goes first."""
    found = pick(session, role, now=now, without=without)
    if found is not None and found.may(permission):
        return found
    others = able(session, permission, without=without)
    there = (one for one in others if present(session, one, now=now) is one)
    return next(there, None) or next(iter(others), found)


def able(session: Session, permission: str, *, without: Collection[int] = ()) -> list[Staff]:
    """Everybody active whose role has `permission`, by name; without those whom the matter must not reach."""
    query = select(Staff).where(Staff.active, Staff.id.not_in(without)).order_by(Staff.name, Staff.id)
    return [person for person in session.scalars(query) if person.may(permission)]


def above(session: Session, staff: Staff | None, *, now: dt.datetime, without: Collection[int] = ()) -> Staff | None:
    """Who is told when `staff` let something slip: a manager on duty; above one manager another, or the same again.

    Never the administrator, who by default may not read cases, and nobody in `without`.
    """
    managers = _members(session, "manager", without)
    there = rota(session, managers, now=now, without=without)
    for ids in (there.on_duty(managers, now), there.stand_ins(managers, now), managers):
        others = sorted(one for one in ids if one in managers and (staff is None or one != staff.id))
        if others:
            return session.get(Staff, others[0])
    return staff or pick(session, "manager", now=now, without=without)


def wechat_of(session: Session, staff: Staff) -> Follower | None:
    """The WeChat that a member of staff bound, if they still follow."""
    query = select(Follower).where(Follower.staff_id == staff.id, Follower.subscribed).order_by(Follower.id)
    return session.scalars(query).first()
