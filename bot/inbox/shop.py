"""What we offer before signing, as every turn may need it: packages, the showroom, the times of visits."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.leads import Offer, Slot
from models.desk.sales import appointments, slots
from models.sales import VISITS, Package, Showroom, VisitPlan
from models.worktime import SHANGHAI, WorkCalendar, local_day

#: How far ahead the next opening is looked for, days.
LOOK = 60


@dataclass(frozen=True)
class Shop:
    """One reading of the tables; what was booked since is found out in trying (models.desk.sales.appointments)."""

    offers: tuple[Offer, ...] = ()
    showroom: Showroom | None = None
    plans: Mapping[str, tuple[VisitPlan, ...]] = field(default_factory=dict)
    taken: Mapping[str, Mapping[dt.datetime, int]] = field(default_factory=dict)

    def facts(self, now: dt.datetime, office: WorkCalendar) -> dict[str, Any]:
        """What Facts hold of it at `now`, but for what is said of the showroom."""

        def free(visit: str) -> tuple[Slot, ...]:
            found = slots.free(self.plans.get(visit, ()), self.taken.get(visit, {}), office, now=now)
            return tuple(Slot(*span) for span in found)

        def open_on(day: dt.date) -> Slot | None:
            found = hours(self.showroom, day, office) if self.showroom else None
            return Slot(*found) if found else None

        return {"offers": self.offers, "free_slots": free, "open_on": open_on}

    def room(self, now: dt.datetime, office: WorkCalendar) -> dict[str, Any]:
        """The showroom as its texts name it; empty while there is none."""
        return said_of(self.showroom, now, office) if self.showroom else {}


def read_shop(session: Session) -> Shop:
    """The shop as it stands in the tables."""
    packages = select(Package).where(Package.active).order_by(Package.position, Package.id)
    offers = (
        Offer(one.id, one.name, one.style, one.price_low, one.price_high, one.area_low, one.area_high)
        for one in session.scalars(packages)
    )
    plans = {visit: tuple(appointments.plans_of(session, visit)) for visit in VISITS}
    shop = Shop(tuple(offers), appointments.showroom_of(session), plans, appointments.taken(session))
    session.expunge_all()
    return shop


def said_of(room: Showroom, now: dt.datetime, office: WorkCalendar) -> dict[str, Any]:
    """The showroom as its texts name it; what is not known is left out."""
    opens, shuts = hours(room, local_day(now), office) or (now, now)
    facts: dict[str, Any] = {
        "name": room.name,
        "address": room.address,
        "route": room.route,
        "parking": room.parking,
        "phone": room.phone,
        "map": map_of(room),
        "until": shuts.isoformat() if opens <= now < shuts else "",
        "next_open": "" if opens <= now < shuts else next_open(room, now, office),
    }
    return {name: value for name, value in facts.items() if value}


def hours(room: Showroom, day: dt.date, office: WorkCalendar) -> tuple[dt.datetime, dt.datetime] | None:
    """From when to when it is open on a day, in UTC; None when it is not."""
    if day.weekday() not in room.weekdays or office.shut(day):
        return None
    opens, shuts = (dt.datetime.combine(day, at, SHANGHAI).astimezone(dt.UTC) for at in (room.opens, room.shuts))
    return (opens, shuts) if opens < shuts else None


def next_open(room: Showroom, now: dt.datetime, office: WorkCalendar) -> str:
    """When it opens next, as ISO; "" when it does not within two months."""
    for ahead in range(LOOK):
        found = hours(room, local_day(now) + dt.timedelta(days=ahead), office)
        if found and found[0] > now:
            return found[0].isoformat()
    return ""


def map_of(room: Showroom) -> str:
    """A page with the place on a map; "" while nobody has looked it up."""
    if room.lat is None or room.lng is None:
        return ""
    return f"https://uri.amap.com/marker?position={room.lng},{room.lat}&name={quote(room.name)}"
