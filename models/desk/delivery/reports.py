"""Delivery reports: the platform's later word on what it had accepted, matched to the message whichever came first.

A report may arrive before the worker has written down the number it is about. Then it waits here, and whoever comes
second finds the other; when both look at the same moment and neither sees the other, the sweep does.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaigns import MassSend
from models.db import insert_into
from models.desk.delivery import consents, undelivered
from models.outbound import DeliveryReport, Outgoing

#: Event -> the rung it reports on.
RUNGS = {"templatesendjobfinish": "template", "subscribe_msg_sent_event": "subscribe", "masssendjobfinish": "mass"}
COUNTS = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
#: A report that has found nothing by then is about a message of somebody else's, sent from the console.
WAITS = dt.timedelta(days=1)


@dataclass(frozen=True)
class Word:
    """One report as pushed: about which message, and what became of it."""

    rung: str
    platform_id: str
    delivered: bool
    status: str
    counts: Mapping[str, int] = field(default_factory=dict)


def words(event: str, fields: Mapping[str, Any]) -> list[Word]:
    """The reports in a push; a list of subscription notices holds several."""
    rung = RUNGS[event]
    if rung == "subscribe":
        return [
            Word(rung, str(one["MsgID"]), str(one.get("ErrorCode", "0")) == "0", str(one.get("ErrorStatus", "")))
            for one in consents.entries(event, fields)
            if one.get("MsgID")
        ]
    number, status = str(fields.get("MsgID", "")), str(fields.get("Status", ""))
    counts = {name: int(fields[name]) for name in COUNTS if str(fields.get(name, "")).isdigit()}
    good = status.lower() in ("success", "send success", "sendsuccess")
    return [Word(rung, number, good, status, counts)] if number else []


def hear(session: Session, event: str, fields: Mapping[str, Any], *, now: dt.datetime) -> int:
    """Each report of this push is on file once and has reached its message if we know that; returns how many did."""
    found = 0
    for word in words(event, fields):
        row = {
            "rung": word.rung, "platform_id": word.platform_id[:64], "delivered": word.delivered,
            "status": word.status[:200], "counts": dict(word.counts), "at": now,
        }  # fmt: skip
        once = (
            insert_into(session, DeliveryReport)
            .values(row)
            .on_conflict_do_nothing(index_elements=["rung", "platform_id"])
        )
        report = session.scalars(once.returning(DeliveryReport)).one_or_none()
        if report is not None:
            found += _apply(session, report, now)
    return found


def match(session: Session, row: Outgoing, *, now: dt.datetime) -> None:
    """A report that was faster than our own writing reaches its message."""
    if row.platform_id:
        query = select(DeliveryReport).where(
            DeliveryReport.rung == row.rung, DeliveryReport.platform_id == row.platform_id
        )
        report = session.scalars(query).one_or_none()
        if report is not None:
            _tell(session, row, report, now)


def sweep(session: Session, *, now: dt.datetime) -> int:
    """Reports and messages that have missed each other meet; returns how many did."""
    query = select(DeliveryReport).where(DeliveryReport.matched_at.is_(None), DeliveryReport.at > now - WAITS)
    return sum(_apply(session, report, now) for report in session.scalars(query.order_by(DeliveryReport.id).limit(500)))


def match_mass(session: Session, send: MassSend, *, now: dt.datetime) -> None:
    """A report that was faster than our own writing reaches its mass send."""
    query = select(DeliveryReport).where(DeliveryReport.rung == "mass", DeliveryReport.platform_id == send.msg_id)
    report = session.scalars(query).one_or_none() if send.msg_id else None
    if report is not None:
        _tell_mass(send, report, now)


def _apply(session: Session, report: DeliveryReport, now: dt.datetime) -> bool:
    if report.rung == "mass":
        send = session.scalars(select(MassSend).where(MassSend.msg_id == report.platform_id)).first()
        if send is not None:
            _tell_mass(send, report, now)
        return send is not None
    query = select(Outgoing).where(Outgoing.platform_id == report.platform_id, Outgoing.rung == report.rung)
    row = session.scalars(query).first()
    if row is None:
        return False
    _tell(session, row, report, now)
    return True


def _tell(session: Session, row: Outgoing, report: DeliveryReport, now: dt.datetime) -> None:
    report.matched_at = now
    if not report.delivered:
        row.reason, row.error = "not_delivered", report.status
        undelivered.call(session, row, now=now)


def _tell_mass(send: MassSend, report: DeliveryReport, now: dt.datetime) -> None:
    """The platform's figures for a mass send; pushed when it is nearly through, so they are near enough and no more."""
    report.matched_at = now
    send.reported_at, send.counts = now, report.counts
    if not report.delivered:
        send.reason, send.error = "not_delivered", report.status
