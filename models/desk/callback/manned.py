"""Whether somebody is there when a call is due: what an edit of the roster moves, what customers were told with nobody.

A call that nobody was told goes to whoever is there, else to the next moment at which somebody is. What a customer was
told stays, and is a matter for the lead while nobody of the role is there: once for each moment, settled by itself.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from models.actors import SYSTEM
from models.callbacks import Callback, CallbackAttempt
from models.desk import escalations
from models.desk.callback import callbacks, calls, moments
from models.desk.complaint import sight
from models.desk.staff import calendar, duty
from models.rota import Rota
from models.work import Escalation
from models.worktime import SHANGHAI, at_clock, local_day

#: The kind of matter: a customer was told a moment at which nobody of us is there.
KIND = "told_unmanned"
#: How far ahead is looked: inside what duty reads of the roster.
AHEAD = dt.timedelta(days=12)
#: A shift that ends at the due minute was there for the call.
LAST = dt.timedelta(minutes=1)
#: Why a call has another owner or moment, and how a matter is settled.
CHANGED, MANNED, AGREED = "排班改了", "到时有人在了", "已另约或已办结"
ROLE = "agent"
#: Turns and members of each role.
Rotas = Mapping[str, tuple[Rota, set[int]]]


@dataclass(frozen=True)
class Moved:
    """What an edit of the roster did: calls in other hands, calls at another moment, told moments with nobody."""

    given: int
    calls: int
    clashes: int


def rotas(session: Session, *, now: dt.datetime) -> Rotas:
    """Who is there when, as it stands: to be kept from before an edit."""
    session.flush()
    return duty.rotas(session, now=now)


def follow(session: Session, before: Rotas, *, now: dt.datetime) -> Moved:
    """The roster was `before` and is another one now: calls whose owner lost the shift they fall into are in the hands
    of who has it; where nobody has it, what nobody was told moves to when somebody is there next.

    What others decided (an owner who never had that shift) stays. Calls beyond the days that are read stay, too.
    """
    after, did = rotas(session, now=now), Counter[str]()
    for call in _ahead(session, now):
        role = call.owner.role.name if call.owner is not None and call.owner.role.name in after else ROLE
        if not _lost(before, after, role, call):
            continue
        there = _there(after, role, call.due_at) - sight.shut_out(session, call)
        if there:
            _give(session, call, there, now)
            did["given"] += 1
        elif not moments.told(call) and (moment := _next(session, after[role], call, now)) is not None:
            callbacks.reschedule(session, call, moment, by=SYSTEM, now=now, reason=CHANGED)
            _give(session, call, _there(after, role, call.due_at) - sight.shut_out(session, call), now)
            did["calls"] += 1
    return Moved(did["given"], did["calls"], watch(session, now=now))


def _give(session: Session, call: Callback, ids: Collection[int], now: dt.datetime) -> None:
    heir = None if call.owner_id in ids else callbacks.least_called(session, ids)
    if heir is not None:
        callbacks.assign(session, call, heir, by=SYSTEM, now=now)


def _ahead(session: Session, now: dt.datetime) -> Sequence[Callback]:
    """Open calls of the days that are read, held until the transaction ends."""
    query = select(Callback).where(Callback.state == "open", Callback.due_at.between(now, now + AHEAD))
    return session.scalars(query.order_by(Callback.id).with_for_update(of=Callback)).all()


def _lost(before: Rotas, after: Rotas, role: str, call: Callback) -> bool:
    """Whether whoever would have made it is not there any more: its owner, or everybody."""
    had, has = _there(before, role, call.due_at), _there(after, role, call.due_at)
    if call.owner_id is None:
        return bool(had) and not has
    return call.owner_id in had and call.owner_id not in has


def _there(known: Rotas, role: str, at: dt.datetime) -> set[int]:
    rota, members = known.get(role, (Rota(), set()))
    return rota.there(members, at) | rota.there(members, at - LAST)


def _next(session: Session, known: tuple[Rota, set[int]], call: Callback, now: dt.datetime) -> dt.datetime | None:
    """The first moment from then on at which the office is open and somebody of the role is there; None when none of
    the days that are read has one."""
    (rota, members), office, at = known, calendar.office(session), call.due_at
    mornings = (at_clock(local_day(at) + dt.timedelta(days=n)) for n in range(AHEAD.days))
    begins = {at, *mornings, *(turn.starts for turn in rota.turns)}
    opens = sorted(filter(None, (office.next_open(one) for one in begins if at <= one <= now + AHEAD)))
    return next((one for one in opens if rota.there(members, one) - sight.shut_out(session, call)), None)


def watch(session: Session, *, now: dt.datetime) -> int:
    """Each moment that a customer was told and at which nobody is there is a matter for the lead; what is settled by
    itself is settled. Returns how many are new. Safe as often as one likes."""
    known = rotas(session, now=now)
    bare = {_key(call): call for call in _told(session, now) if not _manned(session, known, call)}
    query = select(Escalation).where(Escalation.kind == KIND)
    raised = {row.cause_key: row for row in session.scalars(query.where(Escalation.callback_id.in_(
        [call.id for call in bare.values()])))}  # fmt: skip
    for key, call in bare.items():
        if key not in raised:
            words = f"{call.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            escalations.raise_(session, KIND, call, words=words, now=now, cause=_cause(call))
    for row in session.scalars(query.where(Escalation.state != "resolved").with_for_update(skip_locked=True)).all():
        _settle(session, row, bare, now)
    return len(bare.keys() - raised.keys())


def _settle(session: Session, row: Escalation, bare: Mapping[str, Callback], now: dt.datetime) -> None:
    """A matter whose moment has somebody again, or is none any more, is settled; one that has come stays open."""
    call = row.callback
    if call is None or row.cause_key in bare:
        return
    stands = call.is_open and _key(call) == row.cause_key
    if not stands or call.due_at > now:
        escalations.lapse(session, row, words=MANNED if stands else AGREED, now=now)


def _told(session: Session, now: dt.datetime) -> list[Callback]:
    agreed = exists().where(
        CallbackAttempt.callback_id == Callback.id, CallbackAttempt.outcome == "later",
        CallbackAttempt.next_at == Callback.due_at,
    )  # fmt: skip
    query = select(Callback).where(
        Callback.state == "open", Callback.due_at > now, Callback.due_at <= now + AHEAD,
        or_(Callback.purpose == calls.ASKED, agreed),
    )  # fmt: skip
    rows = session.scalars(query.options(selectinload(Callback.attempts)).order_by(Callback.id)).all()
    return [call for call in rows if moments.told(call)]


def _manned(session: Session, known: Rotas, call: Callback) -> bool:
    """Somebody of the desk is there then, or its owner, or whoever stands in for them."""
    at, shut, owner = call.due_at, sight.shut_out(session, call), call.owner
    if _there(known, ROLE, at) - shut:
        return True
    if owner is None or owner.role.name not in known:
        return False
    stand_in = known[owner.role.name][0].stand_in(owner.id, at)
    if stand_in is None or stand_in in shut:
        return False
    return stand_in != owner.id or owner.id in _there(known, owner.role.name, at)


def _cause(call: Callback) -> str:
    return f"{call.due_at.astimezone(SHANGHAI):%Y%m%d%H%M}"


def _key(call: Callback) -> str:
    return escalations.key_of(call, KIND, _cause(call))
