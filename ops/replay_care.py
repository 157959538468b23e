"""Callbacks and slips of a replay's people: set up, printed, and when something about them is due."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.silence import HEAVY
from models.callbacks import Callback, Slip
from models.desk.callback import callbacks, surveys
from models.desk.talk import silence
from models.houses import Project
from models.outbound import Outgoing
from models.promises import Promise
from models.talk import Dialog
from models.worktime import SHANGHAI

Row = dict[str, Any]


def plant(session: Session, house: Project, told: Mapping[str, Any], now: dt.datetime) -> Callback:
    """A callback about a house stands before the first line; chat asks it at once where its occasion has a form."""
    purpose, words = str(told.get("purpose") or "control_point"), str(told.get("words") or "")
    key = f"replay:{house.id}:{purpose}:{words}"
    return callbacks.ask(session, purpose, about=house, now=now, words=words, key=key)


def ids(session: Session, followers: Collection[int]) -> tuple[list[int], list[int]]:
    """The slips and the callbacks of these people."""
    slips = session.scalars(select(Slip.id).where(Slip.follower_id.in_(followers)))
    calls = session.scalars(select(Callback.id).where(Callback.follower_id.in_(followers)))
    return list(slips), list(calls)


def records_of(session: Session, who: Mapping[int, str]) -> dict[str, list[Row]]:
    """The callbacks and slips of these people, in the order in which they came to be."""
    slips, calls = ids(session, who)
    found = session.scalars(select(Callback).where(Callback.id.in_(calls)).order_by(Callback.id))
    opened = session.scalars(select(Slip).where(Slip.id.in_(slips)).order_by(Slip.id))
    return {"callbacks": [_callback(row, who) for row in found], "slips": [_slip(row) for row in opened]}


def _callback(row: Callback, who: Mapping[int, str]) -> Row:
    return {
        "number": row.number, "who": who.get(row.follower_id or 0, ""), "purpose": row.purpose, "state": row.state,
        "words": row.words, "phone": row.phone, "due_at": _said(row.due_at), "from_at": _said(row.from_at),
        "owner": row.owner.name if row.owner else None, "valid": row.valid, "result": row.result,
        "attempts": [one.outcome for one in row.attempts],
    }  # fmt: skip


def _slip(row: Slip) -> Row:
    return {
        "number": row.number, "state": row.state, "round": row.round, "problem": row.problem, "source": row.source,
        "owner": row.owner.name if row.owner else None, "house": row.house,
        "rounds": [
            {"problem": one.problem, "measures": one.measures, "satisfied": one.satisfied} for one in row.rounds
        ],
    }  # fmt: skip


def _said(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(SHANGHAI).replace(microsecond=0).isoformat() if moment else None


def due_promises(session: Session, followers: Collection[int]) -> list[Promise]:
    """What is still owed about their callbacks and slips."""
    slips, calls = ids(session, followers)
    query = select(Promise).where(Promise.slip_id.in_(slips) | Promise.callback_id.in_(calls))
    return list(session.scalars(query.where(Promise.met_at.is_(None))))


def silences(session: Session, followers: Collection[int]) -> Iterator[dt.datetime]:
    """When somebody who fell silent hears from us."""
    for dialog, follower in silence.open_drafts(session, HEAVY, since=dt.datetime.min.replace(tzinfo=dt.UTC)):
        for at, text in silence.due(dialog) if follower.id in followers else ():
            known = select(Outgoing.id).where(Outgoing.dedupe_key == silence.key(dialog, text))
            if session.scalar(known) is None:
                yield at


def to_ask(session: Session, followers: Collection[int]) -> Iterator[dt.datetime]:
    """From when on chat asks one of their callbacks."""
    mine = set(ids(session, followers)[1])
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    for call in surveys.due_callbacks(session, now=latest):
        if call.id in mine:
            yield max(filter(None, (call.from_at, call.asked_at, _calm_at(session, call))))


def _calm_at(session: Session, call: Callback) -> dt.datetime | None:
    """When somebody who is in the middle of something else may be asked."""
    draft = session.scalar(select(Dialog.script).where(Dialog.follower_id == call.follower_id))
    heard = call.follower.last_heard_at if call.follower is not None else None
    return heard + surveys.CALM if heard and draft else None
