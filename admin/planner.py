"""关怀日历: what goes out on which day of a month and to how many, beside festivals, lunar days and days off.

Warnings of the weather begin here too.
"""

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask_admin import expose
from sqlalchemy import select

from admin import base, campaign_faces, place, planned_campaigns, planned_care, planned_follow
from admin.planned import WAITING, Entry, Source
from admin.words import LANGS, lazy, t
from models import Campaign, Estate, lunar
from models.desk.marketing import campaigns, greeting_rules, greetings
from models.desk.marketing.greetings import Warned
from models.desk.staff import calendar as office
from models.desk.trust import Deed
from models.errors import Missing
from models.greetings import WEATHERS
from models.worktime import WorkCalendar, public_day, schedule_loaded

#: Whatever plans something stands here.
SOURCES: tuple[Source, ...] = (planned_campaigns.entries, planned_care.entries, planned_follow.entries)
#: This month's page names what waits for somebody so far ahead; other months what waits in them.
NEAR = dt.timedelta(days=40)
#: Hours during which a warning is of use.
LASTS = (6, 12, 24)
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
    """The month, and warnings of the weather."""

    see = "campaign.see"
    needs = {"warning": "campaign.make", "warn": "campaign.make"}

    @classmethod
    def build(cls, _sessions: Any) -> "PlannerView":
        """The view, named by the catalogue."""
        return cls(name=lazy("nav.planner"), endpoint="planner", url="planner")

    @expose("/")
    def index_view(self) -> str:
        """The month that was asked for, or this one."""
        today = place.today()
        month = _asked(request.args.get("month", ""), today)
        weeks = _weeks(month, today)
        inside = [entry for week in weeks for day in week if day.inside for entry in day.entries]
        this = today.replace(day=1)
        near = [one for day in _entries(today, today + NEAR).values() for one in day] if month == this else inside
        return self.render(
            "admin/planner.html", weeks=weeks, month=month, before=_other(month, -1), after=_other(month, 1),
            this=this, loaded=schedule_loaded(month.year), total=len(inside),
            waiting=sorted((one for one in near if one.state in WAITING and one.day >= today), key=lambda one: one.day),
        )  # fmt: skip

    @expose("/warning")
    def warning(self) -> str:
        """A warning as it is begun, with the words for the weather that was chosen."""
        asked = request.args.get("weather", WEATHERS[0])
        return self._warning(Warned(asked if asked in WEATHERS else WEATHERS[0]))

    def _warning(self, warned: Warned) -> str:
        edited = greeting_rules.edited(place.session())
        said = {one: _said(f"greeting.weather_{warned.weather}", one, edited) for one in LANGS}
        estates = place.session().scalars(select(Estate).order_by(Estate.name)).all()
        draft = Campaign(name="", kind="warning", body=said["zh"], body_en=said["en"], by_name=True, link_title="",
                         link_url="")  # fmt: skip
        return self.render(
            "admin/weather.html", warned=warned, said=said, estates=estates, weathers=WEATHERS, lasts=LASTS,
            words=campaign_faces.words(draft), most=campaigns.MOST_LETTERS,
        )  # fmt: skip

    @expose("/warn", methods=("POST",))
    def warn(self) -> Any:
        """The warning waits for a second person, who hears of it at once; refused when it reaches nobody."""
        warned, session = _warned(), place.session()
        draft = Campaign(kind="warning", audience=greetings.of_estates(warned.estates), mass=True)
        found = campaign_faces.count(draft, campaign_faces.EVERYBODY)
        campaign = greetings.warn(session, warned, by=place.by(), now=place.now())
        campaigns.check(campaign, found, by=place.by(), now=place.now())
        greetings.ask_for_approval(session, campaign, by=place.by(), now=place.now())
        facts = {"weather": warned.weather, "estates": list(warned.estates), "words": warned.body}
        base.commit(Deed("care.warn", "campaign", str(campaign.id), {}, facts), t("weather.done"), sends=True)
        return redirect(self.get_url("campaigns.one", number=campaign.id))


def _said(key: str, lang: str, edited: Mapping[tuple[str, str], str]) -> str:
    return place.desk().texts.render(key, {"now": place.now()}, lang, edited.get((key, lang)))


def _warned() -> Warned:
    """The warning in the form."""
    form = request.form
    estates = [int(one) for one in form.getlist("estates") if one.isascii() and one.isdigit() and len(one) < 10]
    if form.get("whom") == "all":
        estates = []
    elif not estates:
        raise Missing(field="estates")
    body, body_en = base.words("body", limit=campaigns.MOST_LETTERS), base.words("body_en", limit=600, needed=False)
    weather = form.get("weather", "")
    title = _said(f"occasion.{weather}", "zh", greeting_rules.edited(place.session())) if weather in WEATHERS else ""
    return Warned(weather, estates, body, body_en, base.number("hours") or LASTS[1], title)


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
