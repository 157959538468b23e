"""Moments of calls when the office's calendar changes: what a customer was told stays, the rest is reckoned anew."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.actors import SYSTEM
from models.callbacks import Callback
from models.desk import promises
from models.desk.callback import calls, control, slips
from models.promises import Promise
from models.rhythm import PhaseKind
from models.worktime import WorkCalendar

#: Why a call stands at another moment.
CHANGED = "办公日历改了"


def told(call: Callback) -> bool:
    """Whether the customer knows when we call: they named the moment, or agreed to it on the telephone."""
    last = call.attempts[-1] if call.attempts else None
    if last is not None and last.next_at == call.due_at:
        return last.outcome == "later"
    return call.purpose == calls.ASKED


def ahead(session: Session, now: dt.datetime) -> list[Callback]:
    """The calls that are owed and not late, held until the transaction ends."""
    query = (
        select(Callback)
        .where(Callback.state == "open", Callback.due_at > now)
        .options(selectinload(Callback.attempts), joinedload(Callback.slip))
        .order_by(Callback.id)
        .with_for_update(of=Callback)
    )
    return list(session.scalars(query).unique().all())


def follow(
    session: Session, before: WorkCalendar, after: WorkCalendar, *, now: dt.datetime
) -> tuple[int, list[Callback]]:
    """Calls whose moment nobody was told stand where the new calendar puts them; returns how many moved, and those
    that stay, being told.

    Nothing becomes late by it, and from when on it may be dialled moves along.
    """
    rows, hours = ahead(session, now), dict(session.execute(select(PhaseKind.name, PhaseKind.call_hours)).all())
    owed = _owed(session, [call.id for call in rows])
    moved, kept = 0, []
    for call in rows:
        if told(call):
            kept.append(call)
            continue
        promise = owed.get(call.id)
        due = _due(call, promise, hours, before, after)
        starts = call.from_at
        if starts is not None and not after.is_open(starts):
            starts = min(after.next_open(starts) or starts, due)
        if due > now and (due, starts) != (call.due_at, call.from_at):
            _move(call, promise, due, starts, now)
            moved += 1
    return moved, kept


def _owed(session: Session, ids: list[int]) -> dict[int, Promise]:
    query = select(Promise).join(Callback, Callback.id == Promise.callback_id)
    query = query.where(Callback.state == "open", Promise.met_at.is_(None), Promise.state.in_(("open", "paused")))
    wanted = set(ids)
    return {row.callback_id: row for row in session.scalars(query) if row.callback_id in wanted}


def _due(
    call: Callback, promise: Promise | None, hours: dict[str, Any], before: WorkCalendar, after: WorkCalendar
) -> dt.datetime:
    """The moment as it would have been found by the new calendar, where it was found by the old one."""
    if promise is not None and promise.policy.working_time:
        minutes = promise.policy.urgent_minutes if promise.urgent else promise.policy.minutes
        if before.add(call.asked_at, minutes) == call.due_at:
            return after.add(call.asked_at, minutes)
    for wished in _wished(call, hours):
        if before.next_open(max(wished, call.asked_at)) == call.due_at:
            return after.next_open(max(wished, call.asked_at)) or call.due_at
    return call.due_at if after.is_open(call.due_at) else after.next_open(call.due_at) or call.due_at


def _wished(call: Callback, hours: dict[str, Any]) -> Iterator[dt.datetime]:
    """The moment that what it asks about would have it, whatever the office's hours."""
    if call.hangs_on is not None and call.phase is not None:
        yield control.due(call.hangs_on, hours.get(call.phase.name) or 0, call.asked_at)
    if call.slip is not None and call.slip.current.promised_at is not None:
        yield call.slip.current.promised_at + slips.AFTERWARDS


def _move(
    call: Callback, promise: Promise | None, due: dt.datetime, starts: dt.datetime | None, now: dt.datetime
) -> None:
    if promise is not None and due != call.due_at:
        promises.name_anew(promise, due, now=now)
    call.due_at, call.from_at = due, starts
    call.tell("moved", by=SYSTEM, now=now, reason=CHANGED)
