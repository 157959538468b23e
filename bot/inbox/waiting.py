"""What somebody asked for or answered lately and may change their mind about, from a row of LOAD. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from bot.heard import ComplaintRef
from bot.refs import CallRef, RatedRef
from models.questions import felt

Heard = Callable[[Any], dt.datetime | None]


def calling(row: Mapping[str, Any] | None, heard: Heard) -> CallRef | None:
    """The call that is still to come."""
    at = heard(row["asked_at"]) if row is not None else None
    return CallRef(row["number"], at, heard(row["at"])) if row is not None and at is not None else None


def complaint(row: Mapping[str, Any] | None, heard: Heard) -> ComplaintRef | None:
    """The open complaint, and whether its proposal is what was said last."""
    if row is None:
        return None
    due = heard(row["due"])
    return ComplaintRef(
        row["id"], row["number"], row["state"], row["target"], due, bool(row["told"]), bool(row["last"])
    )


def rated(row: Mapping[str, Any] | None, heard: Heard) -> RatedRef | None:
    """What was rated last."""
    at = heard(row["at"]) if row is not None else None
    if row is None or at is None:
        return None
    return RatedRef(row["id"], row["number"] or "", row["label"], felt(row["score"], row["sentiment"]), at)
