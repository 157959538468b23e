"""How a replay's people are followed up by plan: printed, and when the next step is due."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.desk.house import buildings
from models.houses import Building, Estate
from models.sequences import Enrolment, Touch
from models.worktime import SHANGHAI

Row = dict[str, Any]


def to_follow(session: Session, ids: Collection[int]) -> Iterator[dt.datetime]:
    """When steps of these people are due."""
    query = select(Touch.due_at).join(Enrolment).where(Touch.state == "planned", Enrolment.state == "running")
    yield from session.scalars(query.where(Enrolment.follower_id.in_(ids)))


def records_of(session: Session, who: Mapping[int, str]) -> list[Row]:
    """By which plan each of them was followed up, and what became of every step."""
    query = select(Enrolment).where(Enrolment.follower_id.in_(who)).order_by(Enrolment.id)
    return [_enrolment(row, who) for row in session.scalars(query)]


def _enrolment(row: Enrolment, who: Mapping[int, str]) -> Row:
    steps = sorted(row.touches, key=lambda touch: touch.step.position)
    return {
        "plan": row.sequence.series, "who": who.get(row.follower_id or 0, ""), "state": row.state,
        "reason": row.reason or None,
        "steps": [
            {
                "day": touch.step.offset_days, "channel": touch.step.channel, "state": touch.state,
                "reason": touch.reason or None,
                "planned_for": touch.planned_for.astimezone(SHANGHAI).isoformat(),
            }
            for touch in steps
        ],
    }  # fmt: skip


def plant_building(session: Session, estate: Estate, told: Mapping[str, Any]) -> Building:
    """A building of the file with the day of its handover, as `2026-12-21`; without one nobody knows it yet."""
    building = buildings.find_or_add(session, estate, str(told.get("name") or ""))
    day = told.get("handover_on")
    building.handover_on = dt.date.fromisoformat(str(day)) if day else None
    return building
