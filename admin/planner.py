"""关怀日历: what goes out on which day of a month and to how many, beside festivals, lunar days and days off."""

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin import expose

from admin import base, place, planned_campaigns
from admin.planned import WAITING, Entry, Source
from admin.words import lazy, t
from models import lunar
from models.desk import calendar as office
from models.worktime import WorkCalendar, local_day, public_day, schedule_loaded

#: Whatever plans something stands here.
SOURCES: tuple[Source, ...] = (planned_campaigns.entries,)
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Day:
    """One square of the month."""

    day: dt.date
    entries: Sequence[Entry]
    feasts: tuple[str, ...]
    #: rest (a holiday, or closed by staff), work (a make-up workday, or opened by staff), or nothing.
    mark: str
    inside: bool
    today: bool

    @property
    def moon(self) -> str:
        """十八; the month's name on its first day."""
        at = lunar.moon(self.day)
        month = t(f"lunar.month.{at.month}")
        named = t("lunar.leap", month=month) if at.leap else month
        return named if at.day == 1 else t(f"lunar.day.{at.day}")

    @property
    def idle(self) -> bool:
        """Whether an agenda may leave it out."""
        return not (self.inside and (self.entries or self.feasts or self.today))


class PlannerView(base.Guarded):
    """The month."""

    see = "campaign.see"

    @classmethod
    def build(cls, _sessions: Any) -> "PlannerView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.planner"), endpoint="planner", url="planner")

    @expose("/")
    def index_view(self) -> str:
        """The month that was asked for, or this one."""
        today = local_day(place.now())
        month = _asked(request.args.get("month", ""), today)
        weeks = _weeks(month, today)
        inside = [entry for week in weeks for day in week if day.inside for entry in day.entries]
        return self.render(
            "admin/planner.html", weeks=weeks, month=month, before=_other(month, -1), after=_other(month, 1),
            this=today.replace(day=1), loaded=schedule_loaded(month.year),
            waiting=[one for one in inside if one.state in WAITING and one.day >= today], total=len(inside),
        )  # fmt: skip


def _asked(text: str, today: dt.date) -> dt.date:
    """The first day of the month that was asked for; of this month when that is none we know."""
    found = _MONTH.fullmatch(text)
    if found and lunar.FIRST_YEAR <= int(found[1]) <= lunar.LAST_YEAR and 1 <= int(found[2]) <= 12:
        return dt.date(int(found[1]), int(found[2]), 1)
    return today.replace(day=1)


def _other(month: dt.date, by: int) -> dt.date | None:
    """The month before or after; None beyond what the lunar tables know."""
    number = month.year * 12 + month.month - 1 + by
    found = dt.date(number // 12, number % 12 + 1, 1)
    return found if lunar.FIRST_YEAR <= found.year <= lunar.LAST_YEAR else None


def _weeks(month: dt.date, today: dt.date) -> list[list[Day]]:
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    held, works = _entries(weeks[0][0], weeks[-1][-1]), office.office(place.session())
    return [
        [
            Day(day, held[day], lunar.feasts_on(day), _mark(works, day), day.month == month.month, day == today)
            for day in week
        ]
        for week in weeks
    ]


def _entries(first: dt.date, last: dt.date) -> Mapping[dt.date, list[Entry]]:
    found: dict[dt.date, list[Entry]] = defaultdict(list)
    for source in SOURCES:
        for entry in source(place.session(), first, last):
            found[entry.day].append(entry)
    for entries in found.values():
        entries.sort(key=lambda one: (one.at is None, one.at or place.now(), one.title))
    return found


def _mark(works: WorkCalendar, day: dt.date) -> str:
    """Whether people have off or make up for it; what staff said wins over the public calendar."""
    ours = works.overrides.get(day)
    if ours is not None:
        return "work" if ours else "rest"
    return {"holiday": "rest", "workday": "work"}.get(public_day(day), "")
