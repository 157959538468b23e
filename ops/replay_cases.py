"""What came of a conversation besides repairs: complaints, suggestions, privacy requests. Plain JSON. Read only."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.complaints import Complaint, Suggestion
from models.privacy import PrivacyRequest
from models.promises import Promise
from models.worktime import SHANGHAI

Row = dict[str, Any]


def families(session: Session, who: Mapping[int, str]) -> dict[str, list[Row]]:
    """The families of records, by the followers' ids and their names in the file; in the order they came to be."""
    return {
        "complaints": [_complaint(session, row, who) for row in _of(session, Complaint, who)],
        "suggestions": [
            {"number": row.number, "who": who[row.follower_id or 0], "state": row.state, "words": row.words}
            for row in _of(session, Suggestion, who)
        ],
        "privacy": [
            {
                "number": row.number,
                "who": who[row.follower_id or 0],
                "wish": row.wish,
                "state": row.state,
                "proof": row.proof,
                "words": row.words,
                "chased": row.chased,
                "owner": row.owner.name if row.owner else None,
                "events": [event.name for event in row.events],
            }
            for row in _of(session, PrivacyRequest, who)
        ],
    }


def _of(session: Session, model: Any, who: Mapping[int, str]) -> Any:
    return session.scalars(select(model).where(model.follower_id.in_(list(who))).order_by(model.id)).all()


def _complaint(session: Session, row: Complaint, who: Mapping[int, str]) -> Row:
    owed = session.scalars(select(Promise).where(Promise.ticket_id == row.id).order_by(Promise.id))
    return {
        "number": row.number, "who": who[row.follower_id or 0], "state": row.state, "target": row.target,
        "problem": row.problem, "demand": row.demand, "severity": row.severity, "severe_by": row.severe_by,
        "repeated": row.repeated, "confidential": row.confidential, "house": row.house, "round": row.round,
        "chased": row.chased, "compensation": row.compensation, "close_reason": row.close_reason,
        "owner": row.owner.name if row.owner else None,
        "about_staff": row.about_staff.name if row.about_staff else None,
        "about_crew": row.about_crew.name if row.about_crew else None,
        "repair": row.repair.number if row.repair else None,
        "promises": [
            {"name": one.policy.name, "state": one.state, "due_at": _said_at(one.due_at)} for one in owed
        ],
        "events": [{"name": e.name, "by": e.actor_kind, "reason": e.reason} for e in row.events],
    }  # fmt: skip


def _said_at(moment: dt.datetime) -> str:
    return moment.astimezone(SHANGHAI).replace(microsecond=0).isoformat()
