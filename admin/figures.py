"""Today in a few numbers that each open their rows: all counted in one query."""

import datetime as dt
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from admin import frame, place
from models import Callback, CallbackAttempt, Promise, Repair, Slip, Survey
from templates.faces import SHANGHAI

#: key, figure, page, its filter.
Figure = tuple[str, str, str, dict[str, str]]


def today(now: dt.datetime) -> list[Figure]:
    """The figures that the person may see, by Beijing's day."""
    local = now.astimezone(SHANGHAI)
    begun = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    wanted = _wanted(f"BX{local:%Y%m%d}-", begun)
    if not wanted:
        return []
    row = place.session().execute(select(*(query.label(name) for name, query in wanted.items()))).one()
    return _shown({name: getattr(row, name) for name in wanted})


def _count(*conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


def _wanted(numbers: str, begun: dt.datetime) -> dict[str, ScalarSelect[Any]]:
    """What is counted since `begun`; `numbers` is the beginning of today's case numbers."""
    ends, found = begun + dt.timedelta(days=1), {}
    if place.may("repair.see"):
        # Numbers carry their day: a range of the unique index instead of a look at every case.
        found["opened"] = _count(Repair.number.between(numbers, f"{numbers}~"))
        found["open"] = _count(Repair.kind == "repair", Repair.next_due_at.is_not(None))
    if place.may("promise.see"):
        due = Promise.due_at.between(begun, ends)
        found["kept"] = _count(Promise.state == "met", due, Promise.missed_at.is_(None))
        found["missed"] = _count(Promise.state.in_(("met", "missed")), due, Promise.missed_at.is_not(None))
    if place.may("callback.see"):
        found["owed"] = _count(Callback.state == "open", Callback.due_at < ends)
        found["dialled"] = _count(CallbackAttempt.at >= begun)
    if place.may("slip.see"):
        found["slips"] = _count(Slip.state != "closed")
    if place.may("survey.see"):
        scored = (Survey.answered_at >= begun, Survey.score.is_not(None), frame.recent(Survey))
        found["answered"] = _count(*scored)
        found["mean"] = select(func.avg(Survey.score)).where(*scored).scalar_subquery()
    return found


def _shown(counts: dict[str, Any]) -> list[Figure]:
    found: list[Figure] = []
    if "opened" in counts:
        found.append(("opened", str(counts["opened"]), "repairs", {"view": "all"}))
        found.append(("open", str(counts["open"]), "repairs", {"view": "open"}))
    if "kept" in counts:
        due = counts["kept"] + counts["missed"]
        found.append(("kept", f"{counts['kept']}/{due}" if due else "—", "promises", {}))
    if "owed" in counts:
        figure = f"{counts['dialled']}/{counts['dialled'] + counts['owed']}"
        found.append(("calls", figure, "callbacks", {"view": "open"}))
    if "slips" in counts:
        found.append(("slips", str(counts["slips"]), "slips", {}))
    if "answered" in counts:
        mean = f"{counts['mean']:.1f} ({counts['answered']})" if counts["answered"] else "—"
        found.append(("score", mean, "surveys", {}))
    return found
