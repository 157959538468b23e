"""A company that has something to offer, and somebody who asks it: for scenes before signing."""

import datetime as dt
from typing import Any

from bot.dialog import Do, Facts
from bot.leads import Offer, Slot, VisitRef
from tests.dialog.chat import MORNING, Chat, stranger

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
OFFERS = (
    Offer(1, "暖居·简白", "现代简约", 99900, 129900, 60, 140),
    Offer(2, "暖居·原木四季", "北欧", 119900, 149900, 60, 160),
    Offer(3, "暖居·云栖", "新中式", 159900, 199900, 100, 300),
)


def slot(day: int, hour: int) -> Slot:
    """Two hours of a day of November, by Shanghai's clock."""
    start = dt.datetime(2026, 11, day, hour, tzinfo=SHANGHAI).astimezone(dt.UTC)
    return Slot(start, start + dt.timedelta(hours=2))


#: Sunday, Monday, Tuesday and the Saturday after.
SLOTS = tuple(slot(day, hour) for day in (22, 23, 24, 28) for hour in (9, 14))
ROOM = {
    "name": "滨江店", "address": "滨江区江南大道100号", "phone": "0571-88880000",
    "until": dt.datetime(2026, 11, 21, 18, tzinfo=SHANGHAI).isoformat(),
}  # fmt: skip


def open_on(day: dt.date) -> Slot | None:
    """From nine to six, never on a Monday."""
    start, end = (dt.datetime.combine(day, dt.time(hour), SHANGHAI).astimezone(dt.UTC) for hour in (9, 18))
    return Slot(start, end) if day.weekday() else None


MEASURING = VisitRef(9, "YY20261121-0001", "measure", slot(22, 9).start, slot(22, 9).end)
COMING = VisitRef(8, "YY20261121-0002", "showroom", slot(23, 14).start, slot(23, 14).end)


def shop(who: Any = stranger, slots: tuple[Slot, ...] = SLOTS, **more: Any) -> Facts:
    known = {"offers": OFFERS, "showroom": ROOM, "free_slots": lambda _: slots, "open_on": open_on}
    return who(**(known | more))


class Asker(Chat):
    """A chat whose desk also knows leads; `refused` are verbs that it refuses once."""

    def perform(self, do: Do) -> dict[str, Any]:
        known = {
            "enquiry.learn": {"enquiry": "ZX20261121-0001", "contact_by": (MORNING + dt.timedelta(days=2)).isoformat()},
            "package.show": {"cards": len(do.args.get("ids", ()))},
            "appointment.book": {"number": "YY20261121-0003", "reminds": True, "where": do.args.get("house") or "江边"},
            "appointment.move": {"number": "YY20261121-0001", "reminds": True},
            "appointment.cancel": {"number": "YY20261121-0001"},
            "appointment.tell": {"number": "YY20261121-0001"},
        }  # fmt: skip
        if do.verb not in known:
            return super().perform(do)
        self.done.append(do)
        return known[do.verb]

    def told(self, verb: str) -> list[dict[str, Any]]:
        """The arguments of every wish of this kind so far."""
        return [dict(do.args) for do in self.done if do.verb == verb]
